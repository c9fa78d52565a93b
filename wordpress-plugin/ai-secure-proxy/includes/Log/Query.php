<?php
/**
 * Reads the log: filters, pages, newest first.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Query {

	/** Filter => condition. `after` includes its moment, `before` does not: a day is [after, before). */
	private const CONDITIONS = array(
		'user'   => 'user_id = %d',
		'after'  => 'created_at >= %s',
		'before' => 'created_at < %s',
		'status' => 'status_code = %d',
		'model'  => 'model = %s',
		'route'  => 'route = %s',
	);

	/**
	 * One page of the log, drained first.
	 *
	 * @param array $filter   Any of user, after, before, status, model, route; null is no filter; dates as utc() gives them.
	 * @param int   $page     From 1.
	 * @param int   $per_page Rows a page.
	 * @return array{rows: array[], total: int}
	 */
	public static function page( array $filter, int $page, int $per_page ): array {
		global $wpdb;
		Drain::run( 3 );

		$where  = '1 = 1';
		$values = array( Table::name() );
		foreach ( self::CONDITIONS as $key => $condition ) {
			if ( isset( $filter[ $key ] ) ) {
				$where   .= ' AND ' . $condition;
				$values[] = $filter[ $key ];
			}
		}

		// phpcs:disable WordPress.DB -- The conditions are the constants above, the values are prepared; a log is read fresh.
		$total = (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM %i WHERE {$where}", $values ) );
		$rows  = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT * FROM %i WHERE {$where} ORDER BY created_at DESC, id DESC LIMIT %d OFFSET %d",
				array( ...$values, $per_page, ( $page - 1 ) * $per_page )
			),
			ARRAY_A
		);
		// phpcs:enable
		return array(
			'rows'  => array_map( array( self::class, 'typed' ), $rows ),
			'total' => $total,
		);
	}

	/**
	 * A date or a date and time as the table keeps it, or null where it is none.
	 *
	 * @param string $text 2026-11-23, 2026-11-23T10:00:00Z, …; without a zone it is UTC, as the log is.
	 */
	public static function utc( string $text ): ?string {
		if ( ! preg_match( '/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?$/i', $text ) ) {
			return null;
		}
		$utc    = new \DateTimeZone( 'UTC' );
		$time   = date_create_immutable( $text, $utc );
		$faults = \DateTimeImmutable::getLastErrors();
		if ( ! $time || ( $faults && $faults['warning_count'] ) ) {
			return null; // The 31st of February.
		}
		return $time->setTimezone( $utc )->format( 'Y-m-d H:i:s' );
	}

	/** The row of the table, each field in its own type; created_at is RFC 3339 in UTC. */
	public static function typed( array $row ): array {
		return array(
			'id'            => (int) $row['id'],
			'uid'           => $row['uid'],
			'created_at'    => strtr( $row['created_at'], ' ', 'T' ) . 'Z',
			'user_id'       => (int) $row['user_id'],
			'client'        => $row['client'],
			'source'        => $row['source'],
			'route'         => $row['route'],
			'provider'      => $row['provider'],
			'model'         => $row['model'],
			'cached'        => (bool) $row['cached'],
			'status_code'   => (int) $row['status_code'],
			'error'         => $row['error'],
			'tokens_in'     => (int) $row['tokens_in'],
			'tokens_out'    => (int) $row['tokens_out'],
			'cost_microusd' => null === $row['cost_microusd'] ? null : (int) $row['cost_microusd'],
			'attempts'      => (int) $row['attempts'],
			'duration_ms'   => (int) $row['duration_ms'],
			'req_hash'      => $row['req_hash'],
			'request_id'    => $row['request_id'],
		);
	}
}
