--TEST--
A used-up limit refuses with the wait and where the limits stand, and sends nothing
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$ask   = static fn( string $prompt, array $policy, array $caller = array( 'user_id' => 7 ) ) => aisp_infer( array( 'prompt' => $prompt ), $caller, policy( $policy ) );
$told  = static function ( callable $f ): void {
	try {
		$f();
		echo "passed\n";
	} catch ( Aisp\RateLimited $e ) {
		printf( "%d %s in about %d s, limits %s\n", $e->getStatus(), preg_replace( '/\d+ s/', 'N s', $e->getMessage() ), 10 * round( $e->getRetryAfter() / 10 ), json_encode( array_map( fn( $l ) => array( $l['name'], $l['limit'], $l['period_s'], $l['remaining'] ), $e->getLimits() ) ) );
	}
};
$quota = array( 'quota' => array( array( 'per' => 'user', 'limit' => 3, 'period' => 3600 ) ), 'throttle' => array() );

echo "Quota\n";
foreach ( array( 'a', 'b', 'c', 'd' ) as $prompt ) {
	$told( fn() => $ask( $prompt, $quota ) );
}
$told( fn() => $ask( 'a', $quota ) );                            // A kept answer is free.
$told( fn() => $ask( 'd', $quota, array( 'user_id' => 8 ) ) );   // Another user has a quota of their own,
$told( fn() => $ask( 'e', $quota, array( 'user_id' => 7, 'site' => '2' ) ) ); // and so has another site.
$told( fn() => $ask( 'f', $quota, array() ) );                   // A limit per user is not about nobody.
expect( 6 === requests(), 'six requests were sent', requests() );

echo "Throttle\n";
$throttle = array( 'throttle' => array( array( 'per' => 'ip', 'limit' => 2, 'period' => 60 ) ), 'quota' => array() );
foreach ( array( '2001:db8::1', '2001:db8::2', '2001:db8::3', '203.0.113.7' ) as $ip ) {
	$told( fn() => $ask( 'a', $throttle, array( 'ip' => $ip ) ) );
}

echo "Log\n";
foreach ( drain_all() as $record ) {
	if ( $record['error'] ) {
		echo "{$record['status_code']} {$record['error']} attempts {$record['attempts']}\n";
	}
}
expect( 4 === aisp_status()['counters']['hits'], 'hits are counted', aisp_status()['counters'] );
?>
--EXPECT--
Quota
passed
passed
passed
429 Too many requests: the limit quota-user is used up. Try again in N s. in about 1200 s, limits [["quota-user",3,3600,0]]
passed
passed
passed
passed
Throttle
passed
passed
429 Too many requests: the limit throttle-ip is used up. Try again in N s. in about 30 s, limits [["throttle-ip",2,60,0]]
passed
Log
429 policy_quota attempts 0
429 policy_throttle attempts 0
