<?php
/**
 * GET /logs: newest first, by pages, by filters.
 */

declare( strict_types=1 );

final class LogsTest extends SiteTestCase {

	/** 25 calls, an hour apart, the first one at midnight on the first of June. */
	protected function setUp(): void {
		parent::setUp();
		$records = array();
		for ( $i = 0; $i < 25; $i++ ) {
			$records[] = array(
				'uid'         => "r$i",
				'created_at'  => strtotime( '2026-06-01T00:00:00Z' ) + 3600 * $i,
				'user_id'     => 0 === $i % 5 ? 70007 : 70008,
				'status_code' => 0 === $i % 4 ? 429 : 200,
				'error'       => 0 === $i % 4 ? 'policy_quota' : null,
				'model'       => $i < 10 ? 'model-a' : 'model-b',
				'route'       => 0 === $i % 2 ? '/infer' : 'cli',
				'cached'      => 1 === $i % 4 ? 1 : 0,
				'client'      => array( 3 => 'token:user:70008', 4 => 'token:visitor', 8 => 'token:kiosk-2' )[ $i ] ?? '',
				'source'      => 5 === $i ? 'one, two' : 'shop',
				'provider'    => 0 === $i % 4 ? '' : 'mock',
				'req_hash'    => hash( 'sha256', (string) intdiv( $i, 2 ) ),
				'request_id'  => "r$i",
				'duration_ms' => $i * 7 % 25,
				'tokens_in'   => $i,
				'tokens_out'  => 2 * ( 24 - $i ),
				'cost_microusd' => 6 === $i ? null : $i * 3 % 25,
			);
		}
		Site::php( 'AI_Secure_Proxy\Log\Table::insert( $in );', $records );
	}

	public function test_newest_first_in_pages(): void {
		$first = Http::get( '/logs?per_page=10' );
		self::assertSame( '25', $first->header( 'X-WP-Total' ) );
		self::assertSame( '3', $first->header( 'X-WP-TotalPages' ) );
		$found = array_merge( $first->json(), self::logs( '?per_page=10&page=2' ), self::logs( '?per_page=10&page=3' ) );
		$order = array_map( static fn( int $i ): string => "r$i", range( 24, 0 ) );
		self::assertSame( $order, array_column( $found, 'uid' ) );
		self::assertSame( array(), self::logs( '?per_page=10&page=4' ) );
		self::assertCount( 20, self::logs(), 'twenty a page' );
		self::assertSame( '2026-06-02T00:00:00Z', $found[0]['created_at'] );
	}

	/** @dataProvider filters */
	public function test_filters( string $query, int $count ): void {
		$reply = Http::get( '/logs?per_page=100&' . $query );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertCount( $count, $reply->json() );
		self::assertSame( (string) $count, $reply->header( 'X-WP-Total' ) );
	}

