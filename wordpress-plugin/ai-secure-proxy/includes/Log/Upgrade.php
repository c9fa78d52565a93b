<?php
/**
 * Brings the tables of the log up to date, also where one holds millions of rows already.
 *
 * Columns first, then what is in them, then the indexes: building an index from rows that are there is many times quicker than
 * keeping it while they change. It may end anywhere, and goes on from there. New records wait in the spool meanwhile.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Upgrade {

	/** Rows, by their ids, that one statement fills. */
	private const CHUNK = 20000;

	/** Keys of version 1 that nothing reads any more. */
	private const DROPPED_KEYS = array( 'created_at', 'user_created', 'status_created', 'model_created', 'route_created' );

	/** @return bool Whether the tables are as they should be; false while another process works on them. */
	public static function run(): bool {
		if ( ! Lock::take( 0 ) ) {
			return false;
		}
		ignore_user_abort( true );
		if ( function_exists( 'set_time_limit' ) ) {
			set_time_limit( 0 );
		}
		try {
			Kinds::create();
			if ( self::has_table() ) {
				self::add_columns();
				self::fill();
				self::add_keys();
			}
			Table::create();
		} finally {
			Lock::give();
		}
		return true;
	}

	private static function has_table(): bool {
		global $wpdb;
		return null !== $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( Table::name() ) ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}

	/** Adds the columns, and drops the keys that would have to be kept while they are filled. */
	private static function add_columns(): void {
		$columns = self::names( 'SHOW COLUMNS FROM', 0 );
		$changes = array_map( static fn( string $key ): string => "DROP KEY {$key}", array_intersect( self::DROPPED_KEYS, self::names( 'SHOW INDEX FROM', 2 ) ) );
		foreach ( array(
			'kind'   => 'bigint(20) unsigned NOT NULL DEFAULT 0',
			'tokens' => 'int(10) unsigned NOT NULL DEFAULT 0',
		) as $column => $type ) {
			if ( ! in_array( $column, $columns, true ) ) {
				$changes[] = "ADD COLUMN {$column} {$type}";
			}
		}
		self::alter( $changes );
	}

	/** All at once: dbDelta adds one after the other, and reads the table for each. */
	private static function add_keys(): void {
		$missing = array_diff_key( Table::KEYS, array_flip( self::names( 'SHOW INDEX FROM', 2 ) ) );
		self::alter( array_map( static fn( string $key, string $columns ): string => "ADD KEY {$key} ({$columns})", array_keys( $missing ), $missing ) );
	}

	/** @param string[] $changes Nothing is done where there are none. */
	private static function alter( array $changes ): void {
		global $wpdb;
		if ( $changes ) {
			$wpdb->query( $wpdb->prepare( 'ALTER TABLE %i ', Table::name() ) . implode( ', ', $changes ) ); // phpcs:ignore WordPress.DB -- Constants.
		}
	}

	/** @return string[] */
	private static function names( string $show, int $column ): array {
		global $wpdb;
		return $wpdb->get_col( $wpdb->prepare( "{$show} %i", Table::name() ), $column ); // phpcs:ignore WordPress.DB -- Constants.
	}

	/** Gives each row its kind and its tokens, the newest first. */
	private static function fill(): void {
		global $wpdb;
		$last = (int) $wpdb->get_var( $wpdb->prepare( 'SELECT MAX(id) FROM %i WHERE kind = 0', Table::name() ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		while ( $last > 0 ) {
			$range = $wpdb->prepare( 'id > %d AND id <= %d AND kind = 0', max( 0, $last - self::CHUNK ), $last );
			Kinds::add( $wpdb->get_results( $wpdb->prepare( 'SELECT DISTINCT provider, model, route, source, client, status_code, error, cached FROM %i WHERE ', Table::name() ) . $range, ARRAY_A ) ); // phpcs:ignore WordPress.DB
			$wpdb->query( $wpdb->prepare( 'UPDATE %i SET tokens = tokens_in + tokens_out, kind = ', Table::name() ) . Kinds::in_sql() . " WHERE {$range}" ); // phpcs:ignore WordPress.DB
			$last -= self::CHUNK;
		}
	}
}
