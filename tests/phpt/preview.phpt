--TEST--
A preview says what would be sent, and sends, charges, keeps and logs nothing
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$request = array( 'prompt' => ' Say hi ', 'system' => 'Be brief.', 'max_tokens' => 100, 'temperature' => 0.5 );
$caller  = array( 'user_id' => 7 );
$before  = array( aisp_status(), requests() );
foreach ( range( 1, 3 ) as $i ) {
	$preview = aisp_preview( $request, $caller, policy() );
}
expect( $before === array( aisp_status(), requests() ), 'nothing happened' );

$told = array_diff_key( $preview, array_flip( array( 'req_hash', 'url', 'model' ) ) );
unset( $told['body']['model'] );
echo json_encode( $told, JSON_PRETTY_PRINT ), "\n";
expect( array( model(), model() ) === array( $preview['model'], $preview['body']['model'] ), 'the model' );
expect( getenv( 'LLMOCK_URL' ) . '/v1' === $preview['url'], 'the url' );

$result = aisp_infer( $request, $caller, policy() );
expect( $preview['req_hash'] === $result['req_hash'], 'the call has the same fingerprint' );
$preview = aisp_preview( $request, $caller, policy() );
expect( true === $preview['cached'], 'and is cached now' );
expect( array( 599, 59 ) === array_column( $preview['limits'], 'remaining' ), 'the limits are as the call left them', $preview['limits'] );
putenv( 'AISP_TEST_KEY' );
expect( false === aisp_preview( $request, $caller, policy() )['key_set'], 'a key that is not set is no error here' );
$open = policy();
unset( $open['providers']['mock']['key_env'] );
expect( array( null, false ) === array( aisp_preview( $request, $caller, $open )['key_env'], aisp_preview( $request, $caller, $open )['key_set'] ), 'a provider that wants none' );
?>
--EXPECT--
{
    "provider": "mock",
    "body": {
        "input": "Say hi",
        "store": false,
        "instructions": "Be brief.",
        "max_output_tokens": 100,
        "temperature": 0.5
    },
    "redacted": [],
    "cached": false,
    "key_env": "AISP_TEST_KEY",
    "key_set": true,
    "in_flight": false,
    "retry_after_s": 0,
    "limits": [
        {
            "name": "throttle-user",
            "limit": 600,
            "period_s": 60,
            "remaining": 600,
            "reset_s": 0
        },
        {
            "name": "quota-user",
            "limit": 60,
            "period_s": 3600,
            "remaining": 60,
            "reset_s": 0
        }
    ],
    "budgets": [],
    "tokens_in": 4,
    "tokens_out": 100,
    "cost_usd": 0.001004
}
