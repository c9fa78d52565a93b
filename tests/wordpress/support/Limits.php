<?php
/**
 * Limits and budgets for the policy, a line each; and those of a user that more than one test meets.
 */

declare( strict_types=1 );

final class Limits {

	/** So many calls in so many seconds: for `quota` and `throttle`. */
	public static function calls( string $per, int $limit, int $period ): array {
		return compact( 'per', 'limit', 'period' );
	}

	/** So much in a period: for `budget`. */
	public static function budget( string $per, string $unit, int|float $limit, string $period ): array {
		return array( $unit => $limit ) + compact( 'per', 'period' );
	}

	/** What each user may spend in a day; a new one has all of it. */
	public static function of_a_user(): array {
		return array(
			'quota'  => array( self::calls( 'user', 5, 86400 ) ),
			'budget' => array( self::budget( 'user', 'tokens', 100000, 'day' ) ),
		);
	}
}
