<?php
/**
 * Budgets: a call that may take more than is left is refused, and the site is told when one is nearly or wholly used up.
 */

declare( strict_types=1 );

final class BudgetTest extends SiteTestCase {

	/** Keeps what the action gets, one line an alert. */
	private const LISTEN = 'add_action( "aisp_budget_threshold", static function ( ...$given ) { file_put_contents( WP_CONTENT_DIR . "/uploads/alerts", json_encode( $given ) . "\n", FILE_APPEND ); } );';

	private array $user;

	protected function setUp(): void {
		parent::setUp();
		$this->user = Site::new_user( 'author' );
		Site::php( 'aisp_budget_alerts( AI_Secure_Proxy\Access::site() ); file_put_contents( WP_CONTENT_DIR . "/uploads/alerts", "" );' );
	}

	public function test_a_call_that_may_take_more_than_is_left_is_refused_by_name(): void {
		self::allow( array( 'tokens' => 100 ) );
		$body = array( 'prompt' => str_pad( self::fresh(), 652, '.' ) ); // 163 tokens, and 500 for the answer.
		foreach ( array( '/infer', '/infer/stream' ) as $route ) {
			$reply = $this->post( $route, $body );
			$error = self::assert_error( 429, 'budget_exceeded', $reply );
			self::assertStringContainsString( 'budget-user-day-tokens', $error['message'] );
			self::assertStringContainsString( '663 tokens', $error['message'] );
			self::assertSame( (string) $error['data']['retry_after'], $reply->header( 'Retry-After' ) );
			self::assertEqualsWithDelta( 86400 - time() % 86400, $error['data']['retry_after'], 10, 'it renews at midnight, UTC' );
		}
		$batch = $this->post( '/batch', array( 'requests' => array( $body ) ) )->json()['results'][0]['error'];
		self::assertSame( array( 'budget_exceeded', 429 ), array( $batch['code'], $batch['status'] ) );
		self::assertSame( array(), Mock::requests() );
		self::assertSame( array( 'policy_budget' ), array_values( array_unique( array_column( self::logs(), 'error' ) ) ) );
	}

