--TEST--
A flaw in policy or caller is a ConfigError that names the key, never its value
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$provider = static fn( array $openai ) => array( 'providers' => array( 'openai' => $openai ) );
$rule     = static fn( array $rule ) => array( 'quota' => array( array( 'per' => 'user', 'limit' => 1, 'period' => 60 ), $rule ) );
$policies = array(
	'rule that is no list'   => array( 'quota' => array( 'per' => 'user' ) ),
	'rule of nobody'         => $rule( array( 'per' => 'users', 'limit' => 1, 'period' => 60 ) ),
	'rule without limit'     => $rule( array( 'per' => 'user', 'period' => 60 ) ),
	'rule without period'    => $rule( array( 'per' => 'user', 'limit' => 1 ) ),
	'rule of nothing'        => $rule( array( 'per' => 'user', 'limit' => 0, 'period' => 60 ) ),
	'models as a list'       => array( 'models' => array( 'gpt-4o' ) ),
	'default not listed'     => array( 'models' => array( 'a' => array() ), 'default_model' => 'b' ),
	'route to nowhere'       => array( 'models' => array( 'a' => array( 'route' => array( array( 'nowhere', 'a' ) ) ) ) ),
	'route of one word'      => array( 'models' => array( 'a' => array( 'route' => array( 'openai' ) ) ) ),
	'price without out'      => array( 'models' => array( 'a' => array( 'price' => array( 'in' => 1 ) ) ) ),
	'provider without kind'  => array( 'providers' => array( 'mine' => array( 'base_url' => 'https://example.com' ) ) ),
	'provider without url'   => array( 'providers' => array( 'mine' => array( 'kind' => 'openai_responses' ) ) ),
	'kind of no version'     => $provider( array( 'kind' => 'telegraph' ) ),
	'key for its name'       => $provider( array( 'key_env' => 'sk-proj-1234' ) ),
	'variable of the client' => $provider( array( 'key_env' => 'HTTP_X_KEY' ) ),
	'header with line break' => $provider( array( 'headers' => array( 'X-A' => "a\r\nb: c" ) ) ),
	'header that frames'     => $provider( array( 'headers' => array( 'Content-Length' => '5' ) ) ),
	'plain http'             => $provider( array( 'base_url' => 'http://example.com/v1' ) ),
	'ftp'                    => $provider( array( 'base_url' => 'ftp://example.com/v1' ) ),
	'timeout'                => array( 'timeout_ms' => 600001 ),
	'attempts'               => array( 'max_attempts' => 0 ),
	'ttl'                    => array( 'cache' => array( 'ttl' => -1 ) ),
	'moderator of nobody'    => array( 'moderate' => array( 'what' => 'both', 'by' => 'gpt-99' ) ),
	'budget in debt'         => array( 'budget' => array( array( 'per' => 'site', 'usd' => -20.0, 'period' => 'month' ) ) ),
	'budget of no time'      => array( 'budget' => array( array( 'per' => 'site', 'tokens' => 20, 'period' => 0 ) ) ),
	'budget of two years'    => array( 'budget' => array( array( 'per' => 'site', 'tokens' => 20, 'period' => 63072000 ) ) ),
	'pattern of nothing'     => array( 'redact' => array( 'patterns' => array( 'customer' => '(' ) ) ),
);
foreach ( $policies as $name => $policy ) {
	show( array( $name => fn() => aisp_infer( array( 'prompt' => 'Hi' ), array( 'site' => 'policy' ), $policy ) ) );
}
$callers = array(
	'nobody' => array( 'user_id' => -1 ),
	'ip'     => array( 'ip' => '203.0.113.7, 10.0.0.1' ),
	'site'   => array( 'site' => "a\nb" ),
	'source' => array( 'source' => str_repeat( 'x', 192 ) ),
	'route'  => array( 'route' => 5 ),
);
foreach ( $callers as $name => $caller ) {
	show( array( $name => fn() => aisp_infer( array( 'prompt' => 'Hi' ), $caller, offline() ) ) );
}
$records = drain_all();
expect( count( $policies ) === count( $records ), 'a bad policy is logged, a bad caller has no log to go to', count( $records ) );
expect( array( 'policy_config' ) === array_values( array_unique( array_column( $records, 'error' ) ) ), 'as policy_config' );
expect( array( 500 ) === array_values( array_unique( array_column( $records, 'status_code' ) ) ), 'as 500' );

