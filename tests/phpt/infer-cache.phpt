--TEST--
A miss asks the provider and is kept; a hit costs nothing and is the same answer
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

script( array( 'type' => 'reply', 'text' => "Grüße,\n\"world\" 🌍", 'times' => 9 ) );
$ask = static fn( array $request = array(), array $policy = array() ) => aisp_infer( $request + array( 'prompt' => 'Say hi to the world, please' ), array( 'user_id' => 7 ), policy( $policy ) );

$miss = $ask();
$hit  = $ask();
foreach ( array( $miss, $hit ) as $result ) {
	$told = array_diff_key( $result, array_flip( array( 'request_id', 'req_hash', 'duration_ms', 'model' ) ) );
	echo json_encode( $told, JSON_UNESCAPED_UNICODE ), "\n";
	expect( $result['duration_ms'] >= 0 && $result['duration_ms'] < 10000, 'it took its time', $result['duration_ms'] );
	expect( model() === $result['model'], 'the model is named' );
}
expect( $miss['request_id'] !== $hit['request_id'] && $miss['req_hash'] === $hit['req_hash'], 'two calls of one fingerprint' );
expect( 1 === requests(), 'one request was sent' );

expect( false === $ask( array( 'cache' => false ) )['cached'], 'cache => false asks anew' );
expect( false === $ask( array(), array( 'cache' => array( 'ttl' => 0 ) ) )['cached'], 'so does a policy that keeps nothing' );
expect( false === $ask( array(), array( 'cache' => array( 'epoch' => 1 ) ) )['cached'], 'so does a new epoch' );
expect( true === $ask()['cached'], 'the kept answer is still there' );
expect( false === aisp_infer( array( 'prompt' => 'Say hi to the world, please' ), array( 'site' => '2' ), policy() )['cached'], 'two sites share nothing' );

$brief = array( 'prompt' => 'Only for a second', 'cache_ttl' => 1 );
expect( array( false, true ) === array( $ask( $brief )['cached'], $ask( $brief )['cached'] ), 'cache_ttl keeps it' );
usleep( 1100000 );
expect( false === $ask( $brief )['cached'], 'for a second' );
?>
--EXPECT--
{"text":"Grüße,\n\"world\" 🌍","data":null,"provider":"mock","cached":false,"tokens_in":6,"tokens_in_cached":0,"tokens_out":4,"tokens_reasoning":0,"stale":false,"age_s":null,"redacted":[],"cost_usd":4.6e-5,"finish_reason":"stop","attempts":1,"provider_request_id":null,"provider_limits":null,"limits":[{"name":"throttle-user","limit":600,"period_s":60,"remaining":599,"reset_s":1},{"name":"quota-user","limit":60,"period_s":3600,"remaining":59,"reset_s":60}]}
{"text":"Grüße,\n\"world\" 🌍","data":null,"provider":"mock","cached":true,"tokens_in":6,"tokens_in_cached":0,"tokens_out":4,"tokens_reasoning":0,"stale":false,"age_s":0,"redacted":[],"cost_usd":0,"finish_reason":"stop","attempts":0,"provider_request_id":null,"provider_limits":null,"limits":[{"name":"throttle-user","limit":600,"period_s":60,"remaining":598,"reset_s":1}]}
