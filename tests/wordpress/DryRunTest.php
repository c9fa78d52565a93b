<?php
/**
 * `dry_run: true` shows what a call would do and does nothing: nobody is asked, nothing is charged, kept or logged.
 */

declare( strict_types=1 );

final class DryRunTest extends SiteTestCase {

	private array $user;

	protected function setUp(): void {
		parent::setUp();
		Site::policy( self::policy( Limits::of_a_user() ) );
		$this->user = Site::new_user( 'author' );
	}

	public static function routes(): array {
		return array( array( '/infer' ), array( '/infer/stream' ) );
	}

	/** @dataProvider routes */
	public function test_it_shows_the_call_and_makes_none( string $route ): void {
		$prompt = self::fresh();
		$before = $this->standing();
		for ( $i = 0; $i < 8; $i++ ) {
			$reply = $this->post( $route, array( 'prompt' => $prompt, 'max_tokens' => 30, 'dry_run' => true ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
			self::assertSame( 200, $reply->status, $reply->body );
		}
		self::assertSame( array( 'dry_run', 'preview' ), array_keys( $reply->json() ) );
		self::assertTrue( $reply->json()['dry_run'] );
		$preview = $reply->json()['preview'];
		self::assert_fields(
			array(
				'model'      => 'mock-1',
				'provider'   => 'mock',
				'cached'     => false,
				'tokens_out' => 30,
				'in_flight'  => false,
			),
			$preview
		);
		self::assertSame( $prompt, $preview['body']['input'] );
		self::assertSame( 100000, $preview['budgets'][0]['remaining'] );
		self::assertGreaterThan( 0, $preview['cost_usd'] );
		self::assertSame( '"quota-user";q=5;w=86400', $reply->header( 'RateLimit-Policy' ) );
		self::assertSame( '"quota-user";r=5;t=0', $reply->header( 'RateLimit' ) );
		$this->assert_nothing_happened( $before );

		self::assertFalse( $this->post( '/infer', array( 'prompt' => $prompt, 'max_tokens' => 30 ) )->json()['cached'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$again = $this->post( $route, array( 'prompt' => $prompt, 'max_tokens' => 30, 'dry_run' => true ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertTrue( $again->json()['preview']['cached'], 'now the cache would answer' );
		self::assertSame( $preview['req_hash'], $again->json()['preview']['req_hash'] );
	}

	/** @dataProvider routes */
	public function test_what_is_wrong_is_said_and_leaves_no_trace( string $route ): void {
		$before = $this->standing();
		foreach ( array( array(), array( 'prompt' => ' ' ), array( 'prompt' => 'Hi', 'model' => 'gpt-none' ), array( 'prompt' => 'Hi', 'x' => 1 ) ) as $body ) { // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
			self::assert_error( 400, 'invalid_request', $this->post( $route, $body + array( 'dry_run' => true ) ) );
		}
		self::assert_error( 400, 'invalid_request', $this->post( $route, "{\"prompt\":\"\xC3\x28\",\"dry_run\":true}" ) );
		$this->assert_nothing_happened( $before );
	}

	public function test_false_is_the_call_and_anything_else_is_refused_by_name(): void {
		$reply = $this->post( '/infer', array( 'prompt' => self::fresh(), 'dry_run' => false ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( array( 'cached', 'result' ), array_keys( $reply->json() ) );
		$reply = $this->post( '/infer', array( 'prompt' => self::fresh(), 'dry_run' => null ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( array( 'cached', 'result' ), array_keys( $reply->json() ) );
		self::assertCount( 2, Mock::requests() );
		$hi = array( 'prompt' => 'Hi' );
		foreach ( array( 'yes', 1, array(), 'true' ) as $value ) {
			foreach ( array( '/infer' => $hi, '/infer/stream' => $hi, '/batch' => array( 'requests' => array( $hi ) ) ) as $route => $body ) { // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
				$error = self::assert_error( 400, 'invalid_request', $this->post( $route, $body + array( 'dry_run' => $value ) ) );
				self::assertStringContainsString( 'dry_run', $error['message'] );
			}
			self::assert_error( 400, 'rest_invalid_param', $this->post( '/cache/invalidate', array( 'all' => true, 'dry_run' => 'perhaps' ), 'admin' ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		}
		self::assertCount( 2, Mock::requests() );
	}

	public function test_in_a_form_it_is_understood(): void {
		$before = $this->standing();
		$form   = array( 'type' => 'application/x-www-form-urlencoded' ) + $this->user;
		foreach ( array( '1', 'true' ) as $value ) {
			self::assertArrayHasKey( 'preview', Http::infer( "prompt=Hi&dry_run=$value", $this->user['login'], $form )->json() );
			self::assertArrayHasKey( 'preview', Http::batch( "requests[0][prompt]=Hi&dry_run=$value", $this->user['login'], $form )->json()['results'][0] );
			self::assertSame( 400, Http::infer( "prompt=&dry_run=$value", $this->user['login'], $form )->status );
		}
		$this->assert_nothing_happened( $before );
		self::assertArrayHasKey( 'result', Http::infer( 'prompt=Hi&dry_run=0', $this->user['login'], $form )->json() );
	}

	public function test_a_batch_has_a_preview_or_an_error_in_each_place(): void {
		$before  = $this->standing();
		$reply   = $this->post(
			'/batch',
			array(
				'requests' => array( array( 'prompt' => 'One' ), array( 'prompt' => ' ' ), array( 'prompt' => 'Two' ), array( 'prompt' => 'Hi', 'dry_run' => true ) ), // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
				'dry_run'  => true,
			)
		);
		$results = $reply->json()['results'];
		self::assertSame( array( 200, true ), array( $reply->status, $reply->json()['dry_run'] ), $reply->body );
		self::assertSame( array( 'preview', 'error', 'preview', 'error' ), array_map( 'key', $results ) );
		self::assertSame( array( 'One', 'Two' ), array( $results[0]['preview']['body']['input'], $results[2]['preview']['body']['input'] ) );
		self::assertSame( array( 'code', 'message', 'status', 'retry_after' ), array_keys( $results[1]['error'] ) );
		self::assertSame( array( 'invalid_request', 400 ), array( $results[1]['error']['code'], $results[1]['error']['status'] ) );
		self::assertStringContainsString( 'dry_run', $results[3]['error']['message'] );
		self::assertSame( '"quota-user";r=5;t=0', $reply->header( 'RateLimit' ) );
		self::assertSame( 400, $this->post( '/batch', array( 'requests' => array(), 'dry_run' => true ) )->status ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$this->assert_nothing_happened( $before );

		Site::policy( self::policy( array( 'qouta' => array() ) ) );
		self::assert_error( 500, 'config_error', $this->post( '/batch', array( 'requests' => array( array( 'prompt' => 'Hi' ) ), 'dry_run' => true ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
	}

	public function test_servers_and_keys_are_shown_to_managers_only(): void {
		$body = array(
			'prompt'  => 'Hi',
			'dry_run' => true,
		);
		foreach ( array( 'url', 'key_env', 'key_set' ) as $key ) {
			self::assertArrayHasKey( $key, $this->post( '/infer', $body, 'admin' )->json()['preview'] );
			self::assertArrayNotHasKey( $key, $this->post( '/infer', $body, 'editor' )->json()['preview'] );
			self::assertArrayNotHasKey( $key, $this->post( '/infer/stream', $body, 'editor' )->json()['preview'] );
			self::assertArrayNotHasKey( $key, $this->post( '/batch', array( 'requests' => array( array( 'prompt' => 'Hi' ) ), 'dry_run' => true ), 'editor' )->json()['results'][0]['preview'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		}
		self::assertStringNotContainsString( 'AISP_TEST_KEY', $this->post( '/infer', $body, 'editor' )->body );
	}

	public function test_it_is_for_those_who_may_make_the_call(): void {
		$body = array(
			'prompt'  => 'Hi',
			'dry_run' => true,
		);
		self::assertSame( 401, Http::infer( $body, null )->status );
		self::assertSame( 403, Http::infer( $body, 'reader' )->status );
	}

	public function test_the_sites_filters_apply(): void {
		Site::mu_plugin( 'add_filter( "aisp_request", static function ( $request ) { $request["system"] = implode( ",", array_keys( $request ) ); return $request; } );' );
		$preview = $this->post( '/infer', array( 'prompt' => 'Hi', 'dry_run' => true ) )->json()['preview']; // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertStringContainsString( '"prompt"', json_encode( $preview['body'], JSON_THROW_ON_ERROR ), 'and do not see the key' );
	}

	public function test_answers_are_counted_and_not_forgotten(): void {
		$tag    = 'news' . bin2hex( random_bytes( 4 ) );
		$prompt = self::fresh();
		$this->post( '/infer', array( 'prompt' => $prompt, 'tags' => array( $tag ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$count = array(
			'dry_run'  => true,
			'dropped'  => 0,
			'matching' => 1,
		);
		self::assertSame( $count, $this->post( '/cache/invalidate', array( 'tag' => $tag, 'dry_run' => true ), 'admin' )->json() ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertGreaterThan( 0, $this->post( '/cache/invalidate', array( 'epoch' => true, 'dry_run' => true ), 'admin' )->json()['matching'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( array( array( 'success', '1 answer would be forgotten.' ) ), self::wp( 'cache', 'invalidate', "--tag=$tag", '--dry-run' ) );
		self::assertSame( 'success', self::wp( 'cache', 'invalidate', '--epoch', '--dry-run' )[0][0] );
		self::assertTrue( $this->post( '/infer', array( 'prompt' => $prompt ) )->json()['cached'] );
		self::assertSame( array( 'dropped' => 1 ), $this->post( '/cache/invalidate', array( 'tag' => $tag, 'dry_run' => false ), 'admin' )->json() ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
	}

	private function post( string $route, array|string $body, ?string $login = null ): Reply {
		return Http::send( null === $login ? Http::post_call( $route, $body, $this->user['login'], $this->user ) : Http::post_call( $route, $body, $login ) );
	}

	private function standing(): array {
		return self::wp( 'limit', 'show', '--user=' . $this->user['id'] )[0][3];
	}

	private function assert_nothing_happened( array $before ): void {
		self::assertSame( array(), Mock::requests(), 'nobody was asked' );
		self::assertSame( $before, $this->standing(), 'nothing was charged' );
		self::assertSame( array(), self::logs(), 'nothing was logged' );
	}
}
