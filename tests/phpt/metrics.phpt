--TEST--
aisp_metrics() and aisp_metrics_text() tell what calls came to, of one site or of all
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

expect( array() === aisp_metrics()['points'], 'nothing was asked yet' );
script( array( 'type' => 'reply', 'text' => 'four words of answer', 'times' => 9 ) );
$caller = array( 'user_id' => 7, 'route' => '/infer', 'site' => '1', 'source' => 'my "plugin"' );
foreach ( array( 'one', 'one', 'two' ) as $prompt ) {
	aisp_infer( array( 'prompt' => $prompt ), $caller, policy() );
}
aisp_stream( array( 'prompt' => 'three' ), fn() => true, $caller, policy() );
outcome( fn() => aisp_infer( array(), array( 'site' => '2' ), policy() ) );

$shape = static function ( $value ) use ( &$shape ) {
	return is_array( $value ) ? array_map( $shape, $value ) : get_debug_type( $value );
};
$one = aisp_metrics( array( 'site' => '1' ) )['points'];
echo json_encode( $shape( $one ), JSON_PRETTY_PRINT ), "\n";
expect( array( 4, 1, 0.25, 0, 0 ) === array( $one[0]['calls'], $one[0]['hits'], $one[0]['hit_ratio'], $one[0]['errors_4xx'], $one[0]['retries'] ), 'four calls, one hit', $one );
expect( $one[0]['duration_ms']['p99'] >= $one[0]['duration_ms']['p50'], 'percentiles grow' );

$same = static fn( array $options ) => array_column( aisp_metrics( $options )['points'], 'calls', 'name' );
expect( array( 'hit' => 1, 'ok' => 3 ) === $same( array( 'site' => '1', 'group' => 'outcome' ) ), 'by outcome' );
expect( array( 'my "plugin"' => 4, '' => 1 ) == $same( array( 'group' => 'source' ) ), 'by source' );
expect( array( 5 ) === array_column( aisp_metrics( array( 'step' => 'day', 'since' => time() - 60 ) )['points'], 'calls' ) || '00:00' === gmdate( 'H:i' ), 'by day' );
expect( array() === aisp_metrics( array( 'until' => time() - 7200 ) )['points'], 'not before' );

$now  = time();
$once = aisp_metrics( array(
	'site'     => '1',
	'until'    => $now + 60,
	'step'     => 'hour',
	'by'       => array( 'outcome', 'source' ),
	'previous' => true,
	'spans'    => array( 'lately' => array( 'since' => $now - 120, 'until' => $now + 60 ), 'then' => array( 'until' => 60 ) ),
) );
expect( array( 4, 4, null ) === array( $once['total'][0]['calls'], $once['spans']['lately']['calls'], $once['spans']['then'] ), 'the whole, and other times', $once );
expect( 4 === array_sum( array_column( $once['points'], 'calls' ) ) && array() === $once['previous'], 'in steps, and nothing before', $once );
expect( 3 === array_sum( array_column( array_filter( $once['by']['outcome'], fn( $one ) => 'ok' === $one['name'] ), 'calls' ) ), 'by outcome, too', $once );
expect( ! isset( $once['by']['source'][0]['duration_ms'] ) && array( 'my "plugin"' ) === array_values( array_unique( array_column( $once['by']['source'], 'name' ) ) ), 'counts alone', $once );
expect( array( 0, array( 'waiting' => 0, 'dead' => 0 ), 5 ) === array( array_sum( $once['queue']['jobs'] ), $once['queue']['inbox'], $once['queue']['spool'] ), 'what waits', $once['queue'] );
$wrong = array(
	'by'                => array( 'by' => 'model' ),
	'by[1]'             => array( 'by' => array( 'model', 'user' ) ),
	'previous'          => array( 'previous' => 'yes' ),
	'spans'             => array( 'spans' => 'today' ),
	'spans.today.since' => array( 'spans' => array( 'today' => array( 'since' => -1 ) ) ),
	'spans.today.step'  => array( 'spans' => array( 'today' => array( 'step' => 'hour' ) ) ),
);
foreach ( $wrong as $key => $options ) {
	try {
		aisp_metrics( $options );
		expect( false, 'no error', $options );
	} catch ( Aisp\ConfigError $e ) {
		expect( str_contains( $e->getMessage(), "\"$key\"" ), 'the key is named', $e->getMessage() );
	}
}
expect( is_float( $one[0]['own_ms']['p50'] ) && $one[0]['own_ms']['p50'] > 0.0 && $one[0]['own_ms']['p50'] < 1000.0, 'our own share is in parts of a millisecond', $one );