	public static function filters(): array {
		return array(
			'user'                       => array( 'user=70007', 5 ),
			'nobody'                     => array( 'user=0', 0 ),
			'status'                     => array( 'status=429', 7 ),
			'model'                      => array( 'model=model-a', 10 ),
			'no such model'              => array( 'model=model', 0 ),
			'route'                      => array( 'route=/infer', 13 ),
			'after includes its moment'  => array( 'after=2026-06-01T20:00:00Z', 5 ),
			'before does not'            => array( 'before=2026-06-01T20:00:00Z', 20 ),
			'a day'                      => array( 'after=2026-06-01&before=2026-06-02', 24 ),
			'a zone'                     => array( 'after=2026-06-01T22:00:00%2B02:00', 5 ),
			'several'                    => array( 'user=70007&status=429&model=model-a', 1 ),
			'users'                      => array( 'user=70007,0', 5 ),
			'statuses'                   => array( 'status=429,200', 25 ),
			'a class of statuses'        => array( 'status=4xx', 7 ),
			'classes'                    => array( 'status=4xx,5XX', 7 ),
			'models'                     => array( 'model=model-a,model-b', 25 ),
			'provider'                   => array( 'provider=mock', 18 ),
			'source'                     => array( 'source=shop', 24 ),
			'a comma of its own'         => array( 'source[]=' . rawurlencode( 'one, two' ), 1 ),
			'an error'                   => array( 'error=policy_quota', 7 ),
			'any error'                  => array( 'error=any', 7 ),
			'no error'                   => array( 'error=none', 18 ),
			'an error or none'           => array( 'error=none,policy_quota', 25 ),
			'hits'                       => array( 'cached=true', 6 ),
			'no hits'                    => array( 'cached=false', 19 ),
			'tokens'                     => array( 'client=token:', 3 ),
			'one token'                  => array( 'client=token:user:70008', 1 ),
			'tokens of users'            => array( 'client=token:user', 1 ),
			'a named token'              => array( 'client=token:kiosk-2', 1 ),
			'another named token'        => array( 'client=token:kiosk', 0 ),
			'several clients'            => array( 'client=token:user:70008,token:kiosk-2,token:visitor', 3 ),
			'one token of another user'  => array( 'client=token:user:70008&user=70007', 0 ),
			'nothing chosen'             => array( 'model=&user=&cached=&search=&after=&status=', 25 ),
			'a hash'                     => array( 'search=' . hash( 'sha256', '1' ), 2 ),
			'the beginning of a hash'    => array( 'search=' . strtoupper( substr( hash( 'sha256', '1' ), 0, 9 ) ), 2 ),
			'a percent sign is one'      => array( 'model=' . rawurlencode( 'model%' ), 0 ),
			'a quote is only a quote'    => array( 'model=' . rawurlencode( "' OR 1=1 -- %s" ), 0 ),
		);
	}

	/** @dataProvider bad_queries */
	public function test_a_bad_query_is_refused_by_name( string $query, string $name ): void {
		$error = self::assert_error( 400, 'rest_invalid_param', Http::get( '/logs?' . $query ) );
		self::assertSame( array( $name ), array_keys( $error['data']['params'] ) );
	}

	public static function bad_queries(): array {
		return array(
			array( 'user=me', 'user' ),
			array( 'status=99', 'status' ),
			array( 'after=yesterday', 'after' ),
			array( 'before=2026-02-31', 'before' ),
			array( 'after[]=2026-02-01', 'after' ),
			array( 'page=0', 'page' ),
			array( 'per_page=101', 'per_page' ),
			array( 'model[][]=a', 'model' ),
			array( 'model=%ff', 'model' ),
			array( 'model=' . str_repeat( 'a', 192 ), 'model' ),
			array( 'user=70007,me', 'user' ),
			array( 'status=6xx', 'status' ),
			array( 'status=200,boom', 'status' ),
			array( 'error=Some+words', 'error' ),
			array( 'cached=perhaps', 'cached' ),
			array( 'cached[]=true', 'cached' ),
			array( 'search=abc', 'search' ),
			array( 'search[]=abcdefgh', 'search' ),
			array( 'orderby=user_id', 'orderby' ),
			array( 'order=down', 'order' ),
			array( 'page=501', 'page' ),
			array( 'page=101&per_page=100', 'page' ),
			array( 'user=' . implode( ',', range( 1, 51 ) ), 'user' ),
		);
	}

	/** @dataProvider orders */
	public function test_sorts( string $query, callable $key ): void {
		$uids = range( 0, 24 );
		usort( $uids, static fn( int $a, int $b ): int => $key( $a ) <=> $key( $b ) );
		$expected = array_map( static fn( int $i ): string => "r$i", $uids );
		self::assertSame( $expected, array_column( self::logs( "?per_page=100&order=asc&$query" ), 'uid' ) );
		self::assertSame( array_reverse( $expected ), array_column( self::logs( "?per_page=100&$query" ), 'uid' ) );
		self::assertSame( array_slice( $expected, 8, 4 ), array_column( self::logs( "?per_page=4&page=3&order=asc&$query" ), 'uid' ) );
	}

