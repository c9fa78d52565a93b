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
	 * @param string[] $by    More of GROUPS, of which each gets its counts in steps.
	 * @param bool     $days  Whether days() is wanted, too.
	 * @return array{since: int, until: int, step: string, total: array[], previous: array[], points: array[], by?: array<string, array[]>, days?: array{today: array|null, yesterday: array|null}, queue: array}
	 *
	 * @throws \Aisp\Exception Answered by who asks.
	 */
	public static function of( string $range, string $group, array $by = array(), bool $days = false ): array {
		list( $seconds, $step ) = self::RANGES[ $range ];

		$now     = time();
		$found   = aisp_metrics(
			array(
				'site'     => Access::site(),
				'since'    => $now - $seconds,
				'until'    => $now,
				'group'    => $group,
				'step'     => $step,
				'by'       => array_values( $by ),
				'previous' => true,
				'spans'    => $days ? self::spans() : array(),
			)
		);
		$metrics = array(
			'since'    => $found['since'],
			'until'    => $found['until'],
			'step'     => $step,
			'total'    => $found['total'],
			'previous' => $found['previous'],
			'points'   => $found['points'],
			'queue'    => $found['queue'],
		);
		return $metrics + ( $by ? array( 'by' => $found['by'] ) : array() ) + ( $days ? array( 'days' => $found['spans'] ) : array() );
	}

	/**
	 * This site's sums of today, and of yesterday until the same time of the day, so that they can be compared. Days are the site's.
	 *
	 * @return array{today: array|null, yesterday: array|null} Null where there was no call.
	 *
	 * @throws \Aisp\Exception Answered by who asks.
	 */
	public static function days(): array {
		return aisp_metrics(
			array(
				'site'  => Access::site(),
				'spans' => self::spans(),
			)
		)['spans'];
	}

	/**
	 * How many calls this site had in each of the last 24 hours, the oldest first; the last one is under way.
	 *
	 * @return int[]
	 *
	 * @throws \Aisp\Exception Answered by who asks.
	 */
	public static function calls_by_hour(): array {
		$now    = time();
		$first  = $now - $now % HOUR_IN_SECONDS - 23 * HOUR_IN_SECONDS;
		$points = aisp_metrics(
			array(
				'site'  => Access::site(),
				'since' => $first,
				'until' => $now,
				'step'  => 'hour',
			)
		)['points'];
		$calls  = array_fill_keys( range( $first, $now, HOUR_IN_SECONDS ), 0 );
		return array_values( array_replace( $calls, array_column( $points, 'calls', 'time' ) ) );
	}

	/**
	 * When today began, and yesterday until the same time of the day, without the minute that is still running. Days are the site's.
	 *
	 * @return array<string, array{since: int, until: int}>
	 */
	private static function spans(): array {
		$now       = current_datetime();
		$yesterday = $now->modify( '-1 day' );
		$since     = $yesterday->setTime( 0, 0 )->getTimestamp();
		return array(
			'today'     => array(
				'since' => $now->setTime( 0, 0 )->getTimestamp(),
				'until' => $now->getTimestamp(),
			),
			'yesterday' => array(
				'since' => $since,
				'until' => max( $since, $yesterday->getTimestamp() - MINUTE_IN_SECONDS ),
			),
		);
	}
}
