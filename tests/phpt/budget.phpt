--TEST--
A budget refuses what it cannot bear, says where it stands, tells of its thresholds and can be reset
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$policy = policy( array(
	'quota'    => array( array( 'per' => 'user', 'limit' => 100, 'period' => 3600 ) ),
	'throttle' => array(),
	'budget'   => array( array( 'per' => 'user', 'tokens' => 100, 'period' => 'day' ), array( 'per' => 'site', 'usd' => 0.5, 'period' => 'month' ) ),
) );
$caller = array( 'user_id' => 7, 'site' => '1' );
$ask    = static fn( array $request ) => aisp_infer( $request, $caller, $policy );
$stand  = static function () use ( $caller, $policy ): void {
	$at = aisp_limits( $caller, $policy );
	foreach ( $at['budgets'] as $budget ) {
		printf( "%s: %s of %s %s, %s promised, %s left\n", $budget['name'], $budget['used'], $budget['limit'], $budget['unit'], $budget['reserved'], $budget['remaining'] );
		expect( $budget['renews_at'] > time(), 'it renews', $budget );
	}
	expect( 'quota-user' === $at['limits'][0]['name'], 'limits stand beside', $at['limits'] );
};

echo preg_replace( '/\d+ s\)/', 'N s)', preg_replace( '/20\d\d-.*Z/', 'T', outcome( fn() => $ask( array( 'prompt' => str_repeat( 'x', 652 ) ) ) ) ) ), "\n";
expect( 0 === requests(), 'nothing was sent' );
$stand();

script( array( 'type' => 'reply', 'text' => str_repeat( 'word ', 65 ), 'times' => 1 ) );
$result = $ask( array( 'prompt' => 'Say it', 'max_tokens' => 90 ) );
$stand();
foreach ( aisp_budget_alerts( '1' ) as $alert ) {
	printf( "%s of %s at %d %%: %s of %s %s\n", $alert['name'], $alert['subject'], $alert['percent'], $alert['used'], $alert['limit'], $alert['unit'] );
}
expect( array() === aisp_budget_alerts(), 'each is told once' );
expect( $ask( array( 'prompt' => 'Say it', 'max_tokens' => 90 ) )['cached'], 'what is kept is free' );
$preview = aisp_preview( array( 'prompt' => 'Say more' ), $caller, $policy );
expect( $preview['budgets'] === aisp_limits( $caller, $policy )['budgets'], 'a preview shows them too', $preview );

echo aisp_limits_reset( $caller, $policy, 'budget-user-day-tokens' ), ' ', aisp_limits_reset( $caller, $policy ), ' ', aisp_limits_reset( $caller, $policy ), "\n";
$stand();
show( array(
	fn() => aisp_limits_reset( $caller, $policy, 'budget-of-nobody' ),
	fn() => aisp_policy_check( $policy ),
	fn() => aisp_policy_check( array( 'budget' => array( array( 'per' => 'site', 'tokens' => -1, 'period' => 'day' ) ) ) ),
) );
?>
--EXPECT--
Aisp\BudgetExceeded (budget_exceeded, 429, retry after N s): The budget budget-user-day-tokens has 100 tokens of 100 tokens left, and this request may take 663 tokens. It renews at T.
budget-user-day-tokens: 0 of 100 tokens, 0 promised, 100 left
budget-site-month-usd: 0 of 0.5 usd, 0 promised, 0.5 left
budget-user-day-tokens: 82 of 100 tokens, 0 promised, 18 left
budget-site-month-usd: 0.000811 of 0.5 usd, 0 promised, 0.499189 left
budget-user-day-tokens of 7 at 80 %: 82 of 100 tokens
1 2 0
budget-user-day-tokens: 0 of 100 tokens, 0 promised, 100 left
budget-site-month-usd: 0 of 0.5 usd, 0 promised, 0.5 left
Aisp\ConfigError (config_error, 500): aisp_limits_reset(): Argument #3 ($name) must be the name of a limit or budget that applies to the caller
returned []
returned [{"path":"budget.0.tokens","message":"\"budget[0].tokens\" must be between 1 and 1000000000000, -1 given."}]
