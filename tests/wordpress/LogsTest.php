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
				'user_id'     => 0 === $i % 5 ? 7 : 8,
				'status_code' => 0 === $i % 4 ? 429 : 200,
				'error'       => 0 === $i % 4 ? 'policy_quota' : null,
				'model'       => $i < 10 ? 'model-a' : 'model-b',
				'route'       => 0 === $i % 2 ? '/infer' : 'cli',
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
			'user'                       => array( 'user=7', 5 ),
			'nobody'                     => array( 'user=0', 0 ),
			'status'                     => array( 'status=429', 7 ),
			'model'                      => array( 'model=model-a', 10 ),
			'no such model'              => array( 'model=model', 0 ),
			'route'                      => array( 'route=/infer', 13 ),
			'after includes its moment'  => array( 'after=2026-06-01T20:00:00Z', 5 ),
			'before does not'            => array( 'before=2026-06-01T20:00:00Z', 20 ),
			'a day'                      => array( 'after=2026-06-01&before=2026-06-02', 24 ),
			'a zone'                     => array( 'after=2026-06-01T22:00:00%2B02:00', 5 ),
			'several'                    => array( 'user=7&status=429&model=model-a', 1 ),
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
			array( 'model[]=a', 'model' ),
		);
	}

	public function test_a_record_has_the_columns_of_the_table_in_their_types(): void {
		$record  = self::logs()[0];
		$columns = array_column( Site::db()->query( 'SHOW COLUMNS FROM wp_aisp_logs' )->fetchAll( PDO::FETCH_ASSOC ), 'Field' );
		self::assertEqualsCanonicalizing( $columns, array_keys( $record ) );
		self::assertSame(
			array(
				'id'            => 25,
				'uid'           => 'r24',
				'created_at'    => '2026-06-02T00:00:00Z',
				'user_id'       => 8,
				'client'        => '',
				'source'        => '',
				'route'         => '/infer',
				'provider'      => '',
				'model'         => 'model-b',
				'cached'        => false,
				'status_code'   => 429,
				'error'         => 'policy_quota',
				'tokens_in'     => 0,
				'tokens_out'    => 0,
				'cost_microusd' => null,
				'attempts'      => 0,
				'duration_ms'   => 0,
				'req_hash'      => '',
				'request_id'    => '',
			),
			$record
		);
	}
}