$before = aisp_metrics( array( 'until' => time() + 60 ) )['points'];
drain_all();
expect( $before === aisp_metrics( array( 'until' => time() + 60 ) )['points'], 'drained records still count' );

$text = aisp_metrics_text( '1' );
expect( str_contains( $text, sprintf( 'aisp_calls_total{site="1",model="%s",provider="mock",route="/infer",outcome="ok"} 3', model() ) ), 'calls', $text );
expect( ! str_contains( $text, 'site="2"' ) && str_contains( aisp_metrics_text(), 'site="2"' ), 'a site sees its own' );
expect( str_contains( $text, 'aisp_first_token_seconds_count{site="1",model="' . model() . '",provider="mock"} 1' ), 'one stream' );

putenv( 'AISP_TEST_METRICS=a-secret-for-scrapers' );
$of = array( 'metrics' => array( 'token_env' => 'AISP_TEST_METRICS' ) );
expect( aisp_metrics_allowed( 'a-secret-for-scrapers', $of ), 'the token opens' );
foreach ( array( '', 'a-secret-for-scraper', 'A-secret-for-scrapers', 'nobody has this key' ) as $wrong ) {
	expect( ! aisp_metrics_allowed( $wrong, $of ), 'no other', $wrong );
}
foreach ( array( array(), array( 'metrics' => array() ), array( 'metrics' => array( 'token_env' => 'AISP_TEST_NOT_SET' ) ) ) as $none ) {
	expect( ! aisp_metrics_allowed( 'a-secret-for-scrapers', $none ) && ! aisp_metrics_allowed( '', $none ), 'none is configured', $none );
}
expect( array() === aisp_policy_check( $of ), 'the policy knows it' );

show( array(
	fn() => aisp_metrics( array( 'group' => 'user' ) ),
	fn() => aisp_metrics( array( 'step' => 'minute', 'since' => 0 ) ),
	fn() => aisp_metrics( array( 'from' => 0 ) ),
) );
?>
--EXPECT--
[
    {
        "time": "null",
        "name": "null",
        "calls": "int",
        "hits": "int",
        "hit_ratio": "float",
        "errors_4xx": "int",
        "errors_5xx": "int",
        "throttled": "int",
        "over_quota": "int",
        "over_budget": "int",
        "circuit_open": "int",
        "tokens_in": "int",
        "tokens_out": "int",
        "cost_usd": "float",
        "retries": "int",
        "failovers": "int",
        "breaker_opened": "int",
        "breaker_closed": "int",
        "duration_ms": {
            "p50": "float",
            "p95": "float",
            "p99": "float"
        },
        "provider_ms": {
            "p50": "float",
            "p95": "float",
            "p99": "float"
        },
        "own_ms": {
            "p50": "float",
            "p95": "float",
            "p99": "float"
        },
        "first_token_ms": {
            "p50": "float",
            "p95": "float",
            "p99": "float"
        }
    }
]
Aisp\ConfigError (config_error, 500): aisp_metrics(): Argument #1 ($options) key "group" must be one of none, model, provider, route, source, outcome
Aisp\ConfigError (config_error, 500): aisp_metrics(): Argument #1 ($options) key "step" must be longer: there may be 3000 of them
Aisp\ConfigError (config_error, 500): aisp_metrics(): Argument #1 ($options) key "from" is not known; known are by, group, previous, since, site, spans, step, until
