<?php
/**
 * What calls came to over a while, as the REST route and the command show it.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Metrics {

	/** Range => its seconds and how much of it is one point, so that a chart has 24 to 60 of them. */
	private const RANGES = array(
		'1h'  => array( 3600, 'minute' ),
		'24h' => array( 86400, 'hour' ),
		'7d'  => array( 7 * 86400, 'hour' ),
		'30d' => array( 30 * 86400, 'day' ),
	);

	/** What sums may be told apart by. */
	public const GROUPS = array( 'none', 'model', 'provider', 'route', 'source', 'outcome' );

	/** @return string[] */
	public static function ranges(): array {
		return array_keys( self::RANGES );
	}

	/**
	 * This site's sums over a range that ends now, the same in steps, and those of the same length of time before.
	 *
	 * @param string   $range One of ranges().
	 * @param string   $group One of GROUPS.
	 * @param string[] $by    More of GROUPS, of which each gets its sums in steps.
	 * @param bool     $days  Whether days() is wanted, too.
	 * @return array{since: int, until: int, step: string, total: array[], previous: array[], points: array[], by?: array<string, array[]>, days?: array}
	 *
	 * @throws \Aisp\Exception Answered by who asks.
	 */
	public static function of( string $range, string $group, array $by = array(), bool $days = false ): array {
		list( $seconds, $step ) = self::RANGES[ $range ];

		$now     = time();
		$since   = $now - $seconds;
		$sums    = array();
		foreach ( array( $group, ...$by ) as $name ) {
			$sums[] = array(
				'group' => $name,
				'step'  => $step,
			);
		}
		$found   = self::sums( $since, $now, compact( 'group', 'sums' ) );
		$metrics = array(
			'since'    => $since,
			'until'    => $now,
			'step'     => $step,
			'total'    => $found['points'],
			'previous' => self::before( $since - $seconds, $since, $group ),
			'points'   => $found['sums'][0],
		);
		if ( $by ) {
			$metrics['by'] = array_combine( $by, array_slice( $found['sums'], 1 ) );
		}
		return $days ? $metrics + array( 'days' => self::days() ) : $metrics;
	}

	/**
	 * This site's sums of today, and of yesterday until the same time of the day, so that they can be compared. Days are the site's.
	 *
	 * @return array{today: array|null, yesterday: array|null} Null where there was no call.
	 *
	 * @throws \Aisp\Exception Answered by who asks.
	 */
	public static function days(): array {
		$now       = current_datetime();
		$yesterday = $now->modify( '-1 day' );
		return array(
			'today'     => self::sums( $now->setTime( 0, 0 )->getTimestamp(), $now->getTimestamp() )['points'][0] ?? null,
			'yesterday' => self::before( $yesterday->setTime( 0, 0 )->getTimestamp(), $yesterday->getTimestamp() )[0] ?? null,
		);
	}

	/**
	 * How many calls this site had in each of the last 24 hours, the oldest first; the last one is under way.
	 *
	 * @return int[]
	 *
	 * @throws \Aisp\Exception Answered by who asks.
	 */
	public static function calls_by_hour(): array {
		$now   = time();
		$first = $now - $now % HOUR_IN_SECONDS - 23 * HOUR_IN_SECONDS;
		$calls = array_fill_keys( range( $first, $now, HOUR_IN_SECONDS ), 0 );
		return array_values( array_replace( $calls, array_column( self::sums( $first, $now, array( 'step' => 'hour' ) )['points'], 'calls', 'time' ) ) );
	}

	/** Sums up to a minute and without it: it belongs to what comes after. */
	private static function before( int $since, int $until, string $group = 'none' ): array {
		return self::sums( $since, max( $since, $until - MINUTE_IN_SECONDS ), compact( 'group' ) )['points'];
	}

	/** @param array $options More of those of aisp_metrics(). */
	private static function sums( int $since, int $until, array $options = array() ): array {
		return aisp_metrics( array( 'site' => Access::site() ) + compact( 'since', 'until' ) + $options );
	}
}
