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
	 * @param bool     $days  Whether the sum of today is wanted, too, and that of yesterday until the same time of the day.
	 * @return array{since: int, until: int, step: string, total: array[], previous: array[], points: array[], by?: array<string, array[]>, days?: array{today: array|null, yesterday: array|null}, queue: array} A day is null where there was no call.
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
				'spans'    => $days ? self::days() : array(),
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
	 * When today began, and yesterday until the same time of the day, without the minute that is still running. Days are the site's.
	 *
	 * @return array<string, array{since: int, until: int}>
	 */
	private static function days(): array {
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
