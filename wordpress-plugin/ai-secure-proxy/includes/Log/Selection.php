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
		$has_token         = isset( $filter['client'] ) && array_filter( $filter['client'], array( self::class, 'is_one_token' ) );
		$this->is_empty    = array() === $kinds;
		$this->has_user    = isset( $filter['user'] );
		$this->has_dates   = isset( $filter['after'] ) || isset( $filter['before'] );
		$this->has_search  = isset( $filter['search'] );
		$this->is_of_kinds = ! $this->has_user && ! $this->has_search && ! $has_token;
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

	/** The condition on the kind, where there is one. */
	public function where_kinds(): string {
		return 'kind IN (' . implode( ',', (array) $this->kinds ) . ')';
	}

	/** The condition for one kind alone. */
	public function where_kind( int $kind ): string {
		return $this->rest . ' AND kind = ' . $kind;
	}

	/** @return string[] */
	private static function conditions( array $filter ): array {
		global $wpdb;
		$where = array( '1 = 1' );
		if ( isset( $filter['user'] ) ) {
			$where[] = 'user_id IN (' . implode( ',', array_map( 'intval', $filter['user'] ) ) . ')';
		}
		// `after` includes its moment, `before` does not: a day is [after, before).
		if ( isset( $filter['after'] ) ) {
			$where[] = $wpdb->prepare( 'created_at >= %s', $filter['after'] );
		}
		if ( isset( $filter['before'] ) ) {
			$where[] = $wpdb->prepare( 'created_at < %s', $filter['before'] );
		}
		if ( isset( $filter['client'] ) && array_filter( $filter['client'], array( self::class, 'is_one_token' ) ) ) {
			$where[] = '(' . implode( ' OR ', array_map( array( self::class, 'client' ), $filter['client'] ) ) . ')';
		}
		if ( isset( $filter['search'] ) ) {
			$where[] = self::search( $filter['search'] );
		}
		return $where;
	}

	/** A client with a token is a kind with all others of them; the name tells them apart. */
	private static function is_one_token( string $client ): bool {
		return str_starts_with( $client, Token::CLIENT ) && Token::CLIENT !== $client;
	}

	private static function client( string $client ): string {
		global $wpdb;
		return Token::CLIENT === $client ? $wpdb->prepare( 'client LIKE %s', $wpdb->esc_like( $client ) . '%' ) : $wpdb->prepare( 'client = %s', $client );
	}

	/** A record's uid is its request id. */
	private static function search( string $needle ): string {
		global $wpdb;
		return 1 === preg_match( '/^[0-9a-f]{8,64}$/Di', $needle )
			? $wpdb->prepare( 'req_hash LIKE %s', strtolower( $needle ) . '%' )
			: $wpdb->prepare( 'uid = %s', $needle );
	}
}
