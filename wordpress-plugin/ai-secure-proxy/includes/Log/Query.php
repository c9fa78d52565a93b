<?php
/**
 * Reads the log: a page of it, one record, or all that a filter lets through.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Query {

	/** The fields of a record. */
	public const FIELDS = array( 'id', 'uid', 'created_at', 'user_id', 'client', 'source', 'route', 'provider', 'model', 'cached', 'status_code', 'error', 'tokens_in', 'tokens_out', 'cost_microusd', 'attempts', 'duration_ms', 'req_hash', 'request_id' );

	/** Rows that are read at once when all are read. */
	private const CHUNK = 2000;

	/**
	 * One page of the log, drained first.
	 *
	 * @param array  $filter   Name => value as Filter::read() gives it; null is no filter.
	 * @param int    $page     From 1.
	 * @param int    $per_page Rows a page.
	 * @param string $orderby  One of Paging::ORDERS.
	 * @param string $order    desc or asc.
	 * @return array{rows: array[], total: int, is_bound: bool} is_bound: there are more than total.
	 */
	public static function page( array $filter, int $page, int $per_page, string $orderby = 'created_at', string $order = 'desc' ): array {
		Drain::run( 3 );
		$paging = new Paging( Selection::of( $filter ), $orderby, 'desc' === $order );
		$count  = $paging->count();
		return array(
			'rows'     => self::rows( $paging->ids( $count, ( $page - 1 ) * $per_page, $per_page ) ),
			'total'    => min( $count, Paging::MOST ),
			'is_bound' => $count > Paging::MOST,
		);
	}

	/** One record; null where there is none of this id. */
	public static function one( int $id ): ?array {
		return self::rows( array( $id ) )[0] ?? null;
	}

	/**
	 * All that a filter lets through, in the order in which they came in; what comes in meanwhile is at its end, or not in it.
	 *
	 * @param array $filter  As for page().
	 * @param bool  $is_down The newest first.
	 * @return iterable<array>
	 */
	public static function each( array $filter, bool $is_down = true ): iterable {
		global $wpdb;
		Drain::run( 3 );
		$selection = Selection::of( $filter );
		$last      = $is_down ? PHP_INT_MAX : 0;
		$after     = $is_down ? 'id < %d' : 'id > %d';
		$order     = $is_down ? 'DESC' : 'ASC';
		while ( ! $selection->is_empty ) {
			$rows = $wpdb->get_results( $wpdb->prepare( "SELECT * FROM %i FORCE INDEX (PRIMARY) WHERE {$after} AND ", Table::name(), $last ) . $selection->where() . " ORDER BY id {$order} LIMIT " . self::CHUNK, ARRAY_A ); // phpcs:ignore WordPress.DB -- The selection is prepared; a log is read fresh.
			foreach ( $rows as $row ) {
				yield self::typed( $row );
			}
			if ( count( $rows ) < self::CHUNK ) {
				return;
			}
			$last = (int) end( $rows )['id'];
		}
	}

	/**
	 * The rows of ids, in their order.
	 *
	 * @param int[] $ids Which.
	 * @return array[]
	 */
	private static function rows( array $ids ): array {
		global $wpdb;
		if ( ! $ids ) {
			return array();
		}
		$places = implode( ',', $ids );
		$rows   = $wpdb->get_results( $wpdb->prepare( "SELECT * FROM %i WHERE id IN ({$places}) ORDER BY FIELD(id,{$places})", Table::name() ), ARRAY_A ); // phpcs:ignore WordPress.DB -- Numbers; a log is read fresh.
		return array_map( array( self::class, 'typed' ), $rows );
	}

	/** The row of the table, each field in its own type; created_at is RFC 3339 in UTC. */
	private static function typed( array $row ): array {
		$record = array();
		foreach ( self::FIELDS as $field ) {
			$value            = $row[ $field ];
			$record[ $field ] = match ( $field ) {
				'created_at'    => strtr( $value, ' ', 'T' ) . 'Z',
				'cached'        => (bool) $value,
				'cost_microusd' => null === $value ? null : (int) $value,
				'id', 'user_id', 'status_code', 'tokens_in', 'tokens_out', 'attempts', 'duration_ms' => (int) $value,
				default         => $value,
			};
		}
		return $record;
	}
}
