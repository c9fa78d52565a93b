--TEST--
A webhook is taken by the raw bytes of its body, under any name that PHP has for its headers, and refused without a reason
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

define( 'HOOK_NEW', 'whsec_' . base64_encode( 'a key of many bytes' ) );
define( 'HOOK_OLD', 'plain' );
define( 'HOOK_BROKEN', 'whsec_not base64' );
ini_set( 'error_log', tempnam( sys_get_temp_dir(), 'log' ) );

$sign    = static fn( string $key, string $id, int $time, string $body ): string => 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$time.$body", $key, true ) );
$options = array( 'scheme' => 'standard', 'secret_env' => array( 'HOOK_NEW', 'HOOK_OLD', 'HOOK_NOWHERE' ), 'source' => 'openai' );
$body    = '{"type":"response.completed","data":{"id":"resp_1","n":[1,2.5,null]}}';
$now     = time();
$rest    = array( 'webhook_id' => array( 'evt_1' ), 'webhook_timestamp' => array( (string) $now ), 'webhook_signature' => array( $sign( 'a key of many bytes', 'evt_1', $now, $body ) ) );
$server  = array( 'argc' => 1, 'argv' => array( 'x' ), 'REQUEST_TIME_FLOAT' => 1.5 );
$plain   = array();
foreach ( $rest as $name => list( $value ) ) {
	$server[ 'HTTP_' . strtoupper( $name ) ] = $value;
	$plain[ ucwords( strtr( $name, '_', '-' ), '-' ) ] = $value;
}

$event = aisp_verify_webhook( $body, $rest, $options );
expect( $now === $event['timestamp'], 'it was signed now', $event );
unset( $event['timestamp'] );
echo json_encode( $event ), "\n";
foreach ( array( $server, $plain ) as $headers ) {
	expect( 'evt_1' === aisp_verify_webhook( $body, $headers, $options )['id'], 'it holds under these names', $headers );
}

$bytes   = "\x00\xff\r\n\xfe";
$headers = array( 'x-aisig' => hash_hmac( 'sha256', $bytes, 'plain' ) );
$event   = aisp_verify_webhook( $bytes, $headers, array( 'scheme' => 'hex', 'secret_env' => 'HOOK_OLD' ) );
expect( hash( 'sha256', $bytes ) === $event['id'], 'bytes are known by their digest', $event );
echo json_encode( array_slice( $event, 1 ) ), "\n";

show( array(
	'another body'     => fn() => aisp_verify_webhook( "$body\n", $rest, $options ),
	'another secret'   => fn() => aisp_verify_webhook( $body, $rest, array( 'secret_env' => 'HOOK_OLD' ) + $options ),
	'too old'          => fn() => aisp_verify_webhook( $body, array( 'webhook_timestamp' => (string) ( $now - 3700 ) ) + $rest, $options ),
	'no headers'       => fn() => aisp_verify_webhook( $body, array(), $options ),
	'a header twice'   => fn() => aisp_verify_webhook( $body, $rest + $server, $options ),
	'another scheme'   => fn() => aisp_verify_webhook( $body, $rest, array( 'scheme' => 'stripe' ) + $options ),
	'too large'        => fn() => aisp_verify_webhook( str_repeat( ' ', 1 << 20 ) . $body, $rest, $options ),
	'no secret'        => fn() => aisp_verify_webhook( $body, $rest, array( 'secret_env' => array( 'HOOK_BROKEN', 'HOOK_NOWHERE' ) ) + $options ),
	'no scheme'        => fn() => aisp_verify_webhook( $body, $rest, array() ),
	'a secret as name' => fn() => aisp_verify_webhook( $body, $rest, array( 'secret_env' => 'whsec_MfKQ9r8GKYqrTwj+' ) + $options ),
) );
$log = file_get_contents( ini_get( 'error_log' ) );
echo preg_replace( '/^\[.*?\] /m', '', $log );
expect( ! str_contains( $log, 'not base64' ), 'the log holds no secret' );
?>
--EXPECT--
{"id":"evt_1","type":"response.completed","scheme":"standard","duplicate":false,"payload":{"type":"response.completed","data":{"id":"resp_1","n":[1,2.5,null]}}}
{"type":null,"timestamp":null,"scheme":"hex","duplicate":false,"payload":null}
another body: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
another secret: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
too old: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
no headers: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
a header twice: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
another scheme: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
too large: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
no secret: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
no scheme: Aisp\ConfigError (config_error, 500): aisp_verify_webhook(): Argument #3 ($options) key "scheme" must be one of standard, stripe, github, hex
a secret as name: Aisp\ConfigError (config_error, 500): aisp_verify_webhook(): Argument #3 ($options) key "secret_env" must name environment variables or constants, never a secret
aisp: webhooks of the source "openai" are refused for want of a secret: HOOK_BROKEN holds no key for the scheme standard; HOOK_NOWHERE is not set, neither in the environment nor as a constant
