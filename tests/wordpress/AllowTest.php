<?php
/**
 * From where a route may be called: addresses and networks by route, the nearest entry counts.
 */

declare( strict_types=1 );

final class AllowTest extends SiteTestCase {

	private static function allow( array $allow ): void {
		Site::policy( self::policy( array( 'allow' => $allow ) ) );
	}

	public function test_a_route_may_be_called_from_where_its_entry_says(): void {
		self::allow( array( '/infer' => array( '203.0.113.0/24' ) ) );
		self::assert_error( 403, 'forbidden', Http::infer( array( 'prompt' => self::fresh() ) ) );
		self::assert_error( 403, 'forbidden', Http::infer( '{"prompt":' ) );
		self::assert_error( 403, 'forbidden', Http::send( Http::post_call( '/infer/stream', array( 'prompt' => self::fresh() ) ) ) );
		self::assert_error( 403, 'forbidden', Http::send( Http::post_call( '/INFER', array( 'prompt' => self::fresh() ) ) ) );
		self::assertSame( array(), Mock::requests() );
		self::assertSame( 200, Http::get( '/status' )->status );
		self::allow(
			array(
				'/'      => array( '2001:db8::/32' ),
				'/infer' => array( '127.0.0.0/8' ),
				'/logs'  => array( '127.0.0.1' ),
			)
		);
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ) )->status );
		self::assertSame( 200, Http::get( '/logs' )->status );
		self::assert_error( 403, 'forbidden', Http::get( '/status' ) );
	}

	public function test_a_webhook_s_source_has_addresses_of_its_own(): void {
		self::allow( array( '/webhook/stripe' => array( '203.0.113.0/24' ) ) );
		self::assert_error( 403, 'forbidden', Http::send( Http::post_call( '/webhook/stripe', '{}', null ) ) );
		self::assert_error( 401, 'unauthorized', Http::send( Http::post_call( '/webhook/github', '{}', null ) ) );
	}

	public function test_behind_a_proxy_the_client_s_address_counts_and_only_the_proxy_s_word(): void {
		$changes = array(
			'allow'   => array( '/infer' => array( '203.0.113.0/24' ) ),
			'proxies' => array( '127.0.0.1' ),
		);
		Site::policy( self::policy( $changes ) );
		$from = static fn( string $chain ): int => Http::infer( array( 'prompt' => self::fresh() ), 'editor', array( 'headers' => array( "X-Forwarded-For: $chain" ) ) )->status;
		self::assertSame( array( 200, 403, 403 ), array( $from( '198.51.100.1, 203.0.113.7' ), $from( '203.0.113.7, 198.51.100.1' ), $from( 'unknown' ) ) );
	}

	public function test_malformed_entries_are_not_saved(): void {
		foreach ( array( '203.0.113.0/33', '203.0.113', 'example.com', '::/129', '', '203.0.113.7/24 ' ) as $entry ) {
			$flaws = Site::php( 'return aisp_policy_check( array( "allow" => array( "/infer" => array( $in[0] ) ) ) );', array( $entry ) );
			self::assertStringContainsString( '"allow./infer" holds what it may not', $flaws[0]['message'] ?? 'none', $entry );
		}
		$flaws = Site::php( 'return aisp_policy_check( array( "allow" => array( "infer" => array() ) ) );' );
		self::assertStringContainsString( 'must be named after a route', $flaws[0]['message'] );
	}
}