echo "Maintenance\n";
show( array(
	fn() => aisp_cache_invalidate( array() ),
	fn() => aisp_cache_invalidate( array( 'site' => 'a' ) ),
	fn() => aisp_cache_invalidate( array( 'all' => true, 'tag' => 'a' ) ),
	fn() => aisp_cache_invalidate( array( 'hash' => 'abc' ) ),
	fn() => aisp_cache_invalidate( array( 'tag' => array( 'a' ) ) ),
	fn() => aisp_cache_invalidate( array( 'tag' => str_repeat( 'a', 1 << 20 ) ) ),
	fn() => aisp_log_drain( 0 ),
	fn() => aisp_log_drain( 10001 ),
	fn() => aisp_log_drain( 1, "\xff" ),
	fn() => aisp_log_ack( array() ),
	fn() => aisp_log_ack( array( 'never seen', '' ) ),
	fn() => aisp_log_drain( 1 ),
) );
?>
--EXPECT--
rule that is no list: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "quota" must be a list
rule of nobody: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "quota[1].per" must be one of user, role, client, ip, source, site, token
rule without limit: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "quota[1].limit" must be given
rule without period: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "quota[1].period" must be given, in seconds
rule of nothing: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "quota[1].limit" must be between 1 and 1000000, 0 given
models as a list: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "models" must have names as its keys
default not listed: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "default_model" must be one of the models
route to nowhere: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "models.a.route[0]" names the provider "nowhere", which the policy does not have
route of one word: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "models.a.route[0]" must be a list of two strings
price without out: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "models.a.price.in" and "out" must both be given
provider without kind: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "providers.mine.kind" must be given
provider without url: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "providers.mine.base_url" must be given
kind of no version: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "providers.openai.kind" must be one of openai_responses, openai_chat, anthropic, gemini
key for its name: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "providers.openai.key_env" must be the name of an environment variable or constant, never a key
variable of the client: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "providers.openai.key_env" must be the name of an environment variable or constant, never a key
header with line break: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "providers.openai.headers.X-A" has a value for x-a that cannot be sent
header that frames: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "providers.openai.headers.Content-Length" must not set content-length
plain http: Aisp\ConfigError (config_error, 500): The base_url of the provider "openai" cannot be used: must start with https:// (plain http is only for hosts that aisp.allowed_hosts names)
ftp: Aisp\ConfigError (config_error, 500): The base_url of the provider "openai" cannot be used: must start with https://
timeout: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "timeout_ms" must be between 1 and 600000, 600001 given
attempts: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "max_attempts" must be between 1 and 10, 0 given
ttl: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "cache.ttl" must be between 0 and 31622400, -1 given
moderator of nobody: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "moderate.by" must be one of the models
budget in debt: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "budget[0].usd" must be between 0.000001 and 1000000000
budget of no time: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "budget[0].period" must be day, month, or 1 to 31622400 seconds
budget of two years: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "budget[0].period" must be day, month, or 1 to 31622400 seconds
pattern of nothing: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "redact.patterns.customer" is no regular expression: unclosed group
nobody: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #2 ($caller) key "user_id" must be between 0 and 9223372036854775807, -1 given
ip: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #2 ($caller) key "ip" must be an IP address
site: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #2 ($caller) key "site" must be at most 191 bytes without control characters
source: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #2 ($caller) key "source" must be at most 191 bytes without control characters
route: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #2 ($caller) key "route" must be of type string, int given
Maintenance
Aisp\ConfigError (config_error, 500): aisp_cache_invalidate(): Argument #1 ($selector) key "all" must be true if none of hash, tag, model, provider and age is given, and only then
Aisp\ConfigError (config_error, 500): aisp_cache_invalidate(): Argument #1 ($selector) key "all" must be true if none of hash, tag, model, provider and age is given, and only then
Aisp\ConfigError (config_error, 500): aisp_cache_invalidate(): Argument #1 ($selector) key "all" must be true if none of hash, tag, model, provider and age is given, and only then
Aisp\ConfigError (config_error, 500): aisp_cache_invalidate(): Argument #1 ($selector) key "hash" must be 64 hex digits
Aisp\ConfigError (config_error, 500): aisp_cache_invalidate(): Argument #1 ($selector) key "tag" must be of type string, array given
Aisp\ConfigError (config_error, 500): aisp_cache_invalidate(): Argument #1 ($selector) key "tag" must have 1 to 100 bytes
Aisp\ConfigError (config_error, 500): aisp_log_drain(): Argument #1 ($max) must be between 1 and 10000, 0 given
Aisp\ConfigError (config_error, 500): aisp_log_drain(): Argument #1 ($max) must be between 1 and 10000, 10001 given
Aisp\ConfigError (config_error, 500): aisp_log_drain(): Argument #2 ($site) must be valid UTF-8
returned 0
returned 0
returned []
