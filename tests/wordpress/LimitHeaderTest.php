<?php
/**
 * Every limited route says where the limits stand, whatever comes of the call.
 */

declare( strict_types=1 );

final class LimitHeaderTest extends SiteTestCase {

	/** @var array For a call's options: whom the limits have not met yet. */
	private array $user;

	protected function setUp(): void {
		parent::setUp();
		self::allow();
		$this->user = Site::new_user( 'author' );
	}

	/** @dataProvider routes */
	public function test_an_answer_of_the_provider_and_one_of_the_cache( string $route ): void {
		$body = self::body( $route );
		self::assertSame( array( 2, 9 ), $this->remaining( $this->post( $route, $body ) ) );
		$hit = $this->post( $route, $body );
		self::assertStringContainsString( '"cached":true', $hit->body );
		self::assertSame( 8, $this->remaining( $hit )[1], 'a hit counts as a call' );
		self::assertContains( $this->remaining( $hit )[0], array( null, 2 ), 'and not as one that reached a provider' );
		self::assertCount( 1, Mock::requests() );
	}

	/** @dataProvider routes */
	public function test_a_refusal_by_the_quota( string $route ): void {
		for ( $i = 0; $i < 3; $i++ ) {
			$this->post( '/infer', self::body( '/infer' ) );
		}
		$reply = $this->post( $route, self::body( $route ) );
		self::assertStringContainsString( 'rate_limited', $reply->body );
		self::assertSame( 0, $this->remaining( $reply )[0] );
		self::assertSame( 6, $this->remaining( $reply )[1] );
	}

	/** @dataProvider routes */
	public function test_a_refusal_by_a_budget( string $route ): void {
		self::allow( array( 'budget' => array( array( 'per' => 'user', 'tokens' => 10, 'period' => 'day' ) ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$reply = $this->post( $route, self::body( $route ) );
		self::assertStringContainsString( 'budget_exceeded', $reply->body );
		self::assertSame( array( 3, 9 ), $this->remaining( $reply ), 'a refused call costs no quota' );
	}

	/** @dataProvider routes */
	public function test_a_provider_that_fails_and_a_circuit_that_is_open( string $route ): void {
		self::allow( array( 'max_attempts' => 1 ), 100 );
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 500,
				'times'  => null,
			)
		);
		$seen = array();
		for ( $i = 0; $i < 30 && ! isset( $seen['circuit_open'] ); $i++ ) {
			$reply = $this->post( $route, self::body( $route ) );
			preg_match( '/"code":"(\w+)"/', $reply->body, $code );
			$seen[ $code[1] ] = true;
			self::assertSame( 99 - $i, $this->remaining( $reply )[1], $reply->body );
		}
		self::assertSame( array( 'provider_error', 'circuit_open' ), array_keys( $seen ) );

		self::allow( array( 'throttle' => array() ), 100 );
		$reply = $this->post( $route, self::body( $route ) );
		self::assertStringContainsString( 'circuit_open', $reply->body );
		self::assertSame( '"quota-user";q=100;w=86400', $reply->header( 'RateLimit-Policy' ), 'also where only calls to the provider are limited' );
	}

	/** @dataProvider routes */
	public function test_an_answer_of_the_cache_where_only_calls_to_the_provider_are_limited( string $route ): void {
		self::allow( array( 'throttle' => array() ) );
		$body = self::body( $route );
		$this->post( $route, $body );
		$hit = $this->post( $route, $body );
		self::assertStringContainsString( '"cached":true', $hit->body );
		self::assertSame( '"quota-user";q=3;w=86400', $hit->header( 'RateLimit-Policy' ) );
		self::assertStringStartsWith( '"quota-user";r=2;', (string) $hit->header( 'RateLimit' ) );
	}

	public function test_what_is_malformed_was_not_counted_and_says_nothing(): void {
		$reply = $this->post( '/infer', array( 'prompt' => '' ) );
		self::assertSame( 400, $reply->status );
		self::assertNull( $reply->header( 'RateLimit' ) );
	}

	public static function routes(): array {
		return array(
			'infer'  => array( '/infer' ),
			'stream' => array( '/infer/stream' ),
			'batch'  => array( '/batch' ),
		);
	}

	/** Three calls a day that reach the provider, and so many of all. */
	private static function allow( array $more = array(), int $calls = 10 ): void {
		$rule = array(
			'per'    => 'user',
			'period' => 86400,
		);
		Site::policy(
			self::policy(
				$more + array(
					'quota'    => array( $rule + array( 'limit' => $calls > 10 ? $calls : 3 ) ),
					'throttle' => array( $rule + array( 'limit' => $calls ) ),
				)
			)
		);
	}

	private static function body( string $route ): array {
		$one = array( 'prompt' => self::fresh() );
		return '/batch' === $route ? array( 'requests' => array( $one ) ) : $one;
	}

	private function post( string $route, array $body ): Reply {
		return Http::send( Http::post_call( $route, $body, $this->user['login'], $this->user ) );
	}

	/** What the headers say remains: of the quota (null where it was not looked at), of the throttle. */
	private function remaining( Reply $reply ): array {
		$state = (string) $reply->header( 'RateLimit' );
		self::assertSame( 1, preg_match( '/"throttle-user";r=(\d+);t=\d+/', $state, $throttle ), $reply->body . $state );
		self::assertStringContainsString( '"throttle-user";q=', (string) $reply->header( 'RateLimit-Policy' ) );
		return array( preg_match( '/"quota-user";r=(\d+);t=\d+/', $state, $quota ) ? (int) $quota[1] : null, (int) $throttle[1] );
	}
}
