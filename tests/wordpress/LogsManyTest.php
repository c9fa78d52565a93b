<?php
/**
 * GET /logs with more rows than are counted: each way of finding a page finds the one that sorting all rows would.
 */

declare( strict_types=1 );

final class LogsManyTest extends SiteTestCase {

	/** Filter => the same in SQL, written out. */
	private const FILTERS = array(
		''                                          => '1 = 1',
		'model=gpt-4o-mini'                         => 'model = "gpt-4o-mini"',
		'model=gpt-4o-mini,claude-haiku&error=none' => 'model IN ("gpt-4o-mini","claude-haiku") AND error IS NULL',
		'model=o4-mini'                             => 'model = "o4-mini"',
		'provider=openai&cached=true'               => 'provider = "openai" AND cached = 1',
		'provider=anthropic&model=gpt-4o'           => '1 = 0',
		'status=4xx,5xx'                            => 'status_code >= 400',
		'error=policy_quota'                        => 'error = "policy_quota"',
		'user=0'                                    => 'user_id = 0',
		'user=0,1'                                  => 'user_id IN (0,1)',
		'user=1&model=gpt-4o'                       => 'user_id = 1 AND model = "gpt-4o"',
		'user=0&cached=false'                       => 'user_id = 0 AND cached = 0',
		'client=token:'                             => 'client LIKE "token:%"',
		'client=token:visitor&cached=false'         => 'client = "token:visitor" AND cached = 0',
		'client=token:user:10&cached=false'         => 'client = "token:user:10" AND cached = 0',
		'route=/infer&source=rest,block'            => 'route = "/infer" AND source IN ("rest","block")',
		'cached=false'                              => 'cached = 0',
	);

	private const SORTS = array( 'created_at', 'duration_ms', 'cost_microusd', 'tokens' );

	public function test_a_page_is_what_sorting_all_rows_gives(): void {
		Site::php( '$argv = array( 0, $in ); require getenv( "SITE_TESTS" ) . "/bench/log-rows.php";', 30000 );
		$middle  = (string) Site::value( 'SELECT created_at FROM wp_aisp_logs ORDER BY id LIMIT 1 OFFSET 8000' );
		$filters = self::FILTERS;
		foreach ( array( '', 'model=gpt-4o-mini', 'cached=false' ) as $filter ) {
			$filters[ "$filter&after=" . strtr( $middle, ' ', 'T' ) . 'Z' ] = self::FILTERS[ $filter ] . " AND created_at >= '$middle'";
		}
		$bound = 0;
		foreach ( $filters as $filter => $where ) {
			$count = (int) Site::value( "SELECT COUNT(*) FROM wp_aisp_logs IGNORE INDEX (by_created_at) WHERE $where" );
			foreach ( self::SORTS as $by ) {
				foreach ( array( 'asc', 'desc' ) as $order ) {
					foreach ( array( 1, 3, 90 ) as $page ) {
						$reply = Http::get( "/logs?$filter&orderby=$by&order=$order&page=$page&per_page=25" );
						$what  = "$filter, $by $order, page $page: $reply->body";
						self::assertSame( 200, $reply->status, $what );
						self::assertSame( self::page( $where, $by, $order, $page ), array_column( $reply->json(), 'id' ), $what );
						self::assertSame( (string) min( $count, 10000 ), $reply->header( 'X-WP-Total' ), $what );
						self::assertSame( $count > 10000 ? 'true' : 'false', $reply->header( 'X-AISP-Total-Is-Bound' ), $what );
						self::assertSame( (string) (int) ceil( min( $count, 10000 ) / 25 ), $reply->header( 'X-WP-TotalPages' ), $what );
					}
				}
			}
			$bound += $count > 10000 ? 1 : 0;
		}
		self::assertGreaterThan( 8, $bound, 'enough of them have more rows than are counted' );
	}

	/** @return int[] Ids, as sorting all rows without any index gives them. */
	private static function page( string $where, string $by, string $order, int $page ): array {
		$column = 'tokens' === $by ? 'tokens_in + tokens_out' : $by;
		$offset = 25 * ( $page - 1 );
		$ids    = Site::db()->query( "SELECT id FROM wp_aisp_logs USE INDEX () WHERE $where ORDER BY $column $order, id $order LIMIT 25 OFFSET $offset" );
		return array_map( 'intval', $ids->fetchAll( PDO::FETCH_COLUMN ) );
	}
}
