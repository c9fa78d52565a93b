--TEST--
A bad php.ini value stops a call with a ConfigError that names the entry, and is a warning in aisp_status()
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$bad = array(
	'aisp.store'              => 'mysql://user:hunter2@db/aisp',
	'aisp.timeout_ms'         => 'soon',
	'aisp.connect_timeout_ms' => '0',
	'aisp.max_attempts'       => '11',
	'aisp.max_response_bytes' => '1K',
	'aisp.allowed_hosts'      => 'http://intern/',
	'aisp.ca_file'            => '/nowhere/ca.pem',
	'aisp.log'                => 'syslog',
);
$code = 'require ' . var_export( __DIR__ . '/support/aisp.inc', true ) . ';
	$calls = array(
		fn() => aisp_infer( array( "prompt" => "Hi" ) ),
		fn() => aisp_preview( array( "prompt" => "Hi" ) ),
		fn() => aisp_cache_invalidate( array( "all" => true ) ),
		fn() => aisp_log_drain( 1 ),
		fn() => aisp_log_ack( array() ),
	);
	$said = array_unique( array_map( "outcome", $calls ) );
	echo implode( "\n", $said ), "\n";
	$status = aisp_status();
	echo "warnings: ", implode( " | ", $status["warnings"] ), "\n";
	expect( false === $status["store"]["ok"], "the store is not ok" );
	expect( 64 === strlen( aisp_request_hash( array( "prompt" => "Hi" ) ) ), "a fingerprint needs no settings" );';
foreach ( $bad as $name => $value ) {
	echo run_php( $code, array( $name => $value ) )[1];
}
echo "Two at once\n", run_php( $code, array( 'aisp.timeout_ms' => '', 'aisp.log' => 'here' ) )[1];
?>
--EXPECT--
Aisp\ConfigError (config_error, 500): aisp.store: mysql: is not supported by this version.
warnings: aisp.store: mysql: is not supported by this version.
Aisp\ConfigError (config_error, 500): aisp.timeout_ms must be a whole number between 1 and 600000.
warnings: aisp.timeout_ms must be a whole number between 1 and 600000.
Aisp\ConfigError (config_error, 500): aisp.connect_timeout_ms must be a whole number between 1 and 600000.
warnings: aisp.connect_timeout_ms must be a whole number between 1 and 600000.
Aisp\ConfigError (config_error, 500): aisp.max_attempts must be a whole number between 1 and 10.
warnings: aisp.max_attempts must be a whole number between 1 and 10.
Aisp\ConfigError (config_error, 500): aisp.max_response_bytes must be a whole number between 1024 and 1073741824.
warnings: aisp.max_response_bytes must be a whole number between 1024 and 1073741824.
Aisp\ConfigError (config_error, 500): aisp.allowed_hosts: "http://intern/" has no port from 1 to 65535 behind its colon.
warnings: aisp.allowed_hosts: "http://intern/" has no port from 1 to 65535 behind its colon.
Aisp\ConfigError (config_error, 500): aisp.ca_file cannot be read: entity not found.
warnings: aisp.ca_file cannot be read: entity not found.
Aisp\ConfigError (config_error, 500): aisp.log must be off, error_log or an absolute path.
warnings: aisp.log must be off, error_log or an absolute path.
Two at once
Aisp\ConfigError (config_error, 500): aisp.timeout_ms must be a whole number between 1 and 600000. aisp.log must be off, error_log or an absolute path.
warnings: aisp.timeout_ms must be a whole number between 1 and 600000. | aisp.log must be off, error_log or an absolute path.
