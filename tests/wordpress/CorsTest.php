<?php
/**
 * Pages of other sites: a browser lets those of listed origins read our answers, without cookies, and no others.
 */

declare( strict_types=1 );

final class CorsTest extends SiteTestCase {

	private const LISTED = 'https://www.example.com';

	protected function setUp(): void {
		parent::setUp();
		Site::policy( self::policy( array( 'origins' => array( self::LISTED ) ) ) );
	}

	private static function preflight( string $route, string $origin ): Reply {
		$headers = array( "Origin: $origin", 'Access-Control-Request-Method: POST', 'Access-Control-Request-Headers: content-type,x-aisp-token' );
		return Http::send( array( 'method' => 'OPTIONS', 'headers' => $headers ) + Http::post_call( $route, '', null ) ); // phpcs:ignore WordPress.Arrays
	}

	/** @return array<string, array{string}> */
	public static function routes(): array {
		$routes = array();
		foreach ( array( '', '/infer', '/infer/stream', '/batch', '/token', '/webhook', '/logs', '/INFER' ) as $route ) {
			$routes[ "the route $route" ] = array( $route );
		}
		return $routes;
	}

	/** @dataProvider routes */
	public function test_a_listed_origin_may_ask_without_cookies( string $route ): void {
		foreach ( array( self::preflight( $route, self::LISTED ), Http::send( Http::post_call( $route, '{}', null, array( 'headers' => array( 'Origin: ' . self::LISTED ) ) ) ) ) as $reply ) {
			self::assertSame( self::LISTED, $reply->header( 'access-control-allow-origin' ) );
			self::assertNull( $reply->header( 'access-control-allow-credentials' ) );
			self::assertStringContainsString( 'X-AISP-Token', (string) $reply->header( 'access-control-allow-headers' ) );
			self::assertStringContainsString( 'Retry-After', (string) $reply->header( 'access-control-expose-headers' ) );
			self::assertStringContainsString( 'Origin', (string) $reply->header( 'vary' ) );
		}
	}

	/** @dataProvider routes */
	public function test_no_other_origin_is_reflected_whoever_is_logged_in( string $route ): void {
		$session = Http::session( 'admin' );
		foreach ( array( 'https://evil.example', 'null', self::LISTED . '.evil.example', 'http://www.example.com' ) as $origin ) {
			foreach ( array( self::preflight( $route, $origin ), Http::send( Http::post_call( $route, '{}', null, $session + array( 'headers' => array( "Origin: $origin" ) ) ) ) ) as $reply ) {
				foreach ( array( 'origin', 'credentials', 'methods', 'headers' ) as $what ) {
					self::assertNull( $reply->header( "access-control-allow-$what" ), "$origin $what" );
				}
			}
		}
	}

	public function test_the_site_s_own_pages_keep_their_cookies_and_other_routes_are_left_alone(): void {
		$here = (string) getenv( 'SITE_URL' );
		self::assertSame( 'true', self::preflight( '/infer', $here )->header( 'access-control-allow-credentials' ) );
		$core = Http::send( array( 'method' => 'GET', 'path' => '/wp-json/wp/v2/types', 'login' => null, 'headers' => array( 'Origin: https://other.example' ) ) ); // phpcs:ignore WordPress.Arrays
		self::assertSame( 'https://other.example', $core->header( 'access-control-allow-origin' ) );
	}

	public function test_what_is_no_origin_is_not_saved(): void {
		$flaws = Site::php( 'return aisp_policy_check( array( "origins" => array( "https://example.com/" ) ) );' );
		self::assertSame( array( 'origins.0' ), array_column( $flaws, 'path' ) );
		self::assertStringContainsString( '"origins[0]" must be an origin', $flaws[0]['message'] );
	}
}
