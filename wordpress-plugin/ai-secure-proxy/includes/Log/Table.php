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

	/** Raised with every change of the definition below; Installer::upgrade() sees it. */
	public const VERSION = 1;

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
	);

	/** Columns in which NULL says something: no error; no price known. */
	private const NULLABLE = array( 'error', 'cost_microusd' );

	public static function name(): string {
		global $wpdb;
		return $wpdb->prefix . 'aisp_logs';
	}

	/** Creates the table, or brings an older one up to date. */
	public static function create(): void {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$name = self::name();

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
  PRIMARY KEY  (id),
  UNIQUE KEY uid (uid),
  KEY created_at (created_at),
  KEY user_created (user_id,created_at),
  KEY status_created (status_code,created_at),
  KEY model_created (model,created_at),
  KEY route_created (route,created_at)
) {$wpdb->get_charset_collate()};"
		);
	}

	public static function drop(): void {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'DROP TABLE IF EXISTS %i', self::name() ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}

	/**
	 * The table goes with its site.
	 *
	 * @param mixed $tables  Tables to drop.
	 * @param mixed $site_id The site that is deleted.
	 */
	public static function dropped_with_site( $tables, $site_id ): array {
		global $wpdb;
		$tables   = (array) $tables;
		$tables[] = $wpdb->get_blog_prefix( (int) $site_id ) . 'aisp_logs';
		return $tables;
	}

	/**
	 * Writes records; one that is in the table already stays as it is, so writing twice changes nothing.
	 *
	 * @param array[] $records As aisp_log_drain() gives them; created_at in unix seconds.
	 * @return bool Whether all of them are in the table now.
	 */
	public static function insert( array $records ): bool {
		global $wpdb;
		$values = array( self::name() );
		$rows   = array();
		foreach ( $records as $record ) {
			$record['created_at'] = gmdate( 'Y-m-d H:i:s', (int) $record['created_at'] );
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
