<?php
/**
 * The rows that a filter lets through, as SQL.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

use AI_Secure_Proxy\Rest\Token;

defined( 'ABSPATH' ) || exit;

final class Selection {

	/** MariaDB's in_predicate_conversion_threshold is 1000. */
	private const LONGEST_LIST = 900;

	/** Whether it can match anything. */
	public readonly bool $is_empty;

	/** Whether it says whose calls, when, or which call. */
	public readonly bool $has_user;
	public readonly bool $has_dates;
	public readonly bool $has_search;

	/** Whether it asks for nothing but kinds and times. */
	public readonly bool $is_of_kinds;

	/** Conditions on anything but the kind, prepared. */
	private readonly string $rest;

	/** @param int[]|null $kinds Which; null for all. */
	private function __construct( public readonly ?array $kinds, array $filter ) {
		$filter            = self::with_owners( $filter );
		$this->is_empty    = array() === $kinds || array() === ( $filter['user'] ?? null );
		$this->has_user    = isset( $filter['user'] );
		$this->has_dates   = isset( $filter['after'] ) || isset( $filter['before'] );
		$this->has_search  = isset( $filter['search'] );
		$this->is_of_kinds = ! $this->has_user && ! $this->has_search && ! self::names( $filter );
		$this->rest        = implode( ' AND ', self::conditions( $filter ) );
	}

	/** @param array $filter Name => value as Filter::read() gives it. */
	public static function of( array $filter ): self {
		return new self( Kinds::matching( $filter ), $filter );
	}

	/** The condition, prepared. */
	public function where(): string {
		return null === $this->kinds ? $this->rest : $this->rest . ' AND ' . $this->where_kinds();
	}

	/** The condition on the kind, where there is one; of a longer list MariaDB makes a table, and looks at the rows by that. */
	public function where_kinds(): string {
		$lists = array_map( static fn( array $kinds ): string => 'kind IN (' . implode( ',', $kinds ) . ')', array_chunk( (array) $this->kinds, self::LONGEST_LIST ) );
		return '(' . implode( ' OR ', $lists ) . ')';
	}

	/** The condition for one kind alone. */
	public function where_kind( int $kind ): string {
		return $this->rest . ' AND kind = ' . $kind;
	}

	/** @return string[] */
	private static function conditions( array $filter ): array {
		global $wpdb;
		$where = array( '1 = 1' );
		if ( ! empty( $filter['user'] ) ) {
			$where[] = 'user_id IN (' . implode( ',', $filter['user'] ) . ')';
		}
		// `after` includes its moment, `before` does not: a day is [after, before).
		if ( isset( $filter['after'] ) ) {
			$where[] = $wpdb->prepare( 'created_at >= %s', $filter['after'] );
		}
		if ( isset( $filter['before'] ) ) {
			$where[] = $wpdb->prepare( 'created_at < %s', $filter['before'] );
		}
		if ( self::names( $filter ) ) {
			$where[] = '(' . implode( ' OR ', array_map( array( self::class, 'client' ), $filter['client'] ) ) . ')';
		}
		if ( isset( $filter['search'] ) ) {
			$where[] = self::search( $filter['search'] );
		}
		return $where;
	}

	/** Whether a client is asked for that is of a kind with others: only the name tells them apart. */
	private static function names( array $filter ): bool {
		return array() === self::owners( $filter ) && array() !== array_filter( $filter['client'] ?? array(), static fn( string $client ): bool => Kinds::client( $client ) !== $client );
	}

	/** Calls with a user's token are the user's: whose they are tells them apart as well, and has an index. */
	private static function with_owners( array $filter ): array {
		$owners = self::owners( $filter );
		if ( $owners ) {
			$filter['user'] = isset( $filter['user'] ) ? array_intersect( $filter['user'], $owners ) : $owners;
		}
		return $filter;
	}

	/** @return int[] The users whose tokens are asked for, if nothing else is. */
	private static function owners( array $filter ): array {
		$prefix  = Kinds::USERS . ':';
		$clients = $filter['client'] ?? array();
		$owned   = array_filter( $clients, static fn( string $client ): bool => 1 === preg_match( '/^\d{1,18}$/D', substr( $client, strlen( $prefix ) ) ) && str_starts_with( $client, $prefix ) );
		return $owned === $clients ? array_map( static fn( string $client ): int => (int) substr( $client, strlen( $prefix ) ), $owned ) : array();
	}

	private static function client( string $client ): string {
		global $wpdb;
		return in_array( $client, array( Token::CLIENT, Kinds::USERS ), true ) ? $wpdb->prepare( 'client LIKE %s', $wpdb->esc_like( $client ) . '%' ) : $wpdb->prepare( 'client = %s', $client );
	}

	/** A record's uid is its request id. */
	private static function search( string $needle ): string {
		global $wpdb;
		return 1 === preg_match( '/^[0-9a-f]{8,64}$/Di', $needle )
			? $wpdb->prepare( 'req_hash LIKE %s', strtolower( $needle ) . '%' )
			: $wpdb->prepare( 'uid = %s', $needle );
	}
}