	public static function orders(): array {
		return array(
			array( 'orderby=created_at', static fn( int $i ): int => $i ),
			array( 'orderby=duration_ms', static fn( int $i ): int => $i * 7 % 25 ),
			array( 'orderby=tokens', static fn( int $i ): int => -$i ),
			array( 'orderby=cost_microusd', static fn( int $i ): int => 6 === $i ? -1 : $i * 3 % 25 ),
		);
	}

	public function test_a_request_is_found_by_its_id(): void {
		$id = Http::infer( array( 'prompt' => self::fresh() ) )->json()['result']['request_id'];
		self::assertSame( array( $id ), array_column( self::logs( "?search=$id" ), 'request_id' ) );
		self::assertSame( array(), self::logs( '?search=' . strrev( $id ) ) );
	}

	public function test_one_record_with_its_user(): void {
		$listed = self::logs( '?user=70008&per_page=1' )[0];
		self::assertSame( $listed + array( 'user_name' => null ), Http::get( "/logs/{$listed['id']}" )->json(), 'a user that is no more' );
		Http::infer( array( 'prompt' => self::fresh() ) );
		self::assertSame( 'editor', Http::get( '/logs/' . self::logs( '?per_page=1' )[0]['id'] )->json()['user_name'] );
		self::assert_error( 404, 'not_found', Http::get( '/logs/99999999' ) );
		self::assert_error( 404, 'not_found', Http::get( '/logs/999999999999999999' ) );
		self::assert_error( 404, 'rest_no_route', Http::get( '/logs/r1' ) );
	}

	public function test_facets_are_what_the_log_has_seen(): void {
		Site::php( 'AI_Secure_Proxy\Log\Kinds::prune();' );
		self::assertSame(
			array(
				'models'    => array( 'model-a', 'model-b' ),
				'providers' => array( 'mock' ),
				'routes'    => array( '/infer', 'cli' ),
				'sources'   => array( 'one, two', 'shop' ),
				'clients'   => array( 'token:', 'token:user', 'token:visitor' ),
				'errors'    => array( 'policy_quota' ),
				'statuses'  => array( 200, 429 ),
				'users'     => array(
					array(
						'id'   => 70007,
						'name' => null,
					),
					array(
						'id'   => 70008,
						'name' => null,
					),
				),
			),
			Http::get( '/logs/facets' )->json()
		);
	}

	/** @dataProvider paths */
	public function test_the_log_is_for_managers( string $path ): void {
		self::assert_error( 403, 'forbidden', Http::get( $path, 'editor' ) );
		self::assert_error( 401, 'unauthorized', Http::get( $path, null ) );
	}

	public static function paths(): array {
		return array( array( '/logs' ), array( '/logs/1' ), array( '/logs/facets' ), array( '/logs/export' ) );
	}

	public function test_a_record_has_the_columns_of_the_table_in_their_types(): void {
		$record  = self::logs()[0];
		$columns = array_column( Site::db()->query( 'SHOW COLUMNS FROM wp_aisp_logs' )->fetchAll( PDO::FETCH_ASSOC ), 'Field' );
		self::assertEqualsCanonicalizing( array_diff( $columns, array( 'kind', 'tokens' ) ), array_keys( $record ) );
		self::assertSame(
			array(
				'id'            => 25,
				'uid'           => 'r24',
				'created_at'    => '2026-06-02T00:00:00Z',
				'user_id'       => 70008,
				'client'        => '',
				'source'        => 'shop',
				'route'         => '/infer',
				'provider'      => '',
				'model'         => 'model-b',
				'cached'        => false,
				'status_code'   => 429,
				'error'         => 'policy_quota',
				'tokens_in'     => 24,
				'tokens_out'    => 0,
				'cost_microusd' => 22,
				'attempts'      => 0,
				'duration_ms'   => 18,
				'req_hash'      => hash( 'sha256', '12' ),
				'request_id'    => 'r24',
			),
			$record
		);
	}
}
