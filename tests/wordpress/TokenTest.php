<?php
/**
 * Browsers without a login: a page gets a token by its nonce, and the token opens little, for a while, for pages of one origin.
 */

declare( strict_types=1 );

final class TokenTest extends SiteTestCase {

	private const ELSEWHERE = 'https://www.example.com';

	protected function setUp(): void {
		parent::setUp();
		self::tokens();
	}

	/** @param array $changes Of the setting `tokens`. */
	private static function tokens( array $changes = array() ): void {
		$policy = array(
			'tokens'  => $changes + array( 'secret_env' => 'AISP_TEST_TOKEN' ),
			'origins' => array( self::ELSEWHERE ),
		);
		Site::policy( self::policy( $policy ) );
	}

	private static function here(): string {
		return (string) getenv( 'SITE_URL' );
	}

	/** What WordPress puts into a page for a visitor. */
	private static function nonce(): string {
		return Site::php( 'return wp_create_nonce( "wp_rest" );' );
	}

	/** POST /token as a page does it; null leaves a header out. */
	private static function ask( ?string $origin, ?string $nonce, array $options = array() ): Reply {
		$headers = array( null === $origin ? 'Origin:' : "Origin: $origin" );
		return Http::send( Http::post_call( '/token', '', null, array( 'headers' => $headers ) + ( null === $nonce ? array() : array( 'nonce' => $nonce ) ) + $options ) );
	}

	private static function token( ?string $origin = null ): string {
		$reply = self::ask( $origin ?? self::here(), self::nonce() );
		self::assertSame( 200, $reply->status, $reply->body );
		return $reply->json()['token'];
	}

	private static function call( string $route, array $body, string $token, ?string $origin = null, array $options = array() ): array {
		$options['headers'] = array_merge( array( "X-AISP-Token: $token", 'Origin: ' . ( $origin ?? self::here() ) ), $options['headers'] ?? array() );
		return Http::post_call( $route, $body, null, $options );
	}

	private static function infer( string $token, array $body = array(), ?string $origin = null, array $options = array() ): Reply {
		return Http::send( self::call( '/infer', $body + array( 'prompt' => self::fresh() ), $token, $origin, $options ) );
	}

	public function test_a_page_gets_a_token_and_asks_with_it(): void {
		$reply = self::ask( self::here(), self::nonce() );
		self::assertSame( array( 'token', 'expires_in', 'routes' ), array_keys( $reply->json() ) );
		self::assertSame( array( 300, array( '/infer', '/infer/stream' ) ), array( $reply->json()['expires_in'], $reply->json()['routes'] ) );
		self::assertSame( 'no-store', $reply->header( 'cache-control' ) );
		self::assertSame( 'noindex', $reply->header( 'x-robots-tag' ) );
		$token = $reply->json()['token'];
		self::assertSame( 200, self::infer( $token )->status );
		self::assertSame( 200, Http::send( self::call( '/infer/stream', array( 'prompt' => self::fresh() ), $token ) )->status );
		self::assert_error( 401, 'unauthorized', Http::send( self::call( '/batch', array( 'requests' => array( array( 'prompt' => 'a' ) ) ), $token ) ) );
		foreach ( self::logs() as $record ) {
			self::assert_fields( array( 'user_id' => 0, 'client' => '/batch' === $record['route'] ? '' : 'token:visitor' ), $record ); // phpcs:ignore WordPress.Arrays
		}
	}

	public function test_a_token_is_for_pages_with_a_nonce_of_origins_that_are_known(): void {
		$nonce = self::nonce();
		foreach ( array( null, 'null', 'https://evil.example', self::here() . '/' ) as $origin ) {
			self::assert_error( 403, 'forbidden', self::ask( $origin, $nonce ) );
		}
		self::assert_error( 403, 'forbidden', self::ask( self::here(), null ) );
		self::assertSame( 403, self::ask( self::here(), 'abcdef0123' )->status );
		self::assert_error( 400, 'invalid_request', self::ask( self::here(), $nonce, array( 'query' => '?_envelope=1' ) ) );
		Site::policy( self::policy() );
		self::assert_error( 403, 'forbidden', self::ask( self::here(), $nonce ) );
	}

