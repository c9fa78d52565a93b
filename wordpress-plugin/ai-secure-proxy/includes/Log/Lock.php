<?php
/**
 * One process at a time that moves rows into the log, rebuilds it or tidies it up; readers and others do not wait for it.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Lock {

	/** Spares processes each other's work (and InnoDB deadlocks); where the database knows no such lock, all of them run. */
	public static function take( int $wait_s ): bool {
		return '0' !== self::ask( 'SELECT GET_LOCK(%s, %d)', self::name(), $wait_s );
	}

	public static function give(): void {
		self::ask( 'SELECT RELEASE_LOCK(%s)', self::name() );
	}

	private static function name(): string {
		return 'aisp_' . md5( DB_NAME . ' ' . Table::name() );
	}

	private static function ask( string $sql, string|int ...$values ): ?string {
		global $wpdb;
		$shown  = $wpdb->suppress_errors();
		$answer = $wpdb->get_var( $wpdb->prepare( $sql, $values ) ); // phpcs:ignore WordPress.DB -- Constants, see above.
		$wpdb->suppress_errors( $shown );
		return $answer;
	}
}
