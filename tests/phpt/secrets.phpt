--TEST--
A key comes from the environment, then from a constant, and what is missing is named by its variable alone
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

/** What a provider that keeps its Authorization header saw. */
$seen = static function ( ?string $env, ?string $constant ): string {
	$server = stream_socket_server( 'tcp://127.0.0.1:0' );
	$url    = 'http://' . stream_socket_get_name( $server, false );
	$code   = ( null === $constant ? '' : 'define( "TEST_KEY", ' . var_export( $constant, true ) . ' );' ) . '
		require ' . var_export( __DIR__ . '/support/aisp.inc', true ) . ';
		$provider = array( "kind" => "openai_responses", "base_url" => "' . $url . '", "key_env" => "TEST_KEY" );
		$policy   = array( "providers" => array( "p" => $provider ), "max_attempts" => 1, "timeout_ms" => 3000 );
		$said   = outcome( fn() => aisp_infer( array( "prompt" => "Hi" ), array(), $policy ) );
		echo json_encode( aisp_preview( array( "prompt" => "Hi" ), array(), $policy )["key_set"] ), " $said";';
	$command = array_merge( php_command(), array( '-r', $code ) );
	$pipes   = array();
	$child   = proc_open( $command, array( 1 => array( 'pipe', 'w' ) ), $pipes, null, ( null === $env ? array() : array( 'TEST_KEY' => $env ) ) + getenv() );
	$heard   = 'nothing sent';
	$read    = array( $server, $pipes[1] );
	$none    = null;
	if ( stream_select( $read, $none, $none, 20 ) && in_array( $server, $read, true ) ) {
		$connection = stream_socket_accept( $server );
		$request    = '';
		while ( ! str_contains( $request, "\r\n\r\n" ) && ! feof( $connection ) ) {
			$request .= fread( $connection, 8192 );
		}
		$heard = preg_match( '/^authorization: (.*)\r$/mi', $request, $found ) ? $found[1] : 'no key sent';
		fwrite( $connection, "HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" );
		fclose( $connection );
	}
	$said = stream_get_contents( $pipes[1] );
	proc_close( $child );
	return "$heard | $said\n";
};

echo 'environment:          ', $seen( 'sk-environment', null );
echo 'constant:             ', $seen( null, 'sk-constant' );
echo 'both:                 ', $seen( 'sk-environment', 'sk-constant' );
echo 'empty in environment: ', $seen( '', 'sk-constant' );
echo 'trailing line break:  ', $seen( "sk-environment\n", null );
echo 'neither:              ', $seen( null, null );
echo 'blank:                ', $seen( ' ', null );
echo 'empty constant:       ', $seen( null, '' );
?>
--EXPECT--
environment:          Bearer sk-environment | true Aisp\ProviderError (provider_error, 502): The AI provider refused this site's key.
constant:             Bearer sk-constant | true Aisp\ProviderError (provider_error, 502): The AI provider refused this site's key.
both:                 Bearer sk-environment | true Aisp\ProviderError (provider_error, 502): The AI provider refused this site's key.
empty in environment: Bearer sk-constant | true Aisp\ProviderError (provider_error, 502): The AI provider refused this site's key.
trailing line break:  Bearer sk-environment | true Aisp\ProviderError (provider_error, 502): The AI provider refused this site's key.
neither:              nothing sent | false Aisp\ConfigError (config_error, 500): TEST_KEY is not set: neither in the environment nor as a constant.
blank:                nothing sent | false Aisp\ConfigError (config_error, 500): TEST_KEY is not set: neither in the environment nor as a constant.
empty constant:       nothing sent | false Aisp\ConfigError (config_error, 500): TEST_KEY is not set: neither in the environment nor as a constant.
