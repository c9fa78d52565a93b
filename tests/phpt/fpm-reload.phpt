--TEST--
Reloads during traffic leave no request hanging, and no answered call without its record
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_fpm();
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/fpm.inc';
require __DIR__ . '/support/fork.inc';

$reloads  = getenv( 'AISP_LONG' ) ? 50 : 5;
$fpm      = new Fpm( 4 );
$policy   = policy( array( 'throttle' => array(), 'quota' => array(), 'timeout_ms' => 60000 ) );
$running  = array();
$answered = array();
$drained  = array();
$count    = array( 'cut off' => 0, 'asked' => 0 );
$keep     = static function ( array $records ) use ( $fpm, &$running, &$drained ): void {
	$drained  += array_column( $records, 'request_id', 'uid' );
	$running[] = array( static fn() => null, $fpm->begin( 'aisp_log_ack', array_column( $records, 'uid' ) ) );
};
$count_in = static function ( array $result ) use ( &$answered ): void {
	$answered[] = $result['request_id'];
};
$next  = microtime( true ) + 0.3;
$until = $next + 0.4 * $reloads;
while ( microtime( true ) < $until || $running ) {
	if ( microtime( true ) >= $next && microtime( true ) < $until ) {
		$fpm->reload();
		$next += 0.4;
	}
	while ( count( $running ) < 8 && microtime( true ) < $until ) {
		// Half of the calls are answered by the cache; now and then somebody moves the log on.
		$n         = ++$count['asked'];
		$running[] = 0 === $n % 25
			? array( $keep, $fpm->begin( 'aisp_log_drain', 50 ) )
			: array( $count_in, $fpm->begin( 'aisp_infer', array( 'prompt' => $n % 2 ? "call $n" : 'call' ), array(), $policy ) );
	}
	foreach ( $running as $i => list( $done, $request ) ) {
		if ( $request->is_over() ) {
			unset( $running[ $i ] );
			$said = Fpm::read( $request );
			if ( null === $said ) {
				++$count['cut off'];
			} elseif ( isset( $said['ok'] ) ) {
				is_array( $said['ok'] ) ? $done( $said['ok'] ) : null;
			} else {
				expect( false, 'a call is answered', $said );
			}
		}
	}
	if ( microtime( true ) > $until + 60 ) {
		expect( false, 'no request hangs', count( $running ) );
		break;
	}
	usleep( 1000 );
}
do {
	$records  = $fpm->call( 'aisp_log_drain', 1000 )['ok'] ?? array();
	$drained += array_column( $records, 'request_id', 'uid' );
	$fpm->call( 'aisp_log_ack', array_column( $records, 'uid' ) );
} while ( $records );
$fpm->stop();

$lost = array_diff( $answered, $drained );
expect( array() === $lost, 'every answered call is in the log', count( $lost ), count( $answered ) );
expect( count( $answered ) > 10 * $reloads, 'there was traffic', $count, count( $answered ) );
expect( $count['cut off'] < 8 * $reloads, 'few are cut off', $count );
check_integrity( $fpm->store );
echo "done\n";
?>
--EXPECT--
done
