<?php
/**
 * The same site without the module: everything says so, nothing breaks.
 */

declare( strict_types=1 );

final class ModuleMissingTest extends SiteTestCase {

	public static function setUpBeforeClass(): void {
		Http::get( '/logs' );
		Site::up( Site::WITHOUT_MODULE );
	}

	public static function tearDownAfterClass(): void {
		Site::up( array() );
	}

	public function test_the_routes_answer_503_and_say_why(): void {
		foreach ( array( Http::infer( array( 'prompt' => 'Hi' ) ), Http::send( Http::post_call( '/infer/stream', array( 'prompt' => 'Hi' ) ) ), Http::batch( array( 'requests' => array( array( 'prompt' => 'Hi' ) ) ) ), Http::send( Http::post_call( '/jobs', array( 'prompt' => 'Hi' ) ) ), Http::get( '/jobs' ), Http::get( '/logs' ), Http::get( '/status' ) ) as $reply ) {
			$error = self::assert_error( 503, 'module_missing', $reply );
			self::assertSame( 'The aisp PHP module is not loaded on this server.', $error['message'] );
		}
	}

	public function test_who_may_not_is_told_that_first(): void {
		self::assert_error( 401, 'unauthorized', Http::infer( array( 'prompt' => 'Hi' ), null ) );
		self::assert_error( 403, 'forbidden', Http::infer( array( 'prompt' => 'Hi' ), 'reader' ) );
		self::assertSame( array( 'caller_unauthorized', 'caller_forbidden' ), array_column( Site::log(), 'error' ) );
	}

	public function test_an_administrator_is_told_how_to_install_it(): void {
		Site::mu_plugin( Site::NO_NEWS );
		$session = Http::session( 'admin' );
		foreach ( array( '/wp-admin/', '/wp-admin/plugins.php' ) as $path ) {
			$reply = Http::page( $path, $session );
			self::assertSame( 200, $reply->status );
			self::assertTrue( str_contains( $reply->body, 'make install' ), "$path says it" );
		}
		self::assertSame( 'critical', Site::php( 'return AI_Secure_Proxy\Site_Health::test()["status"];' ) );
		self::assertSame( 'missing', Site::php( 'return AI_Secure_Proxy\Site_Health::debug_information( array() )["ai-secure-proxy"]["fields"]["module"]["value"];' ) );
	}

	public function test_an_author_is_not(): void {
		$reply = Http::send(
			array(
				'method' => 'GET',
				'path'   => '/wp-admin/',
				'login'  => null,
				'cookie' => Http::session( 'author' )['cookie'],
			)
		);
		self::assertSame( 200, $reply->status );
		self::assertFalse( str_contains( $reply->body, 'make install' ) );
	}

	public function test_cron_and_command_line_do_no_harm(): void {
		self::assertSame( 0, Site::php( 'do_action( "aisp_drain_log" ); return AI_Secure_Proxy\Log\Drain::run();' ) );
		foreach ( array( array( 'infer', 'Hi' ), array( 'stream', 'Hi' ), array( 'preview', 'Hi' ), array( 'batch', 'none.jsonl' ), array( 'classify', 'Hi', '--labels=a,b' ), array( 'extract', 'Hi', '--fields=a' ) ) as $words ) {
			$said = self::wp( ...$words );
			self::assertSame( 'error', $said[0][0] );
			self::assertStringContainsString( 'make install', $said[0][1] );
		}
	}

	public function test_a_sites_own_code_can_catch_it(): void {
		$said = Site::php(
			'try {
				return AI_Secure_Proxy\Enrich::classify( "Hi", array( "a", "b" ) );
			} catch ( RuntimeException $e ) {
				return $e->getMessage();
			}'
		);
		self::assertStringContainsString( 'make install', $said );
	}
}
