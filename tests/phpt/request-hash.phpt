--TEST--
The fingerprint is the same for what means the same, and another for anything else
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$hash  = static fn( array $request, array $policy = array(), array $caller = array() ) => aisp_request_hash( $request, $policy, $caller );
$plain = $hash( array( 'prompt' => "caf\u{e9}\nau lait" ) );
expect( 1 === preg_match( '/^[0-9a-f]{64}$/', $plain ), '64 hex digits', $plain );

$same = array(
	'trimmed'        => $hash( array( 'prompt' => "  cafe\u{301}\r\nau lait\t" ) ),
	'one message'    => $hash( array( 'messages' => array( array( 'role' => 'user', 'content' => "caf\u{e9}\rau lait" ) ) ) ),
	'default model'  => $hash( array( 'prompt' => "caf\u{e9}\nau lait", 'model' => 'gpt-4o-mini' ) ),
	'not what sends' => $hash( array( 'prompt' => "caf\u{e9}\nau lait", 'cache' => false, 'tags' => array( 'a' ), 'timeout_ms' => 5 ) ),
	'of a user'      => $hash( array( 'prompt' => "caf\u{e9}\nau lait" ), array( 'quota' => array() ), array( 'user_id' => 5, 'ip' => '::1' ) ),
);
foreach ( $same as $name => $other ) {
	expect( $plain === $other, "$name: the same" );
}
$others = array(
	'prompt'      => $hash( array( 'prompt' => 'cafe au lait' ) ),
	'system'      => $hash( array( 'prompt' => "caf\u{e9}\nau lait", 'system' => 'Be brief.' ) ),
	'model'       => $hash( array( 'prompt' => "caf\u{e9}\nau lait", 'model' => 'gpt-4o' ) ),
	'max_tokens'  => $hash( array( 'prompt' => "caf\u{e9}\nau lait", 'max_tokens' => 5 ) ),
	'temperature' => $hash( array( 'prompt' => "caf\u{e9}\nau lait", 'temperature' => 0 ) ),
	'epoch'       => $hash( array( 'prompt' => "caf\u{e9}\nau lait" ), array( 'cache' => array( 'epoch' => 1 ) ) ),
	'site'        => $hash( array( 'prompt' => "caf\u{e9}\nau lait" ), array(), array( 'site' => '2' ) ),
);
expect( 8 === count( array_unique( $others + array( $plain ) ) ), 'seven others', $others );
expect( $plain === aisp_preview( array( 'prompt' => "caf\u{e9}\nau lait" ) )['req_hash'], 'the preview has the same' );
expect( array() === aisp_log_drain( 10 ), 'nothing is logged' );
echo "done\n";
?>
--EXPECT--
done
