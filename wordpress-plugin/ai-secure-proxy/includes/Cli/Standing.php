<?php
/**
 * Limits and budgets for a terminal: calls, tokens and dollars in the same words.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

defined( 'ABSPATH' ) || exit;

final class Standing {

	public const FIELDS = array( 'name', 'unit', 'limit', 'used', 'reserved', 'remaining', 'renews' );

	/**
	 * A row each.
	 *
	 * @param array $standing limits and budgets, as the module gives them.
	 * @param int   $now      A Unix time.
	 * @return array[] With FIELDS; `renews` is a time (of a limit, that of the next call that passes), or empty.
	 */
	public static function rows( array $standing, int $now ): array {
		$rows = array();
		foreach ( $standing['limits'] as $limit ) {
			$rows[] = array(
				'name'      => $limit['name'],
				'unit'      => 'calls',
				'limit'     => $limit['limit'],
				'used'      => $limit['limit'] - $limit['remaining'],
				'reserved'  => 0,
				'remaining' => $limit['remaining'],
				'renews'    => $limit['reset_s'] ? self::time( $now + $limit['reset_s'] ) : '',
			);
		}
		foreach ( $standing['budgets'] as $budget ) {
			$rows[] = array( 'renews' => self::time( $budget['renews_at'] ) ) + $budget;
		}
		return array_map( static fn( array $row ): array => array_replace( array_flip( self::FIELDS ), array_intersect_key( $row, array_flip( self::FIELDS ) ) ), $rows );
	}

	/** One cell for all of them: `quota-user: 57 of 60 calls left; budget-site-day-usd: 0.4 of 20 usd left`. */
	public static function cell( array $standing ): string {
		$row_to_words = static fn( array $row ): string => "$row[name]: $row[remaining] of $row[limit] $row[unit] left";
		return implode( '; ', array_map( $row_to_words, self::rows( $standing + array( 'limits' => array(), 'budgets' => array() ), 0 ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing -- Two empty lists.
	}

	/** How many private values were found: `email 2, card 1`. */
	public static function counts( array $found ): string {
		return implode( ', ', array_map( static fn( string $type, int $count ): string => "$type $count", array_keys( $found ), $found ) );
	}

	private static function time( int $time ): string {
		return gmdate( 'Y-m-d\TH:i:s\Z', $time );
	}
}