	public function test_a_token_is_good_for_its_origin_alone_and_until_the_epoch_ends(): void {
		$token = self::token();
		foreach ( array( 'null', self::ELSEWHERE, 'https://evil.example' ) as $origin ) {
			self::assert_error( 401, 'unauthorized', self::infer( $token, array(), $origin ) );
		}
		$other = self::token( self::ELSEWHERE );
		self::assertSame( 200, self::infer( $other, array(), self::ELSEWHERE )->status );
		self::assert_error( 401, 'unauthorized', self::infer( $other ) );
		self::assert_error( 401, 'unauthorized', self::infer( substr( $token, 0, -2 ) . 'AA' ) );
		self::assert_error( 401, 'unauthorized', self::infer( '' . str_repeat( 'a', 5000 ) ) );
		self::tokens( array( 'epoch' => 1 ) );
		self::assert_error( 401, 'unauthorized', self::infer( $token ) );
		self::assertSame( 200, self::infer( self::token() )->status );
	}

	public function test_a_token_whose_time_is_over_is_refused(): void {
		$minted = 'return aisp_mint_token( AI_Secure_Proxy\Rest\Token::claims( $in[0], "visitor" ), array( "secret_env" => "AISP_TEST_TOKEN", "ttl" => 1 ) );';
		$token  = Site::php( 'putenv( "AISP_TEST_TOKEN=the-secret-of-the-tokens-0123456789" ); ' . $minted, array( self::here() ) );
		self::eventually( static fn(): bool => 401 === self::infer( $token )->status, 'a second passes' );
	}

	public function test_a_token_asks_only_its_models_and_takes_no_more_than_its_budget(): void {
		self::tokens(
			array(
				'models' => array( 'mock-1' ),
				'budget' => array( 'tokens' => 60 ),
			)
		);
		$token = self::token();
		self::assert_error( 400, 'invalid_request', self::infer( $token, array( 'model' => 'mock-2' ) ) );
		self::assertSame( 200, self::infer( $token, array( 'max_tokens' => 40 ) )->status );
		$refused = self::assert_error( 429, 'budget_exceeded', self::infer( $token, array( 'max_tokens' => 40 ) ) );
		self::assertLessThanOrEqual( 300, $refused['data']['retry_after'] );
		self::assertSame( 200, self::infer( self::token(), array( 'max_tokens' => 40 ) )->status, 'another token has a budget of its own' );
	}

	public function test_visitors_are_limited_by_address_where_the_policy_says_nothing_of_them(): void {
		$quota = array(
			'per'    => 'user',
			'limit'  => 100,
			'period' => 3600,
		);
		self::tokens( array( 'policy' => array( 'quota' => array( $quota ) ) ) );
		self::assertSame( '"quota-ip";q=20;w=3600', self::infer( self::token() )->header( 'ratelimit-policy' ) );
		self::tokens( array( 'policy' => array( 'quota' => array( array( 'per' => 'token', 'limit' => 1, 'period' => 600 ) ) ) ) ); // phpcs:ignore WordPress.Arrays
		$token = self::token();
		self::assertSame( 200, self::infer( $token )->status );
		self::assert_error( 429, 'rate_limited', self::infer( $token ) );
	}

