<?php
/**
 * Holds the log against what else is known of the calls: what is still in the spool, and what the metrics have counted.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

use AI_Secure_Proxy\Access;

defined( 'ABSPATH' ) || exit;

final class Verify {

	/** What a check may end with: `note` is worth knowing, `trouble` is to be looked into. */
	public const OK      = 'ok';
	public const NOTE    = 'note';
	public const TROUBLE = 'trouble';

	/** A call counts in the minute of its end, of which the log knows the second: so close to an edge it may be on either side. */
	private const EDGE_S = 5;

	/** The longest a call takes, in seconds. */
	private const LONGEST_S = 660;

	/**
	 * All checks; the log is drained first.
	 *
	 * @return array{check: string, result: string, detail: string}[]
	 * @throws \Aisp\Exception Where the module cannot be asked.
	 */
	public static function checks(): array {
		Drain::run( 10 );
		return array( self::spool(), self::dropped(), self::uids(), self::kinds(), self::clock(), self::metrics() );
	}

	private static function spool(): array {
		$ready = count( aisp_log_drain( 500, Access::site() ) );
		/* translators: %d: a number. */
		$left = sprintf( __( '%d or more records are in the spool, and draining does not take them: see the error log of PHP for what the database says.', 'ai-secure-proxy' ), $ready );
		return self::check( __( 'spool', 'ai-secure-proxy' ), 0 === $ready, __( 'All records of calls that have ended are in the table.', 'ai-secure-proxy' ), $left );
	}

	/** Of the whole store, ever since. */
	private static function dropped(): array {
		$dropped = preg_match( '/^aisp_spool_dropped_total (\d+)/m', aisp_metrics_text(), $found ) ? (int) $found[1] : 0;
		/* translators: %d: a number. */
		$lost = sprintf( _n( 'The spool was full, and %d record never came into the table. Its call is in the metrics. Let WP-Cron run.', 'The spool was full, and %d records never came into the table. Their calls are in the metrics. Let WP-Cron run.', $dropped, 'ai-secure-proxy' ), $dropped );
		return self::check( __( 'spool overflow', 'ai-secure-proxy' ), 0 === $dropped, __( 'No record was ever dropped from the spool.', 'ai-secure-proxy' ), $lost );
	}

	private static function uids(): array {
		global $wpdb;
		$unique = array_filter( $wpdb->get_results( $wpdb->prepare( 'SHOW INDEX FROM %i WHERE Column_name = %s', Table::name(), 'uid' ), ARRAY_A ), static fn( array $key ): bool => '0' === (string) $key['Non_unique'] ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		$twice  = (int) $wpdb->get_var( $wpdb->prepare( 'SELECT COUNT(*) FROM (SELECT uid FROM %i GROUP BY uid HAVING COUNT(*) > 1) twice', Table::name() ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		$detail = $twice > 0
			/* translators: %d: a number. */
			? sprintf( _n( '%d call is in the table more than once.', '%d calls are in the table more than once.', $twice, 'ai-secure-proxy' ), $twice )
			: __( 'The table has lost its unique key on uid, so that nothing keeps a call from coming in twice.', 'ai-secure-proxy' );
		return self::check( __( 'unique', 'ai-secure-proxy' ), $unique && 0 === $twice, __( 'Each call is in the table once.', 'ai-secure-proxy' ), $detail );
	}

	private static function kinds(): array {
		global $wpdb;
		$astray = (int) $wpdb->get_var( $wpdb->prepare( 'SELECT COUNT(*) FROM %i l LEFT JOIN %i k ON k.kind = l.kind WHERE k.kind IS NULL', Table::name(), Kinds::name() ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		/* translators: %d: a number. */
		$lost = sprintf( _n( '%d record is not found by filters: its kind is missing. Setting the option aisp_schema to 0 has the next request mend it.', '%d records are not found by filters: their kind is missing. Setting the option aisp_schema to 0 has the next request mend it.', $astray, 'ai-secure-proxy' ), $astray );
		return self::check( __( 'filters', 'ai-secure-proxy' ), 0 === $astray, __( 'Each record is found by its filters.', 'ai-secure-proxy' ), $lost );
	}

	private static function clock(): array {
		global $wpdb;
		$ahead = (int) $wpdb->get_var( $wpdb->prepare( 'SELECT COUNT(*) FROM %i WHERE created_at > %s', Table::name(), gmdate( 'Y-m-d H:i:s', time() + 5 * MINUTE_IN_SECONDS ) ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		/* translators: %d: a number. */
		$wrong = sprintf( _n( '%d record is from the future: a server’s clock is or was wrong, and it stays longer than others.', '%d records are from the future: a server’s clock is or was wrong, and they stay longer than others.', $ahead, 'ai-secure-proxy' ), $ahead );
		return self::check( __( 'time', 'ai-secure-proxy' ), 0 === $ahead, __( 'No record is from the future.', 'ai-secure-proxy' ), $wrong );
	}

	/** The day until two minutes ago: what the metrics counted, and what the table has of it. */
	private static function metrics(): array {
		$until  = intdiv( time() - 2 * MINUTE_IN_SECONDS, MINUTE_IN_SECONDS ) * MINUTE_IN_SECONDS;
		$since  = $until - DAY_IN_SECONDS;
		$point  = aisp_metrics( array( 'site' => Access::site() ) + compact( 'since', 'until' ) )['points'][0] ?? array();
		$calls  = (int) ( $point['calls'] ?? 0 );
		$rows   = self::ended( $since, $until );
		$slack  = self::ended( $since - self::EDGE_S, $since + self::EDGE_S ) + self::ended( $until - self::EDGE_S, $until + self::EDGE_S ) + self::aborted( $since, $until );
		$detail = sprintf(
			/* translators: 1: a number of calls, 2: a number of records, 3: a number. */
			__( 'Of the last 24 hours the metrics have %1$d calls, and the table %2$d records; %3$d of them may be on either side.', 'ai-secure-proxy' ),
			$calls,
			$rows,
			$slack
		);
		$result = array(
			'check'  => __( 'metrics', 'ai-secure-proxy' ),
			'result' => abs( $calls - $rows ) <= $slack ? self::OK : ( $rows > $calls ? self::NOTE : self::TROUBLE ),
			'detail' => $detail,
		);
		if ( self::NOTE === $result['result'] ) {
			$result['detail'] .= ' ' . __( 'There are more records than calls: other servers of the site have a store of their own, or this store is younger than the table.', 'ai-secure-proxy' );
		} elseif ( self::TROUBLE === $result['result'] ) {
			$result['detail'] .= ' ' . __( 'Records are missing: they were deleted, or the table was emptied or restored from an older copy.', 'ai-secure-proxy' );
		}
		return $result;
	}

	/** Records of calls that ended from one moment to before another. */
	private static function ended( int $since, int $until ): int {
		global $wpdb;
		$times = array_map( static fn( int $time ): string => gmdate( 'Y-m-d H:i:s', $time ), array( $since - self::LONGEST_S, $until, $since, $until ) );
		return (int) $wpdb->get_var( $wpdb->prepare( 'SELECT COUNT(*) FROM %i WHERE created_at >= %s AND created_at < %s AND created_at + INTERVAL duration_ms * 1000 MICROSECOND >= %s AND created_at + INTERVAL duration_ms * 1000 MICROSECOND < %s', Table::name(), ...$times ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}

	/** A call whose process died counts when that is found out. */
	private static function aborted( int $since, int $until ): int {
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM %i WHERE created_at >= %s AND created_at < %s AND error = 'caller_aborted'", Table::name(), gmdate( 'Y-m-d H:i:s', $since - self::LONGEST_S ), gmdate( 'Y-m-d H:i:s', $until ) ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}

	private static function check( string $check, bool $holds, string $good, string $bad ): array {
		return array(
			'check'  => $check,
			'result' => $holds ? self::OK : self::TROUBLE,
			'detail' => $holds ? $good : $bad,
		);
	}
}