	public function test_a_smaller_call_still_fits_and_an_answer_of_the_cache_costs_nothing(): void {
		self::allow( array( 'tokens' => 100 ) );
		$body = array(
			'prompt'     => self::fresh(),
			'max_tokens' => 50,
		);
		self::provider_says( str_repeat( 'many words, ', 30 ) ); // 90 tokens.
		self::assertSame( 200, $this->post( '/infer', $body )->status );
		self::assertTrue( $this->post( '/infer', $body )->json()['cached'] );
		self::assert_error( 429, 'budget_exceeded', $this->post( '/infer', array( 'prompt' => self::fresh() ) + $body ) );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ) + $body )->status, 'another user has another budget' );
	}

	public function test_dollars_are_counted_too(): void {
		self::allow( array( 'usd' => 0.02 ) );
		$body = array(
			'prompt'     => self::fresh(),
			'max_tokens' => 50, // 0.01 dollars, and a little for the prompt.
		);
		self::assertSame( 200, $this->post( '/infer', $body )->status );
		$error = self::assert_error( 429, 'budget_exceeded', $this->post( '/infer', array( 'prompt' => self::fresh(), 'max_tokens' => 100 ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertStringContainsString( 'budget-user-day-usd', $error['message'] );
		self::assertStringContainsString( '$0.02', $error['message'] );
	}

	public function test_the_site_is_told_at_80_and_at_100_percent_once_each(): void {
		self::allow( array( 'tokens' => 1000 ) );
		Site::mu_plugin( self::LISTEN );
		$this->spend( 600 );
		$this->spend( 250 );
		self::eventually( static fn(): bool => 1 === count( self::alerts() ), 'told at 80 percent' );
		$this->spend( 20 );
		$this->spend( 300 );
		self::eventually( static fn(): bool => 2 === count( self::alerts() ), 'told at 100 percent' );
		self::assertSame( 429, $this->post( '/infer', array( 'prompt' => self::fresh() ) )->status );
		usleep( 300000 );

		self::assertSame( array( 80, 100 ), array_column( self::alerts(), 'percent' ) );
		list( $alert ) = self::alerts();
		$used          = $alert['used'];
		self::assertGreaterThanOrEqual( 800, $used );
		self::assertLessThan( 1000, $used );
		self::assertEquals(
			array(
				'name'      => 'budget-user-day-tokens',
				'subject'   => (string) $this->user['id'],
				'percent'   => 80,
				'unit'      => 'tokens',
				'limit'     => 1000,
				'used'      => $used,
				'renews_at' => ( intdiv( time(), 86400 ) + 1 ) * 86400,
				'site'      => Site::php( 'return AI_Secure_Proxy\Access::site();' ),
			),
			$alert
		);
	}

	public function test_streams_batches_and_the_command_line_tell_as_well(): void {
		Site::mu_plugin( self::LISTEN );
		self::allow( array( 'tokens' => 100 ), 'user' );
		self::provider_says( str_repeat( 'many words, ', 30 ) );
		Events::of( self::small(), $this->user['login'], $this->user );
		self::eventually( static fn(): bool => 1 === count( self::alerts() ), 'after a stream' );

		self::allow( array( 'tokens' => 101 ), 'role' );
		Site::php( 'return aisp_limits_reset( array( "role" => "author", "site" => AI_Secure_Proxy\Access::site() ), get_option( "aisp_settings" ) );' );
		self::provider_says( str_repeat( 'many words, ', 31 ) );
		$this->post( '/batch', array( 'requests' => array( self::small() ) ) );
		self::eventually( static fn(): bool => 2 === count( self::alerts() ), 'after a batch' );

		self::allow( array( 'tokens' => 102 ), 'source' );
		self::provider_says( str_repeat( 'many words, ', 31 ) );
		self::wp( 'infer', self::fresh(), '--max-tokens=50' );
		self::assertSame( array( 'budget-user-day-tokens', 'budget-role-day-tokens', 'budget-source-day-tokens' ), array_column( self::alerts(), 'name' ), 'on the command line at once' );
		self::assertSame( 'cli', self::alerts()[2]['subject'] );
	}

	public function test_what_no_request_told_cron_does(): void {
		Site::mu_plugin( self::LISTEN );
		self::allow( array( 'tokens' => 100 ) );
		self::provider_says( str_repeat( 'many words, ', 30 ) );
		Site::php(
			'aisp_infer( $in, array( "user_id" => 1000000 + wp_rand( 1, 1000000 ), "site" => AI_Secure_Proxy\Access::site() ), get_option( "aisp_settings" ) );',
			self::small()
		);
		self::assertSame( array(), self::alerts() );
		Site::php( 'do_action( "aisp_drain_log" ); do_action( "aisp_drain_log" );' );
		self::assertSame( array( 80 ), array_column( self::alerts(), 'percent' ) );
	}

	public function test_a_listener_that_throws_breaks_nothing(): void {
		$this->expect_php_log( '/^\[[^\]]*\] AI Secure Proxy: aisp_budget_threshold: DomainException in \S+:\d+\n$/' );
		Site::mu_plugin( 'add_action( "aisp_budget_threshold", static function () { throw new DomainException( "secret words" ); }, 5 );' );
		self::allow( array( 'tokens' => 100 ) );
		self::provider_says( str_repeat( 'many words, ', 30 ) );
		self::assertSame( 200, $this->post( '/infer', self::small() )->status );
		self::eventually( static fn(): bool => str_contains( (string) file_get_contents( (string) getenv( 'SITE_DEBUG_LOG' ) ) . file_get_contents( (string) getenv( 'SITE_LOG' ) ), 'aisp_budget_threshold' ), 'it was called' );
	}

	/** One budget a day, of tokens or usd. */
	private static function allow( array $amount, string $per = 'user' ): void {
		$budget = $amount + array(
			'per'    => $per,
			'period' => 'day',
		);
		Site::policy( self::policy( array( 'budget' => array( $budget ) ) ) );
	}

	/** A request that reserves little. */
	private static function small(): array {
		return array(
			'prompt'     => self::fresh(),
			'max_tokens' => 20,
		);
	}

	/** A call whose answer takes so many tokens. */
	private function spend( int $tokens ): void {
		self::provider_says( str_repeat( 'abc ', $tokens ) );
		$reply = $this->post( '/infer', self::small() );
		self::assertSame( 200, $reply->status, $reply->body );
	}

	private function post( string $route, array $body ): Reply {
		return Http::send( Http::post_call( $route, $body, $this->user['login'], $this->user ) );
	}

	/** What the action was given: one array a call. */
	private static function alerts(): array {
		$lines = file( getenv( 'SITE_ROOT' ) . '/wp-content/uploads/alerts', FILE_IGNORE_NEW_LINES );
		return array_map(
			static function ( string $line ): array {
				$given = json_decode( $line, true, 512, JSON_THROW_ON_ERROR );
				self::assertCount( 1, $given );
				return $given[0];
			},
			$lines
		);
	}
}
