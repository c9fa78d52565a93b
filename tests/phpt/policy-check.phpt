--TEST--
aisp_policy_check() tells all flaws at once, each with the path of its key
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$rule   = array( 'per' => 'user', 'limit' => 60, 'period' => 3600 );
$policy = array(
	'providers'  => array( 'own' => array( 'kind' => 'soap', 'base_url' => 'https://llm.example' ), 'openai' => array( 'key_env' => 'sk-proj-1' ) ),
	'models'     => array( 'gpt-4.1' => array( 'route' => array( array( 'own', 'm' ), array( 'gone', 'm' ) ), 'price' => array( 'in' => 'cheap', 'out' => 1 ) ) ),
	'quota'      => array( $rule, array( 'limit' => 0 ) + $rule, array( 'period' => 0 ) + $rule ),
	'timeout_ms' => "1\xff",
	"k\0y"       => 1,
	7            => 1,
);
foreach ( aisp_policy_check( $policy ) as $flaw ) {
	printf( "%-24s %s\n", $flaw['path'], strtok( $flaw['message'], ';' ) );
}
echo json_encode( aisp_policy_check( array() ) ), "\n";

$self           = array();
$self['quota']  = &$self;
$self['models'] = array( 'm' => &$self );
expect( array() !== aisp_policy_check( $self ), 'an array without an end comes to one' );
show( array( fn() => aisp_policy_check( 'x' ) ) );
?>
--EXPECT--
providers.own.kind       "providers.own.kind" must be one of openai_responses, openai_chat, anthropic, gemini.
providers.openai.key_env "providers.openai.key_env" must be the name of an environment variable or constant, never a key.
models.gpt-4.1.price.in  "models.gpt-4.1.price.in" must be of type float, string given.
quota.1.limit            "quota[1].limit" must be between 1 and 1000000, 0 given.
quota.2.period           "quota[2].period" must be between 1 and 31622400, 0 given.
timeout_ms               "timeout_ms" must be of type int, string given.
models.gpt-4.1.route.1   "models.gpt-4.1.route[1]" names the provider "gone", which the policy does not have.
ky                       "ky" is not known
7                        "7" is not known
[]
TypeError: aisp_policy_check(): Argument #1 ($policy) must be of type array, string given
