--TEST--
A provider that fails is told in our own words, within the deadline, and logged by a closed list of codes
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$message  = 'sk-of-this-test and other words of the provider';
$fail     = static fn( int $status, array $more = array() ) => script( $more + array( 'type' => 'fail', 'status' => $status, 'message' => $message, 'times' => 3 ) );
$dead     = stream_socket_server( 'tcp://127.0.0.1:0' );
$nowhere  = 'http://' . stream_socket_get_name( $dead, false ) . '/v1';
$provider = static fn( string $url ) => array( 'providers' => array( 'mock' => array( 'kind' => 'openai_responses', 'base_url' => $url, 'key_env' => 'AISP_TEST_KEY' ) ) );
$ask      = static function ( string $case, array $policy = array() ): void {
	$begun = microtime( true );
	$said  = outcome( fn() => aisp_infer( array( 'prompt' => $case ), array( 'site' => $case ), policy( $policy + array( 'timeout_ms' => 5000 ) ) )['text'] );
	$took  = microtime( true ) - $begun;
	$log   = drain_all();
	echo "$case: $said | {$log[0]['status_code']} {$log[0]['error']}, attempts {$log[0]['attempts']}\n";
	expect( 1 === count( $log ), 'one record' );
	expect( $took < 6.5, 'within the deadline', $took );
	llmock( 'DELETE', 'scenario' );
};

$fail( 401 );
$ask( 'key refused' );
$fail( 400 );
$ask( 'rejected' );
$fail( 429, array( 'retry_after' => 30 ) );
$ask( 'busy for longer than the deadline' );
$fail( 429, array( 'code' => 'insufficient_quota' ) );
$ask( 'no credit' );
$fail( 500 );
$ask( 'down' );
script( array( 'type' => 'reply', 'tool_calls' => array( array( 'name' => 'a' ) ), 'times' => 3 ) );
$ask( 'an answer without text' );
script( array( 'type' => 'delay', 'seconds' => 3 ) );
$ask( 'slow', array( 'timeout_ms' => 700 ) );
fclose( $dead );
$ask( 'nobody listens', $provider( $nowhere ) );
$ask( 'a name that does not exist', $provider( 'https://nowhere.invalid/v1' ) + array( 'max_attempts' => 1 ) );
$ask( 'a private address', $provider( 'https://10.0.0.1/v1' ) );
$ask( 'a private name', $provider( 'https://localhost/v1' ) );
?>
--EXPECT--
key refused: Aisp\ProviderError (provider_error, 502): The AI provider refused this site's key. | 502 provider_auth, attempts 1
rejected: Aisp\ProviderError (provider_error, 502): The AI provider rejected the request. | 502 provider_rejected, attempts 1
busy for longer than the deadline: Aisp\ProviderError (provider_error, 503, retry after 30 s): The AI provider is busy. Try again later. | 503 provider_busy, attempts 1
no credit: Aisp\ProviderError (provider_error, 502): The AI provider's account has no credit left. | 502 provider_no_credit, attempts 1
down: Aisp\ProviderError (provider_error, 503): The AI provider is not available. | 503 provider_unavailable, attempts 3
an answer without text: Aisp\ProviderError (provider_error, 502): The AI provider's answer could not be read. | 502 provider_invalid, attempts 3
slow: Aisp\Timeout (timeout, 504): The AI provider did not answer in time. | 504 provider_timeout, attempts 1
nobody listens: Aisp\ProviderError (provider_error, 503): The AI provider cannot be reached. | 503 provider_unreachable, attempts 3
a name that does not exist: Aisp\ProviderError (provider_error, 503): The AI provider cannot be reached. | 503 provider_unreachable, attempts 1
a private address: Aisp\ConfigError (config_error, 500): The base_url of the provider "mock" cannot be used: must not be on a private or special address unless aisp.allowed_hosts names it | 500 policy_config, attempts 0
a private name: Aisp\ConfigError (config_error, 500): The base_url of the provider "mock" cannot be used: must not be on a private or special address unless aisp.allowed_hosts names it | 500 policy_config, attempts 0
