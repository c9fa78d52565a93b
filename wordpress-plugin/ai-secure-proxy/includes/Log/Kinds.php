<?php
/**
 * The table {prefix}aisp_log_kinds: each combination of the columns that the log is filtered by, once.
 *
 * A million calls are of a few hundred kinds: same provider, model, route, source, client, status, error, cached or not. Each
 * row of the log carries its kind, so that any filter on these columns, however they are combined, is a short list of kinds,
 * and each of them is one range of an index in every order that the log can be read in.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

use AI_Secure_Proxy\Rest\Token;

defined( 'ABSPATH' ) || exit;

final class Kinds {

	/** The client of users who come with a token of their own, `token:user:7` and so on, as a kind. */
	public const USERS = Token::CLIENT . 'user';

	/** The client of who comes with a token, and is nobody. */
	private const VISITOR = Token::CLIENT . 'visitor';

	/** What makes a kind. */
	private const COLUMNS = array( 'provider', 'model', 'route', 'source', 'client', 'status_code', 'error', 'cached' );

	public static function name(): string {
		global $wpdb;
		return $wpdb->prefix . 'aisp_log_kinds';
	}

	public static function create(): void {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		$name = self::name();
		dbDelta(
			"CREATE TABLE {$name} (
  kind bigint(20) unsigned NOT NULL,
  provider varchar(64) NOT NULL DEFAULT '',
  model varchar(191) NOT NULL DEFAULT '',
  route varchar(191) NOT NULL DEFAULT '',
  source varchar(191) NOT NULL DEFAULT '',
  client varchar(191) NOT NULL DEFAULT '',
  status_code smallint(5) unsigned NOT NULL DEFAULT 0,
  error varchar(64) NOT NULL DEFAULT '',
  cached tinyint(1) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY  (kind)
) {$wpdb->get_charset_collate()};"
		);
	}

	public static function drop(): void {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'DROP TABLE IF EXISTS %i', self::name() ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}

	/** The kind of a record: 60 bits of a digest, so that no writer has to ask for a number. */
	public static function of( array $record ): int {
		return (int) hexdec( substr( md5( implode( "\n", self::parts( $record ) ) ), 0, 15 ) );
	}

	/** The same for a row of the log, in SQL. */
	public static function in_sql(): string {
		global $wpdb;
		$parts           = array_combine( self::COLUMNS, array_map( static fn( string $column ): string => "IFNULL({$column}, '')", self::COLUMNS ) );
		$parts['client'] = $wpdb->prepare( 'CASE WHEN client LIKE BINARY %s THEN %s WHEN client LIKE BINARY %s AND BINARY client NOT IN (%s, %s) THEN %s ELSE client END', $wpdb->esc_like( self::USERS ) . ':%', self::USERS, $wpdb->esc_like( Token::CLIENT ) . '%', self::VISITOR, self::USERS, Token::CLIENT );
		return "CONV(LEFT(MD5(CONVERT(CONCAT_WS('\n', " . implode( ', ', $parts ) . ') USING utf8mb4)), 15), 16, 10)';
	}

	/**
	 * Writes the kinds of records, where they are new.
	 *
	 * @param array[] $records Of the log.
	 * @return bool Whether all are known now.
	 */
	public static function add( array $records ): bool {
		global $wpdb;
		$rows = array();
		foreach ( $records as $record ) {
			$kind          = self::of( $record );
			$rows[ $kind ] = $rows[ $kind ] ?? $wpdb->prepare( '(%d,%s,%s,%s,%s,%s,%d,%s,%d)', $kind, ...array_values( self::parts( $record ) ) );
		}
		$columns = implode( ',', self::COLUMNS );
		return ! $rows || false !== $wpdb->query( $wpdb->prepare( "INSERT IGNORE INTO %i (kind,{$columns}) VALUES ", self::name() ) . implode( ',', $rows ) ); // phpcs:ignore WordPress.DB -- Columns are the constants above, each row is prepared.
	}

	/**
	 * The kinds that a filter lets through.
	 *
	 * @param array $filter See Filter.
	 * @return int[]|null Null where it lets all through.
	 */
	public static function matching( array $filter ): ?array {
		$where = array();
		foreach ( array( 'provider', 'model', 'route', 'source', 'client' ) as $key ) {
			if ( isset( $filter[ $key ] ) ) {
				$where[] = 'client' === $key ? self::any_client( $filter[ $key ] ) : self::any_of( $key, $filter[ $key ] );
			}
		}
		if ( isset( $filter['status'] ) ) {
			$where[] = '(' . implode( ' OR ', array_map( array( self::class, 'status' ), $filter['status'] ) ) . ')';
		}
		if ( isset( $filter['error'] ) ) {
			$where[] = '(' . implode( ' OR ', array_map( array( self::class, 'error' ), $filter['error'] ) ) . ')';
		}
		if ( isset( $filter['cached'] ) ) {
			$where[] = $filter['cached'] ? 'cached = 1' : 'cached = 0';
		}
		return $where ? self::all( implode( ' AND ', $where ) ) : null;
	}

	/**
	 * Kinds that the log has had.
	 *
	 * @param string $where A condition, prepared.
	 * @return int[]
	 */
	public static function all( string $where = '1 = 1' ): array {
		global $wpdb;
		return array_map( 'intval', $wpdb->get_col( $wpdb->prepare( 'SELECT kind FROM %i WHERE ', self::name() ) . $where ) ); // phpcs:ignore WordPress.DB -- Conditions are prepared where they are made.
	}

	/**
	 * What a column has had, sorted; without the empty.
	 *
	 * @param string $column One of the kinds'.
	 * @param int    $most   Not more than so many.
	 * @return string[]
	 */
	public static function values( string $column, int $most ): array {
		global $wpdb;
		return $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT %i FROM %i WHERE %i <> '' ORDER BY 1 LIMIT %d", $column, self::name(), $column, $most ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- A log is read fresh.
	}

	/** Forgets kinds of which the log has no row any more; for who holds the lock of the drain, so that none is on its way. */
	public static function prune(): void {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'DELETE FROM %i WHERE NOT EXISTS (SELECT 1 FROM %i l WHERE l.kind = %i.kind)', self::name(), Table::name(), self::name() ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}

	/** What a client is as a kind. Those with a token are as many as there are users, or as a filter of the site names. */
	public static function client( string $client ): string {
		return match ( true ) {
			! str_starts_with( $client, Token::CLIENT ), self::VISITOR === $client, self::USERS === $client => $client,
			str_starts_with( $client, self::USERS . ':' ) => self::USERS,
			default                                       => Token::CLIENT,
		};
	}

	/** The columns of a kind as they are kept. */
	private static function parts( array $record ): array {
		$parts = array();
		foreach ( self::COLUMNS as $column ) {
			$parts[ $column ] = (string) ( $record[ $column ] ?? '' );
		}
		$parts['client'] = self::client( $parts['client'] );
		foreach ( array( 'status_code', 'cached' ) as $column ) {
			$parts[ $column ] = (int) $parts[ $column ];
		}
		return $parts;
	}

	/** @param string[] $values At least one. */
	private static function any_of( string $column, array $values ): string {
		global $wpdb;
		return $wpdb->prepare( '%i IN (' . implode( ',', array_fill( 0, count( $values ), '%s' ) ) . ')', $column, ...$values ); // phpcs:ignore WordPress.DB.PreparedSQL, WordPress.DB.PreparedSQLPlaceholders -- As many places as values.
	}

	/** @param string[] $clients Of which `token:` is all that begin so. */
	private static function any_client( array $clients ): string {
		global $wpdb;
		$any = self::any_of( 'client', array_map( array( self::class, 'client' ), $clients ) );
		return in_array( Token::CLIENT, $clients, true ) ? "({$any} OR " . $wpdb->prepare( 'client LIKE %s', $wpdb->esc_like( Token::CLIENT ) . '%' ) . ')' : $any;
	}

	/** @param string $status 429 or 4xx. */
	private static function status( string $status ): string {
		$class = 100 * (int) $status[0];
		return is_numeric( $status ) ? sprintf( 'status_code = %d', $status ) : sprintf( '(status_code >= %d AND status_code < %d)', $class, $class + 100 );
	}

	/** @param string $error A code, any or none. */
	private static function error( string $error ): string {
		global $wpdb;
		return match ( $error ) {
			'any'   => "error <> ''",
			'none'  => "error = ''",
			default => $wpdb->prepare( 'error = %s', $error ),
		};
	}
}
