--TEST--
A pool's settings and environment are seen when a request needs them
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_fpm();
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/fpm.inc';

$fpm = new Fpm( 1, array(
	'php_admin_value[aisp.max_attempts]' => '2',
	'php_admin_value[aisp.timeout_ms]'   => '30000',
) );

$status = $fpm->call( 'aisp_status' )['ok'];
expect( $fpm->store === $status['store']['location'] && $status['store']['ok'], 'the store of the pool', $status );
expect( false === $fpm->call( 'ini_set', 'aisp.timeout_ms', '1' )['ok'], 'a request sets nothing' );

script( array( 'type' => 'fail', 'status' => 500, 'times' => 2 ), array( 'type' => 'reply', 'text' => 'Hello' ) );
echo json_encode( $fpm->call( 'aisp_infer', array( 'prompt' => 'twice' ), array(), policy() ) ), "\n";
expect( 2 === requests(), 'two attempts', requests() );

echo json_encode( $fpm->call( 'aisp_infer', array( 'prompt' => 'key of the pool' ), array(), policy() )['ok']['text'] ), "\n";
$keyed = policy();
foreach ( array( 'NEVER_SET', 'LLMOCK_URL', 'HTTP_X_KEY' ) as $name ) {
	$keyed['providers']['mock']['key_env'] = $name; // Not set at all; set outside of the pool; set by the client.
	echo json_encode( $fpm->call( 'aisp_infer', array( 'prompt' => 'x' ), array(), $keyed )['message'] ), "\n";
}
$keyed['providers']['mock']['key_env'] = 'KEY_OF_A_CONSTANT';
expect( isset( $fpm->call( 'aisp_infer as a constant', array( 'prompt' => 'constant' ), array(), $keyed )['ok'] ), 'a constant' );
expect( 'config_error' === $fpm->call( 'aisp_infer', array( 'prompt' => 'no constant' ), array(), $keyed )['error'], 'is gone with its request' );

$fpm->stop();
expect( array() === $fpm->complaints(), 'nothing is complained about', $fpm->complaints() );
?>
--EXPECT--
{"error":"provider_error","status":503,"message":"The AI provider is not available."}
"Hello"
"NEVER_SET is not set: neither in the environment nor as a constant."
"LLMOCK_URL is not set: neither in the environment nor as a constant."
"aisp_infer(): Argument #3 ($policy) key \"providers.mock.key_env\" must be the name of an environment variable or constant, never a key"
