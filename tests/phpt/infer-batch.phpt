--TEST--
A batch runs in parallel, pays for equal requests once, and gives each its own result or error in its place
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$caller = array( 'user_id' => 7, 'route' => '/batch' );
$items  = aisp_infer_batch(
	array( array( 'prompt' => 'One' ), array( 'prompt' => ' ' ), array( 'prompt' => 'Two' ), array( 'prompt' => ' One' ), array( 'promt' => 'x' ) ),
	$caller,
	policy()
);
foreach ( $items as $item ) {
	echo isset( $item['error'] ) ? json_encode( $item['error'] ) : json_encode( array( 'cached' => $item['cached'], 'attempts' => $item['attempts'], 'cost is 0' => 0.0 === $item['cost_usd'] ) ), "\n";
}
expect( $items[0]['text'] === $items[3]['text'] && $items[0]['request_id'] !== $items[3]['request_id'], 'equal requests, equal answers' );
expect( 2 === requests(), 'two were sent', requests() );
$codes = array_map( fn( $r ) => $r['status_code'] . ( $r['cached'] ? ' cached' : '' ), drain_all() );
sort( $codes );
echo implode( ', ', $codes ), "\n";
expect( 58 === aisp_preview( array( 'prompt' => 'x' ), $caller, policy() )['limits'][1]['remaining'], 'two calls were charged' );

script( array( 'type' => 'delay', 'seconds' => 0.3, 'times' => 12 ) );
$began = microtime( true );
$items = aisp_infer_batch( array_map( fn( $n ) => array( 'prompt' => "Number $n" ), range( 1, 12 ) ), array(), policy( array( 'max_parallel' => 6 ) ) );
$took  = microtime( true ) - $began;
expect( array( false ) === array_unique( array_map( fn( $i ) => isset( $i['error'] ), $items ) ), 'all are answered', $items );
expect( $took >= 0.6 && $took < 1.5, 'six at a time', $took );

script( array( 'type' => 'delay', 'seconds' => 0.4, 'times' => 4 ) );
$items = aisp_infer_batch( array_map( fn( $n ) => array( 'prompt' => "Late $n" ), range( 1, 4 ) ), array(), policy( array( 'max_parallel' => 1, 'timeout_ms' => 1000, 'max_attempts' => 1 ) ) );
echo json_encode( array_map( fn( $i ) => $i['error']['code'] ?? 'ok', $items ) ), " under one deadline\n";

show(
	array(
		'none'       => fn() => aisp_infer_batch( array() ),
		'no list'    => fn() => aisp_infer_batch( array( 'prompt' => 'x' ) ),
		'too many'   => fn() => aisp_infer_batch( array_fill( 0, 1001, array( 'prompt' => 'x' ) ) ),
		'no array'   => fn() => aisp_infer_batch( array( 'x' ), array(), policy() )[0]['error']['message'],
		'bad policy' => fn() => aisp_infer_batch( array( array( 'prompt' => 'x' ) ), array(), array( 'max_parallel' => 65 ) ),
		'bad caller' => fn() => aisp_infer_batch( array( array( 'prompt' => 'x' ) ), array( 'ip' => 'x' ) ),
	)
);
?>
--EXPECT--
{"cached":false,"attempts":1,"cost is 0":false}
{"code":"invalid_request","message":"prompt must not be blank.","status":400,"retry_after":null}
{"cached":false,"attempts":1,"cost is 0":false}
{"cached":true,"attempts":0,"cost is 0":true}
{"code":"invalid_request","message":"aisp_infer_batch(): Argument #1 ($request) key \"promt\" is not known; known are cache, cache_ttl, idempotency_key, max_tokens, messages, model, moderate, pack, prompt, restart, schema, system, tags, temperature, timeout_ms","status":400,"retry_after":null}
200, 200, 200 cached, 400, 400
["ok","ok","timeout","timeout"] under one deadline
none: Aisp\InvalidRequest (invalid_request, 400): aisp_infer_batch(): Argument #1 ($requests) must hold 1 to 1000 requests, 0 given
no list: Aisp\InvalidRequest (invalid_request, 400): aisp_infer_batch(): Argument #1 ($requests) must be a list
too many: Aisp\InvalidRequest (invalid_request, 400): aisp_infer_batch(): Argument #1 ($requests) must hold 1 to 1000 requests, 1001 given
no array: returned "aisp_infer_batch(): Argument #1 ($request) must be of type array, string given"
bad policy: Aisp\ConfigError (config_error, 500): aisp_infer_batch(): Argument #3 ($policy) key "max_parallel" must be between 1 and 64, 65 given
bad caller: Aisp\ConfigError (config_error, 500): aisp_infer_batch(): Argument #2 ($caller) key "ip" must be an IP address
