--TEST--
A provider that did no work is not charged to the quota; one that did is
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$quota = array( 'quota' => array( array( 'per' => 'user', 'limit' => 5, 'period' => 3600 ) ), 'max_attempts' => 1 );
$left  = static fn() => array_column( aisp_preview( array( 'prompt' => 'x' ), array( 'user_id' => 7 ), policy( $quota ) )['limits'], 'remaining', 'name' )['quota-user'];
$ask   = static fn( string $prompt, array $policy = array() ) => outcome( fn() => aisp_infer( array( 'prompt' => $prompt ), array( 'user_id' => 7 ), policy( $policy + $quota ) )['text'] );

script(
	array( 'type' => 'fail', 'status' => 500 ),
	array( 'type' => 'fail', 'status' => 401 ),
	array( 'type' => 'fail', 'status' => 429, 'retry_after' => 40 ),
	array( 'type' => 'fail', 'status' => 429, 'code' => 'insufficient_quota' )
);
foreach ( array( 'down', 'key', 'busy', 'no credit' ) as $case ) {
	echo "$case: ", $ask( $case ), ', left ', $left(), "\n";
}
putenv( 'AISP_TEST_KEY' );
echo 'no key: ', $ask( 'no key' ), ', left ', $left(), "\n";
putenv( 'AISP_TEST_KEY=back' );
script( array( 'type' => 'reply', 'text' => '', 'finish_reason' => 'length' ), array( 'type' => 'reply', 'text' => 'Yes' ) );
echo 'exhausted: ', $ask( 'exhausted' ), ', left ', $left(), "\n";
echo 'answered: ', $ask( 'answered' ), ', left ', $left(), "\n";
?>
--EXPECT--
down: Aisp\ProviderError (provider_error, 503): The AI provider is not available., left 5
key: Aisp\ProviderError (provider_error, 502): The AI provider refused this site's key., left 5
busy: Aisp\ProviderError (provider_error, 503, retry after 40 s): The AI provider is busy. Try again later., left 5
no credit: Aisp\ProviderError (provider_error, 502): The AI provider's account has no credit left., left 5
no key: Aisp\ConfigError (config_error, 500): AISP_TEST_KEY is not set: neither in the environment nor as a constant., left 5
exhausted: Aisp\ProviderError (provider_error, 502): The model used up max_tokens before it wrote an answer; raise max_tokens., left 4
answered: returned "Yes", left 3
