<?php
/**
 * The table {prefix}aisp_logs: one row a call, never a prompt, never an answer.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Table {

	/** Raised with every change of the definition below, or of that of Kinds; Installer::upgrade() sees it. */
	public const VERSION = 2;

	/** Column => placeholder, in the order in which a record is written. */
	private const COLUMNS = array(
		'uid'           => '%s',
		'user_id'       => '%d',
		'route'         => '%s',
		'req_hash'      => '%s',
		'tokens_in'     => '%d',
		'tokens_out'    => '%d',
		'duration_ms'   => '%d',
		'status_code'   => '%d',
		'error'         => '%s',
		'created_at'    => '%s',
		'provider'      => '%s',
		'model'         => '%s',
		'cached'        => '%d',
		'attempts'      => '%d',
		'cost_microusd' => '%d',
		'client'        => '%s',
		'source'        => '%s',
		'request_id'    => '%s',
		'kind'          => '%d',
		'tokens'        => '%d',
	);

	/** Key => its columns. */
	public const KEYS = array(
		'req_hash'           => 'req_hash(16)',
		'by_user'            => 'user_id,created_at,id,kind,duration_ms,cost_microusd,tokens',
		'by_created_at'      => 'created_at,id,kind',
		'by_duration_ms'     => 'duration_ms,id,kind,created_at',
		'by_cost_microusd'   => 'cost_microusd,id,kind,created_at',
		'by_tokens'          => 'tokens,id,kind,created_at',
		'kind_created_at'    => 'kind,created_at,id,user_id',
		'kind_duration_ms'   => 'kind,duration_ms,id,created_at',
		'kind_cost_microusd' => 'kind,cost_microusd,id,created_at',
		'kind_tokens'        => 'kind,tokens,id,created_at',
	);

	/** Columns in which NULL says something: no error; no price known. */
	private const NULLABLE = array( 'error', 'cost_microusd' );

	public static function name(): string {
		global $wpdb;
		return $wpdb->prefix . 'aisp_logs';
	}

	/**
	 * Creates the table, or adds to an older one what it lacks.
	 *
	 * What the indexes are for says Paging: the log, a user's calls and those of a kind are read off them in any order.
	 */
	public static function create(): void {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$name = self::name();
		$keys = implode( ",\n  ", array_map( static fn( string $key, string $columns ): string => "KEY {$key} ({$columns})", array_keys( self::KEYS ), self::KEYS ) );

		// dbDelta wants it like this: no IF NOT EXISTS, two spaces after PRIMARY KEY, one column a line.
		dbDelta(
			"CREATE TABLE {$name} (
  id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  uid varchar(64) NOT NULL,
  user_id bigint(20) unsigned NOT NULL DEFAULT 0,
  route varchar(191) NOT NULL DEFAULT '',
  req_hash char(64) NOT NULL DEFAULT '',
  tokens_in int(10) unsigned NOT NULL DEFAULT 0,
  tokens_out int(10) unsigned NOT NULL DEFAULT 0,
  duration_ms int(10) unsigned NOT NULL DEFAULT 0,
  status_code smallint(5) unsigned NOT NULL DEFAULT 0,
  error varchar(64) DEFAULT NULL,
  created_at datetime NOT NULL,
  provider varchar(64) NOT NULL DEFAULT '',
  model varchar(191) NOT NULL DEFAULT '',
  cached tinyint(1) unsigned NOT NULL DEFAULT 0,
  attempts smallint(5) unsigned NOT NULL DEFAULT 0,
  cost_microusd bigint(20) unsigned DEFAULT NULL,
  client varchar(191) NOT NULL DEFAULT '',
  source varchar(191) NOT NULL DEFAULT '',
  request_id varchar(64) NOT NULL DEFAULT '',
  kind bigint(20) unsigned NOT NULL DEFAULT 0,
  tokens int(10) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY  (id),
  UNIQUE KEY uid (uid),
  {$keys}
) {$wpdb->get_charset_collate()};"
		);
	}

	public static function drop(): void {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'DROP TABLE IF EXISTS %i', self::name() ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}

	/**
	 * The tables of the log go with their site.
	 *
	 * @param mixed $tables  Tables to drop.
	 * @param mixed $site_id The site that is deleted.
	 */
	public static function dropped_with_site( $tables, $site_id ): array {
		global $wpdb;
		$prefix = $wpdb->get_blog_prefix( (int) $site_id );
		return array( ...array_values( (array) $tables ), $prefix . 'aisp_logs', $prefix . 'aisp_log_kinds' );
	}

	/**
	 * Writes records; one that is in the table already stays as it is, so writing twice changes nothing.
	 *
	 * @param array[] $records As aisp_log_drain() gives them; created_at in unix seconds.
	 * @return bool Whether all of them are in the table now.
	 */
	public static function insert( array $records ): bool {
		global $wpdb;
		if ( ! Kinds::add( $records ) ) {
			return false;
		}
		$values = array( self::name() );
		$rows   = array();
		foreach ( $records as $record ) {
			$record['created_at'] = gmdate( 'Y-m-d H:i:s', (int) $record['created_at'] );
			$record['kind']       = Kinds::of( $record );
			$record['tokens']     = (int) ( $record['tokens_in'] ?? 0 ) + (int) ( $record['tokens_out'] ?? 0 );
			$places               = array();
			foreach ( self::COLUMNS as $column => $place ) {
				$value = $record[ $column ] ?? null;
				if ( null === $value && in_array( $column, self::NULLABLE, true ) ) {
					$places[] = 'NULL';
					continue;
				}
				$places[] = $place;
				$values[] = '%d' === $place ? (int) $value : (string) $value;
			}
			$rows[] = '(' . implode( ',', $places ) . ')';
		}
		$sql = 'INSERT IGNORE INTO %i (' . implode( ',', array_keys( self::COLUMNS ) ) . ') VALUES ' . implode( ',', $rows );
		return false !== $wpdb->query( $wpdb->prepare( $sql, $values ) ); // phpcs:ignore WordPress.DB -- Columns and placeholders are the constants above.
	}
}
