<?php
/**
 * Which rows are on a page, quickly among millions, whatever is filtered and sorted by.
 *
 * Counting stops at MOST. Up to there, the rows are few and get sorted. Of more, none is: a user's rows lie in order of time in
 * an index; without a filter by kind (see Kinds) an index of the whole log is walked; and of the kinds that a filter lets
 * through, only those whose first row would be on the page can have any on it. Each of these gives its first rows, off its own
 * index, and the page is among them. Where that is too many kinds, the walk begins at the first row that any of them has.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Paging {

	/** Counting stops here, and so do the pages. */
	public const MOST = 10000;

	/** What the log can be sorted by: columns with the indexes by_<column> and kind_<column>. */
	public const ORDERS = array( 'created_at', 'duration_ms', 'cost_microusd', 'tokens' );

	/** Of more kinds a page is not put together: the text of the query alone would take longer. */
	private const MOST_PARTS = 200;

	/** Of more kinds nobody asks for the first row: that would take longer than the walk mostly does. */
	private const MOST_KINDS = 8000;

	/**
	 * How to read.
	 *
	 * @param Selection $selection What.
	 * @param string    $by        One of ORDERS.
	 * @param bool      $is_down   The largest or newest first.
	 */
	public function __construct( private readonly Selection $selection, private readonly string $by, private readonly bool $is_down ) {}

	/** @return int How many rows there are; one more than MOST where there are more. */
	public function count(): int {
		global $wpdb;
		if ( $this->selection->is_empty ) {
			return 0;
		}
		return (int) $wpdb->get_var( "SELECT COUNT(*) FROM (SELECT 1 FROM {$this->table()} {$this->index_of_few()} WHERE {$this->selection->where()} LIMIT " . ( self::MOST + 1 ) . ') counted' ); // phpcs:ignore WordPress.DB -- The selection is prepared; a log is read fresh.
	}

	/**
	 * The ids of the rows on a page, in order.
	 *
	 * @param int $count  What count() gave.
	 * @param int $offset Rows before it.
	 * @param int $limit  Rows on it.
	 * @return int[]
	 */
	public function ids( int $count, int $offset, int $limit ): array {
		global $wpdb;
		if ( $offset >= $count ) {
			return array();
		}
		$query = $count > self::MOST ? $this->of_many( $offset + $limit ) : "SELECT id FROM {$this->table()} {$this->index_of_few()} WHERE {$this->selection->where()}";
		return array_map( 'intval', $wpdb->get_col( "{$query} {$this->sort()} LIMIT {$limit} OFFSET {$offset}" ) ); // phpcs:ignore WordPress.DB -- All parts are prepared; a log is read fresh.
	}

	/** @param int $first The page is among the first so many rows. */
	private function of_many( int $first ): string {
		if ( $this->selection->has_user ) {
			return "SELECT id FROM {$this->table()} USE INDEX (by_user) WHERE {$this->selection->where()}";
		}
		if ( ! $this->selection->is_of_kinds ) {
			return "SELECT id FROM {$this->table()} WHERE {$this->selection->where()}";
		}
		$walk  = "SELECT id FROM {$this->table()} FORCE INDEX (by_{$this->by}) WHERE {$this->selection->where()}";
		$kinds = $this->selection->kinds;
		if ( null === $kinds || count( $kinds ) > self::MOST_KINDS || $this->is_open_below() ) {
			return $walk;
		}
		$tops  = $this->tops();
		$kinds = $this->on_page( $tops, $first );
		if ( count( $kinds ) <= self::MOST_PARTS && ( 'created_at' === $this->by || ! $this->selection->has_dates ) ) {
			return $this->together( $kinds, $first );
		}
		return null === reset( $tops ) ? $walk : $walk . $this->from( (string) reset( $tops ) );
	}

	/** Those without a price come before the cheapest: their kinds say nothing of where they begin. */
	private function is_open_below(): bool {
		return 'cost_microusd' === $this->by && ! $this->is_down;
	}

	/** @return array<int, string|null> Kind => the value of its first row, in the order of these; the index has it ready. */
	private function tops(): array {
		global $wpdb;
		$first = $this->is_down ? 'MAX' : 'MIN';
		$where = 'created_at' === $this->by ? $this->selection->where() : $this->selection->where_kinds();
		$rows  = $wpdb->get_results( "SELECT kind, {$first}({$this->by}) AS top FROM {$this->table()} FORCE INDEX (kind_{$this->by}) WHERE {$where} GROUP BY kind", ARRAY_A ); // phpcs:ignore WordPress.DB -- All parts are prepared; a log is read fresh.
		$tops  = array_column( $rows, 'top', 'kind' );
		$this->is_down ? arsort( $tops ) : asort( $tops );
		return $tops;
	}

	/**
	 * The kinds that can have a row among the first ones: the first row of each of so many others comes before any of theirs.
	 *
	 * @param array $tops  As tops() gives them.
	 * @param int   $first How many rows.
	 * @return int[]
	 */
	private function on_page( array $tops, int $first ): array {
		$last = array_values( $tops )[ $first - 1 ] ?? null;
		$in   = null === $last ? $tops : array_filter( $tops, fn( ?string $top ): bool => $this->is_down ? $top >= $last : $top <= $last );
		return array_keys( $in );
	}

	/** @param int[] $kinds Which. */
	private function together( array $kinds, int $first ): string {
		$from  = "SELECT id, {$this->by} FROM {$this->table()} FORCE INDEX (kind_{$this->by})";
		$parts = array_map( fn( int $kind ): string => "({$from} WHERE {$this->selection->where_kind( $kind )} {$this->sort()} LIMIT {$first})", $kinds );
		return 'SELECT id FROM (' . implode( ' UNION ALL ', $parts ) . ') parts';
	}

	private function from( string $top ): string {
		global $wpdb;
		return $wpdb->prepare( $this->is_down ? ' AND %i <= %s' : ' AND %i >= %s', $this->by, $top ); // phpcs:ignore WordPress.DB.PreparedSQL -- Two constants.
	}

	/** Spares the database the comparison of indexes, which takes it longer than the page, and errs where columns hang together. */
	private function index_of_few(): string {
		return match ( true ) {
			$this->selection->has_search                                        => '',
			$this->selection->has_user && null !== $this->selection->kinds      => 'USE INDEX (by_user, kind_created_at)',
			$this->selection->has_user                                          => 'USE INDEX (by_user)',
			null !== $this->selection->kinds && $this->selection->has_dates     => 'USE INDEX (by_created_at, kind_created_at)',
			null !== $this->selection->kinds                                    => "USE INDEX (kind_{$this->by})",
			default                                                             => 'USE INDEX (by_created_at)',
		};
	}

	private function sort(): string {
		$order = $this->is_down ? 'DESC' : 'ASC';
		return "ORDER BY {$this->by} {$order}, id {$order}";
	}

	private function table(): string {
		global $wpdb;
		return $wpdb->prepare( '%i', Table::name() );
	}
}
