<?php
/**
 * Clients without a login: a request is good once, for its bytes, its site and its time, and judged by its signature alone.
 */

declare( strict_types=1 );

final class SignedTest extends SiteTestCase {

	private const SECRET = Signature::SECRET;
	private const API    = '/wp-json/ai-secure-proxy/v1';

	protected function setUp(): void {
		parent::setUp();
		self::clients();
	}

	/** @param array $changes Of the client shop. */
	private static function clients( array $changes = array() ): void {
		$shop = $changes + array( 'secret_env' => 'AISP_TEST_CLIENT' );
		Site::policy( self::policy( array( 'clients' => array( 'shop' => $shop ) ) ) );
	}

	private static function signature( string $path, string $body, array $changes = array() ): string {
		return Signature::of( $path, $body, $changes );
	}

	/** A call of the shop's; with a login only where one is named. */
	private static function call( string $route, array $body, array $changes = array(), ?string $login = null, string $query = '' ): array {
		$json   = json_encode( $body, JSON_THROW_ON_ERROR );
		$header = $changes['header'] ?? self::signature( self::API . $route, $json, $changes );
		return Http::post_call(
			$route,
			$json,
			$login,
			array(
				'headers' => array( $header ),
				'query'   => $query,
			)
		);
	}

	public function test_a_signed_request_needs_no_login_and_is_its_client_s(): void {
		foreach ( array( '/infer', '/infer/stream' ) as $route ) {
			self::assertSame( 200, Http::send( self::call( $route, array( 'prompt' => self::fresh() ) ) )->status, $route );
		}
		$batch = Http::send( self::call( '/batch', array( 'requests' => array( array( 'prompt' => self::fresh() ) ) ) ) );
		self::assertArrayHasKey( 'result', $batch->json()['results'][0] );
		foreach ( self::logs() as $record ) {
			self::assertSame( array( 0, 'shop', 200 ), array( $record['user_id'], $record['client'], $record['status_code'] ) );
		}
	}

	public function test_a_request_that_was_caught_is_refused_at_once_and_later(): void {
		$call = self::call( '/infer', array( 'prompt' => self::fresh() ) );
		self::assertSame( 200, Http::send( $call )->status );
		$replies = Http::send_all( array_fill( 0, 8, $call ) );
		self::assertSame( array( 401 ), array_values( array_unique( array_map( static fn( Reply $reply ): int => $reply->status, $replies ) ) ) );
		self::assertCount( 1, Mock::requests() );
		$late = self::call( '/infer', array( 'prompt' => self::fresh() ), array( 'offset' => -301 ) );
		self::assert_error( 401, 'unauthorized', Http::send( $late ) );
	}

