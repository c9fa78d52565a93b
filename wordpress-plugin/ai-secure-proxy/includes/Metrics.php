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
	 * This site's sums over a range that ends now, and the same in steps.
	 *
	 * @param string $range One of ranges().
	 * @param string $group One of GROUPS.
	 * @return array{since: int, until: int, step: string, total: array[], points: array[]}
	 *
	 * @throws \Aisp\Exception Answered by who asks.
	 */
	public static function of( string $range, string $group ): array {
		list( $seconds, $step ) = self::RANGES[ $range ];

		$now     = time();
		$options = array(
			'site'  => Access::site(),
			'since' => $now - $seconds,
			'until' => $now,
			'group' => $group,
		);
		$total   = aisp_metrics( $options );
		return array(
			'since'  => $total['since'],
			'until'  => $total['until'],
			'step'   => $step,
			'total'  => $total['points'],
			'points' => aisp_metrics( $options + array( 'step' => $step ) )['points'],
		);
	}
}
