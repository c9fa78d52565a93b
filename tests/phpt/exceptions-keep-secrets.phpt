--TEST--
What is thrown holds neither the prompt nor the key, whatever went wrong and however it is printed
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

const PROMPT = 'the prompt of this test';
const KEY    = 'sk-the-key-of-this-test';
putenv( 'OPENAI_API_KEY=' . KEY );
putenv( 'BROKEN_KEY=' . KEY . "\r\nX: y" );

$cases  = array(
	'unreachable'   => fn() => aisp_infer( array( 'prompt' => PROMPT ), array(), offline() ),
	'too long'      => fn() => aisp_infer( array( 'prompt' => str_repeat( PROMPT, 400 ) ), array(), offline() ),
	'bad model'     => fn() => aisp_infer( array( 'prompt' => PROMPT, 'model' => PROMPT ), array(), offline() ),
	'bad tag'       => fn() => aisp_infer( array( 'prompt' => PROMPT, 'tags' => array( PROMPT . "\n" ) ), array(), offline() ),
	'bad role'      => fn() => aisp_infer( array( 'messages' => array( array( 'role' => PROMPT, 'content' => PROMPT ) ) ), array(), offline() ),
	'bad key'       => fn() => aisp_infer( array( 'prompt' => PROMPT ), array(), offline( array( 'providers' => array( 'openai' => array( 'base_url' => 'https://127.0.0.1:9', 'key_env' => 'BROKEN_KEY' ) ) ) ) ),
	'key for name'  => fn() => aisp_infer( array( 'prompt' => PROMPT ), array(), array( 'providers' => array( 'openai' => array( 'key_env' => KEY ) ) ) ),
	'key in url'    => fn() => aisp_infer( array( 'prompt' => PROMPT ), array(), array( 'providers' => array( 'openai' => array( 'base_url' => 'https://user:' . KEY . '@127.0.0.1:9/v1' ) ) ) ),
	'key in header' => fn() => aisp_infer( array( 'prompt' => PROMPT ), array(), array( 'providers' => array( 'openai' => array( 'headers' => array( 'X-Key' => KEY . "\n" ) ) ) ) ),
	'bad caller'    => fn() => aisp_preview( array( 'prompt' => PROMPT ), array( 'ip' => PROMPT ) ),
	'bad hash'      => fn() => aisp_request_hash( array( 'prompt' => PROMPT, 'max_tokens' => PROMPT ) ),
);
foreach ( $cases as $name => $f ) {
	try {
		$f();
		echo "$name: nothing thrown\n";
	} catch ( Aisp\Exception $e ) {
		echo "$name: ", get_class( $e ), "\n";
		$said = $e->getMessage() . json_encode( $e->getLimits() );
		// PHP keeps sensitive arguments out of traces since 8.2.
		if ( PHP_VERSION_ID >= 80200 ) {
			$said .= $e . print_r( $e, true ) . var_export( $e->getTrace(), true );
		}
		expect( ! str_contains( $said, PROMPT ), "$name: no prompt", $said );
		expect( ! str_contains( $said, KEY ), "$name: no key", $said );
	}
}
foreach ( drain_all() as $record ) {
	$text = json_encode( $record );
	expect( ! str_contains( $text, PROMPT ) && ! str_contains( $text, KEY ), 'nor does the log', $record );
}
?>
--EXPECT--
unreachable: Aisp\ProviderError
too long: Aisp\InvalidRequest
bad model: Aisp\InvalidRequest
bad tag: Aisp\InvalidRequest
bad role: Aisp\InvalidRequest
bad key: Aisp\ProviderError
key for name: Aisp\ConfigError
key in url: Aisp\ConfigError
key in header: Aisp\ConfigError
bad caller: Aisp\ConfigError
bad hash: Aisp\InvalidRequest
