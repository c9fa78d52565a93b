<?php
/**
 * What the benchmarks share: the policy, a table of medians, and taking turns.
 */

declare( strict_types=1 );

/** The policy of a site whose provider is nginx's static answer, with limits that are counted but not reached. */
function bench_policy(): array {
	return array(
		'models'    => array( 'bench' => array( 'price' => array( 'in' => 0.15, 'out' => 0.6 ) ) ),
		'providers' => array(
			'static' => array(
				'kind'     => 'openai_responses',
				'base_url' => getenv( 'SITE_URL' ) . '/bench/v1',
				'key_env'  => 'AISP_BENCH_KEY',
			),
		),
		'quota'     => array( array( 'per' => 'user', 'limit' => 1000000, 'period' => 60 ) ),
		'throttle'  => array( array( 'per' => 'user', 'limit' => 1000000, 'period' => 60 ) ),
	);
}

/**
 * Times candidates in turns, so that what the machine does meanwhile befalls all of them.
 *
 * @param array<string, callable> $candidates What to time, by name.
 * @param int                     $rounds     How many turns.
 * @param int                     $calls      Calls in a turn.
 * @return array<string, list<float>> Microseconds of every call, sorted.
 */
function take_turns( array $candidates, int $rounds, int $calls ): array {
	$times = array_fill_keys( array_keys( $candidates ), array() );
	for ( $round = 0; $round <= $rounds; $round++ ) {
		foreach ( $candidates as $name => $candidate ) {
			for ( $i = 0; $i < $calls; $i++ ) {
				$start = hrtime( true );
				$candidate();
				$took = hrtime( true ) - $start;
				if ( $round > 0 ) { // The first round warms up.
					$times[ $name ][] = $took / 1000;
				}
			}
		}
	}
	array_walk( $times, static fn( array &$list ) => sort( $list ) );
	return $times;
}

/** The value below which a share of a sorted list lies. */
function percentile( array $sorted, float $share ): float {
	return $sorted[ (int) floor( $share * ( count( $sorted ) - 1 ) ) ];
}

/** Prints p50 and p99 of each candidate, and its p50 in terms of the first one's. */
function print_table( string $title, array $times ): void {
	$base = percentile( reset( $times ), 0.5 );
	printf( "\n%s\n  %-58s %11s %11s %8s\n", $title, '', 'p50 µs', 'p99 µs', 'ratio' );
	foreach ( $times as $name => $list ) {
		printf( "  %-58s %10.1f  %10.1f  %7.2f\n", $name, percentile( $list, 0.5 ), percentile( $list, 0.99 ), percentile( $list, 0.5 ) / $base );
	}
}

/** Leaves nothing behind: what waits for the log would slow down who looks for its own. */
function clean_up(): void {
	aisp_cache_invalidate( array( 'all' => true, 'site' => 'bench' ) );
	while ( $records = aisp_log_drain( 1000, 'bench' ) ) {
		aisp_log_ack( array_column( $records, 'uid' ) );
	}
}
