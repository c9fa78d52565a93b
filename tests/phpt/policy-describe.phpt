--TEST--
aisp_policy_describe() shows a policy as it works, and of its secrets only whether they are there
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

const SECRET = 'sk-proj-not-for-a-screen';
define( 'OWN_KEY', SECRET );
putenv( 'SHOP_SECRET=short' );

$policy = array(
	'providers'     => array( 'own' => array( 'kind' => 'openai_chat', 'base_url' => 'https://llm.example/v1/', 'key_env' => 'OWN_KEY' ) ),
	'models'        => array( 'small' => array(), 'large' => array( 'route' => array( array( 'own', 'l-1' ), array( 'openai', 'gpt-4o' ) ) ) ),
	'default_model' => 'large',
	'clients'       => array( 'shop' => array( 'secret_env' => 'SHOP_SECRET' ) ),
	'jobs'          => array( 'key_env' => 'OWN_KEY' ),
);
$told   = aisp_policy_describe( $policy );
echo implode( ' ', array_keys( $told['policy'] ) ), "\n";
echo json_encode( array( $told['policy']['models'], $told['policy']['providers']['own'], $told['policy']['cache'] ), JSON_UNESCAPED_SLASHES ), "\n";
foreach ( $told['secrets'] as $secret ) {
	echo json_encode( $secret ), "\n";
}
expect( $told['defaults'] === aisp_policy_describe( array() )['policy'], 'the defaults are what there is without a policy' );
expect( array() === aisp_policy_check( $told['policy'] ), 'what is described is a policy', aisp_policy_check( $told['policy'] ) );
expect( $told === aisp_policy_describe( $told['policy'] ), 'that means the same' );
expect( ! str_contains( print_r( $told, true ), SECRET ), 'no secret is shown' );
show( array( fn() => aisp_policy_describe( array( 'quota' => 5 ) ), fn() => aisp_policy_describe( null ) ) );
?>
--EXPECT--
default_model models providers environment quota throttle budget cache redact moderate timeout_ms max_attempts max_prompt_chars max_parallel jobs webhooks clients tokens metrics allow proxies origins
[{"small":{"route":[["own","small"]],"price":null},"large":{"route":[["own","l-1"],["openai","gpt-4o"]],"price":null}},{"kind":"openai_chat","base_url":"https://llm.example/v1","key_env":"OWN_KEY","key_header":null,"headers":[],"prices":[],"timeout_ms":null,"environments":[]},{"ttl":3600,"stale":0,"epoch":0}]
{"name":"OWN_KEY","for":"providers.own","set":true,"usable":true}
{"name":"OPENAI_API_KEY","for":"providers.openai","set":false,"usable":false}
{"name":"OWN_KEY","for":"jobs","set":true,"usable":true}
{"name":"SHOP_SECRET","for":"clients.shop","set":true,"usable":false}
Aisp\ConfigError (config_error, 500): aisp_policy_describe(): Argument #1 ($policy) key "quota" must be of type array, int given
TypeError: aisp_policy_describe(): Argument #1 ($policy) must be of type array, null given