	public function test_whoever_is_logged_in_gets_a_token_that_counts_as_theirs_and_the_token_alone_is_judged(): void {
		$session = Http::session( 'editor' );
		$reply   = Http::send( Http::post_call( '/token', '', null, $session + array( 'headers' => array( 'Origin: ' . self::here() ) ) ) );
		$token   = $reply->json()['token'];
		self::assertSame( 200, self::infer( $token )->status );
		$editor = Site::user( 'editor' )['id'];
		self::assert_fields( array( 'user_id' => $editor, 'client' => "token:user:$editor" ), self::only_record() ); // phpcs:ignore WordPress.Arrays
		$visitor = self::token();
		foreach ( array( $session, array( 'cookie' => $session['cookie'] ) ) as $login ) {
			self::assert_error( 401, 'unauthorized', self::infer( $visitor . 'A', array(), null, $login ) );
			self::assertSame( 200, self::infer( $visitor, array(), null, $login )->status );
		}
		self::assertSame( 'token:visitor', self::logs()[0]['client'] );
		$signed = self::infer( $visitor, array(), null, array( 'headers' => array( 'X-AISP-Signature: v2' ) ) );
		self::assert_error( 401, 'unauthorized', $signed );
	}

	public function test_a_filter_may_refuse_a_token(): void {
		Site::mu_plugin( 'add_filter( "aisp_token_claims", static fn() => new WP_Error( "captcha", "Solve the puzzle first.", array( "status" => 403 ) ) );' );
		self::assert_error( 403, 'captcha', self::ask( self::here(), self::nonce() ) );
	}

	public function test_plain_http_is_refused_and_site_health_says_so(): void {
		$origin = 'http://www.example.com';
		$pool   = tempnam( (string) getenv( 'SITE_DIR' ), 'pool' );
		file_put_contents( $pool, file_get_contents( (string) getenv( 'SITE_POOL' ) ) . "env[AISP_TEST_ENVIRONMENT] = production\n" );
		Site::mu_plugin( "add_filter( 'option_home', static fn() => '$origin' );" );
		$token = self::token_of_cli( $origin );
		self::assertSame( 200, self::infer( $token, array(), $origin )->status, 'a site for trying things out' );
		try {
			Site::up( array( 'SITE_POOL' => $pool ) );
			self::assert_error( 403, 'forbidden', self::infer( $token, array(), $origin ) );
			self::assert_error( 403, 'forbidden', self::ask( $origin, self::nonce() ) );
		} finally {
			unlink( $pool );
			Site::up( array() );
		}
		$warnings = Site::php( 'return AI_Secure_Proxy\Rest\Outsider::warnings();', null, array( 'AISP_TEST_ENVIRONMENT' => 'production' ) );
		self::assertContains( 'This site is reached over plain http, where signed requests and tokens are refused.', $warnings );
	}

	private static function token_of_cli( string $origin ): string {
		return Site::php( 'putenv( "AISP_TEST_TOKEN=the-secret-of-the-tokens-0123456789" ); return AI_Secure_Proxy\Rest\Token::mint( AI_Secure_Proxy\Rest\Token::claims( $in[0], "visitor" ) )["token"];', array( $origin ) );
	}

	public function test_site_health_says_once_that_a_key_of_tokens_is_missing(): void {
		$names = array( 'AISP_TEST_NO_SUCH_KEY', 'AISP_TEST_TOKEN' );
		foreach ( array( $names, array_reverse( $names ) ) as $keys ) {
			self::tokens( array( 'secret_env' => $keys ) );
			$description = self::site_health();
			self::assertStringContainsString( 'AISP_TEST_NO_SUCH_KEY is named by the settings for tokens, but is not set, or is no key.', $description );
			self::assertSame( 1, substr_count( $description, 'AISP_TEST_NO_SUCH_KEY' ) );
			self::assertStringNotContainsString( 'AISP_TEST_TOKEN', $description );
		}
	}

	public function test_site_health_says_where_tokens_would_be_too_long(): void {
		self::tokens( array( 'models' => array_map( static fn( int $i ): string => "mock-$i" . str_repeat( 'x', 100 ), range( 0, 15 ) ) ) );
		self::assertStringContainsString( 'No tokens can be made for browsers: ', self::site_health() );
	}

	private static function site_health(): string {
		return Site::php( 'return AI_Secure_Proxy\Site_Health::test()["description"];' );
	}
}
