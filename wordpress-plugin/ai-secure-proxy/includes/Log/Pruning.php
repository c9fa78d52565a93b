<?php
/**
 * Deletes the oldest rows of the log, a thousand at a time.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Pruning {

	/** Rows of one delete: it holds its locks for some ten milliseconds. */
	private const CHUNK = 1000;

	/** Between two deletes, in microseconds, so that what waits gets its turn. */
	private const PAUSE_US = 20000;

	/** @param string|null $before What is older goes; null for nothing. */
	private function __construct( private readonly ?string $before ) {}

	/**
	 * What is too old, or too much.
	 *
	 * @param string|null $before    UTC, as the table keeps it; what began before goes.
	 * @param int|null    $keep_rows So many stay, the newest; and those of the same second as the last of them.
	 */
	public static function by( ?string $before, ?int $keep_rows ): self {
		global $wpdb;
		$last = null === $keep_rows ? null : $wpdb->get_var( $wpdb->prepare( 'SELECT created_at FROM %i ORDER BY created_at DESC LIMIT 1 OFFSET %d', Table::name(), max( 0, $keep_rows - 1 ) ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		return new self( null === $before || null === $last ? $before ?? $last : max( $before, $last ) );
	}

	/** The moment so many days ago. */
	public static function days_ago( int $days ): string {
		return gmdate( 'Y-m-d H:i:s', time() - $days * DAY_IN_SECONDS );
	}

	/** How many rows would go. */
	public function count(): int {
		global $wpdb;
		return null === $this->before ? 0 : (int) $wpdb->get_var( $wpdb->prepare( 'SELECT COUNT(*) FROM %i WHERE created_at < %s', Table::name(), $this->before ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}

	/** @return iterable<int> How many rows each delete took; the work is done between them. */
	public function run(): iterable {
		global $wpdb;
		while ( null !== $this->before ) {
			$deleted = (int) $wpdb->query( $wpdb->prepare( 'DELETE FROM %i WHERE created_at < %s ORDER BY created_at LIMIT %d', Table::name(), $this->before, self::CHUNK ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
			yield $deleted;
			if ( $deleted < self::CHUNK ) {
				break;
			}
			usleep( self::PAUSE_US );
		}
		if ( null !== $this->before && Lock::take( 1 ) ) {
			Kinds::prune();
			Lock::give();
		}
	}
}
