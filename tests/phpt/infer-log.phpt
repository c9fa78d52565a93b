--TEST--
Every call leaves one record; it stays until it is acknowledged, and holds neither prompt nor answer
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

const PROMPT = 'the prompt of this test';
script( array( 'type' => 'reply', 'text' => 'the answer of this test' ) );
$caller = array( 'user_id' => 7, 'role' => 'editor', 'client' => 'shop', 'ip' => '203.0.113.7', 'route' => '/infer', 'site' => '1', 'source' => 'my-plugin' );
$result = aisp_infer( array( 'prompt' => PROMPT ), $caller, policy() );
$hit    = aisp_infer( array( 'prompt' => PROMPT ), $caller, policy() );
outcome( fn() => aisp_infer( array(), array( 'site' => '2' ), policy() ) );

$records = aisp_log_drain( 10 );
$told    = $records[0];
foreach ( array( 'uid', 'request_id', 'req_hash', 'created_at', 'duration_ms', 'model' ) as $varying ) {
	unset( $told[ $varying ] );
}
echo json_encode( $told, JSON_UNESCAPED_SLASHES ), "\n";
expect( 3 === count( $records ) && $records === aisp_log_drain( 10 ), 'records stay until they are acknowledged' );
expect( array( $result['request_id'], $hit['request_id'] ) === array( $records[0]['request_id'], $records[1]['request_id'] ), 'in the order of time' );
expect( array( $result['req_hash'], model(), $result['duration_ms'] ) === array( $records[0]['req_hash'], $records[0]['model'], $records[0]['duration_ms'] ), 'as the result says' );
expect( abs( time() - $records[0]['created_at'] ) < 60, 'of now' );
expect( array( true, 0, 0, 'mock' ) === array( $records[1]['cached'], $records[1]['attempts'], $records[1]['cost_microusd'], $records[1]['provider'] ), 'a hit costs nothing' );
expect( ! str_contains( json_encode( $records ), 'of this test' ), 'no prompt and no answer' );
expect( ! str_contains( json_encode( $records ), 'sk-' ), 'no key' );

expect( array( 2, 1, 0 ) === array( count( aisp_log_drain( 10, '1' ) ), count( aisp_log_drain( 10, '2' ) ), count( aisp_log_drain( 10, '3' ) ) ), 'a site sees its own' );
expect( array() === aisp_log_drain( 10, '' ), 'the empty name is a site too' );
expect( 1 === count( aisp_log_drain( 1 ) ), 'no more than asked for' );
expect( 2 === aisp_log_ack( array( $records[0]['uid'], $records[2]['uid'], 'unknown', $records[0]['uid'] ) ), 'two are acknowledged' );
expect( array( $records[1] ) === aisp_log_drain( 10 ), 'one is left' );
expect( 0 === aisp_log_ack( array( $records[0]['uid'] ) ), 'twice is no error' );
expect( 1 === aisp_log_ack( array( 'a' => $records[1]['uid'] ) ), 'the last' );
expect( array() === aisp_log_drain( 10 ), 'none is left' );

aisp_preview( array( 'prompt' => PROMPT ), $caller, policy() );
aisp_request_hash( array( 'prompt' => PROMPT ), policy() );
aisp_cache_invalidate( array( 'all' => true ) );
aisp_status();
expect( array() === aisp_log_drain( 10 ), 'only calls leave records' );
?>
--EXPECT--
{"site":"1","user_id":7,"route":"/infer","tokens_in":5,"tokens_out":5,"status_code":200,"error":null,"provider":"mock","cached":false,"attempts":1,"cost_microusd":55,"client":"shop","source":"my-plugin"}