	public function test_of_equal_requests_at_the_same_moment_one_is_taken(): void {
		$replies = Http::send_all( array_fill( 0, 8, self::call( '/infer', array( 'prompt' => self::fresh() ) ) ) );
		$counts  = array_count_values( array_map( static fn( Reply $reply ): int => $reply->status, $replies ) );
		ksort( $counts );
		self::assertSame( array( 200 => 1, 401 => 7 ), $counts ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
	}

	/** @return array<string, array{array}> */
	public static function forgeries(): array {
		return array(
			'another secret' => array( array( 'secret' => 'guessed' ) ),
			'another path'   => array( array( 'path' => self::API . '/batch' ) ),
			'another host'   => array( array( 'host' => 'example.com' ) ),
			'another method' => array( array( 'method' => 'GET' ) ),
			'another query'  => array( array( 'query' => '?a=b' ) ),
			'an old time'    => array( array( 'offset' => -400 ) ),
			'a later time'   => array( array( 'offset' => 400 ) ),
			'no such client' => array( array( 'client' => 'nobody' ) ),
			'a short nonce'  => array( array( 'nonce' => 'abc' ) ),
			'no signature'   => array( array( 'header' => 'X-AISP-Signature;' ) ), // As curl wants it.
			'half of one'    => array( array( 'header' => 'X-AISP-Signature: v2;k=shop' ) ),
			'a long one'     => array( array( 'header' => 'X-AISP-Signature: v2;k=shop;' . str_repeat( 'n=a;', 500 ) ) ),
			'a plain one'    => array( array( 'header' => 'X-Sign: ' . hash_hmac( 'sha256', '{}', self::SECRET ) ) ),
		);
	}

	/** @dataProvider forgeries */
	public function test_what_is_not_signed_like_this_is_refused_whoever_is_logged_in( array $changes ): void {
		foreach ( array( null, 'admin' ) as $login ) {
			self::assert_error( 401, 'unauthorized', Http::send( self::call( '/infer', array( 'prompt' => self::fresh() ), $changes, $login ) ) );
		}
		self::assertSame( array(), Mock::requests() );
	}

	public function test_a_body_that_was_changed_on_its_way_is_refused_broken_or_not(): void {
		foreach ( array( '{"prompt":"other"}', '{"prompt":', "{\"prompt\":\"\xff\"}" ) as $body ) {
			$header = self::signature( self::API . '/infer', '{"prompt":"signed"}' );
			self::assert_error( 401, 'unauthorized', Http::send( Http::post_call( '/infer', $body, null, array( 'headers' => array( $header ) ) ) ) );
		}
		$broken = '{"prompt":';
		$header = self::signature( self::API . '/infer', $broken );
		self::assertSame( 400, Http::send( Http::post_call( '/infer', $broken, null, array( 'headers' => array( $header ) ) ) )->status, 'signed as it is' );
	}

	/** @return array<string, array{string, string[]}> */
	public static function disguises(): array {
		return array(
			'an envelope'      => array( '?_envelope=1', array() ),
			'a script'         => array( '?_jsonp=f', array() ),
			'its own method'   => array( '?_method=POST', array() ),
			'another method'   => array( '?_method=GET', array() ),
			'a method on top'  => array( '', array( 'X-HTTP-Method-Override: POST' ) ),
			'another one'      => array( '', array( 'X-HTTP-Method-Override: DELETE' ) ),
			'a wrapped script' => array( '?_envelope=1&_jsonp=f', array() ),
		);
	}

	/** @dataProvider disguises */
	public function test_disguises_are_refused_plainly( string $query, array $headers ): void {
		foreach ( array( '/infer', '/infer/stream', '/batch' ) as $route ) {
			$call            = self::call( $route, array( 'prompt' => self::fresh() ), array( 'query' => $query ), null, $query );
			$call['headers'] = array( ...$call['headers'], ...$headers );
			$reply           = Http::send( $call );
			self::assert_error( 400, 'invalid_request', $reply );
			self::assertStringStartsWith( 'application/json', (string) $reply->header( 'Content-Type' ), $route );
		}
		self::assertSame( array(), Mock::requests() );
	}

	public function test_what_is_not_signed_may_have_an_envelope(): void {
		$reply = Http::infer( array( 'prompt' => self::fresh() ), 'editor', array( 'query' => '?_envelope=1' ) );
		self::assertSame( array( 200, 200 ), array( $reply->status, $reply->json()['status'] ) );
		$other = array(
			'method'  => 'GET',
			'path'    => '/wp-json/wp/v2/posts?_envelope=1',
			'login'   => null,
			'headers' => array( 'X-Sign: another plugin has a header of this name' ),
		);
		self::assertSame( 200, Http::send( $other )->status );
	}

	public function test_a_client_calls_from_where_it_may_and_within_its_own_limits(): void {
		self::clients( array( 'allow' => array( '203.0.113.0/24' ) ) );
		self::assert_error( 403, 'forbidden', Http::send( self::call( '/infer', array( 'prompt' => self::fresh() ) ) ) );
		$quota = array(
			'per'    => 'client',
			'limit'  => 1,
			'period' => 3600,
		);
		self::clients(
			array(
				'allow'  => array( '127.0.0.0/8', '::1' ),
				'policy' => array( 'quota' => array( $quota ) ),
			)
		);
		Site::php( 'aisp_limits_reset( array( "client" => "shop", "site" => AI_Secure_Proxy\Access::site() ), AI_Secure_Proxy\Policy::current( array( "client" => "shop" ) ) );' );
		self::assertSame( 200, Http::send( self::call( '/infer', array( 'prompt' => self::fresh() ) ) )->status );
		self::assert_error( 429, 'rate_limited', Http::send( self::call( '/infer', array( 'prompt' => self::fresh() ) ) ) );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ) )->status, 'who has a login has other limits' );
	}

	public function test_a_plain_signature_is_taken_of_a_client_that_may_use_one(): void {
		self::clients( array( 'plain' => true ) );
		$body = json_encode( array( 'prompt' => self::fresh() ), JSON_THROW_ON_ERROR );
		$call = static fn( string $signed ): array => Http::post_call( '/infer', $body, null, array( 'headers' => array( 'X-Sign: ' . hash_hmac( 'sha256', $signed, self::SECRET ) ) ) );
		self::assertSame( 200, Http::send( $call( $body ) )->status );
		self::assert_error( 401, 'unauthorized', Http::send( $call( $body . ' ' ) ) );
	}

	public function test_site_health_warns_of_clients_that_sign_plainly(): void {
		$warnings = 'return AI_Secure_Proxy\Rest\Signed::warnings();';
		self::assertSame( array(), Site::php( $warnings ) );
		self::clients( array( 'plain' => true ) );
		self::assertStringContainsString( 'shop', Site::php( $warnings )[0] );
	}

	public function test_the_module_signs_what_the_site_takes(): void {
		$body    = array( 'prompt' => self::fresh() );
		$json    = json_encode( $body, JSON_THROW_ON_ERROR );
		$url     = getenv( 'SITE_URL' ) . self::API . '/infer';
		$headers = Site::php( 'putenv( "SHOP=' . self::SECRET . '" ); return aisp_sign_request( "POST", ' . var_export( $url, true ) . ', ' . var_export( $json, true ) . ', array( "client" => "shop", "secret_env" => "SHOP" ) );' );
		self::assertSame( 200, Http::send( self::call( '/infer', $body, array( 'header' => 'X-AISP-Signature: ' . $headers['X-AISP-Signature'] ) ) )->status );
	}
}
