<?php
/**
 * Limits over HTTP: exact under concurrency, and told in headers.
 */

declare( strict_types=1 );

final class LimitTest extends SiteTestCase {

	public function test_forty_at_once_against_five_a_day(): void {
		self::five_a_day();
		$user  = Site::new_user( 'author' );
		$calls = array();
		for ( $i = 0; $i < 40; $i++ ) {
			$calls[] = Http::infer_call( array( 'prompt' => self::fresh() ), $user['login'], $user );
		}
		$replies = Http::send_all( $calls );

		$statuses = array_count_values( array_map( static fn( Reply $reply ): int => $reply->status, $replies ) );
		ksort( $statuses );
		self::assertSame(
			array(
				200 => 5,
				429 => 35,
			),
			$statuses
		);
		self::assertCount( 5, Mock::requests() );

		$remaining = array();
		foreach ( $replies as $reply ) {
			$limit = $this->limit( $reply );
			self::assertSame( 5, $limit['q'] );
			self::assertSame( 86400, $limit['w'] );
			if ( 200 === $reply->status ) {
				$remaining[] = $limit['r'];
				continue;
			}
			$error = self::assert_error( 429, 'rate_limited', $reply );
			self::assertSame( 0, $limit['r'] );
			self::assertSame( (string) $error['data']['retry_after'], $reply->header( 'Retry-After' ) );
			self::assertGreaterThan( 17000, $error['data']['retry_after'], 'a fifth of a day' );
			self::assertLessThanOrEqual( 17280, $error['data']['retry_after'] );
			self::assertLessThanOrEqual( $error['data']['retry_after'], $limit['t'], 'Retry-After is not before t' );
		}
		sort( $remaining );
		self::assertSame( array( 0, 1, 2, 3, 4 ), $remaining );

		$records = self::logs( '?per_page=100&user=' . $user['id'] );
		self::assertCount( 40, $records );
		self::assertCount( 40, array_unique( array_column( $records, 'uid' ) ) );
		$refused = array_filter( $records, static fn( array $record ): bool => 429 === $record['status_code'] );
		self::assertCount( 35, $refused );
		foreach ( $refused as $record ) {
			self::assertMatchesRegularExpression( '/^policy_[a-z_]+$/', $record['error'] );
			self::assert_fields( self::NOTHING, $record );
		}
	}

	public function test_a_hit_costs_no_quota_and_a_bad_request_neither(): void {
		self::five_a_day();
		$user   = Site::new_user( 'author' );
		$prompt = self::fresh();
		$first  = Http::infer( array( 'prompt' => $prompt ), $user['login'], $user );
		self::assertSame( 4, $this->limit( $first )['r'] );
		for ( $i = 0; $i < 7; $i++ ) {
			$reply = Http::infer( array( 'prompt' => $prompt ), $user['login'], $user );
			self::assertTrue( $reply->json()['cached'], $reply->body );
			self::assertSame( 400, Http::infer( array( 'prompt' => '' ), $user['login'], $user )->status );
		}
		self::assertSame( 3, $this->limit( Http::infer( array( 'prompt' => self::fresh() ), $user['login'], $user ) )['r'] );
	}

	public function test_one_users_quota_is_not_anothers(): void {
		Site::policy( self::policy( array( 'quota' => array( array( 'per' => 'user', 'limit' => 1, 'period' => 86400 ) ) ) ) ); // phpcs:ignore
		$one = Site::new_user( 'author' );
		$two = Site::new_user( 'author' );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ), $one['login'], $one )->status );
		self::assertSame( 429, Http::infer( array( 'prompt' => self::fresh() ), $one['login'], $one )->status );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ), $two['login'], $two )->status );
	}

	public function test_without_a_limit_there_is_no_limit_header(): void {
		$reply = Http::infer( array( 'prompt' => self::fresh() ) );
		self::assertSame( 200, $reply->status );
		self::assertNull( $reply->header( 'RateLimit' ) );
		self::assertNull( $reply->header( 'RateLimit-Policy' ) );
	}

	private static function five_a_day(): void {
		Site::policy( self::policy( array( 'quota' => array( array( 'per' => 'user', 'limit' => 5, 'period' => 86400 ) ) ) ) ); // phpcs:ignore
	}

	/** The numbers in the headers. */
	private function limit( Reply $reply ): array {
		self::assertSame( 1, preg_match( '/^"quota-user";q=(\d+);w=(\d+)$/', (string) $reply->header( 'RateLimit-Policy' ), $policy ), $reply->body . json_encode( $reply->headers ) );
		self::assertSame( 1, preg_match( '/^"quota-user";r=(\d+);t=(\d+)$/', (string) $reply->header( 'RateLimit' ), $state ), json_encode( $reply->headers, JSON_THROW_ON_ERROR ) );
		return array(
			'q' => (int) $policy[1],
			'w' => (int) $policy[2],
			'r' => (int) $state[1],
			't' => (int) $state[2],
		);
	}
}
