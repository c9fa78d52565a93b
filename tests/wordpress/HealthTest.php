<?php
/**
 * Tools → Site Health: each of our tests, well and ill, and what it says to do.
 */

declare( strict_types=1 );

final class HealthTest extends SiteTestCase {

	/** @dataProvider tests */
	public function test_a_site_that_is_well( string $test ): void {
		$result = self::run_test( $test );
		self::assertSame( 'good', $result['status'], json_encode( $result ) );
		self::assertSame( $test, $result['test'] );
		self::assertNotSame( '', $result['label'] );
	}

	public static function tests(): array {
		return array_map( static fn( string $test ): array => array( "ai_secure_proxy_$test" ), array( 'version', 'store', 'breakers', 'schedule', 'clock', 'object_cache' ) );
	}

	public function test_a_module_of_another_version(): void {
		$this->assert_ill( 'recommended', '0.0.1', self::run_test( 'ai_secure_proxy_version', '', 'define( "AI_SECURE_PROXY_VERSION", "0.0.1" );' ) );
		$this->expect_php_log( '/already defined/' );
	}

	public function test_a_store_that_others_may_read(): void {
		$store = Site::php( 'return aisp_status()["store"]["location"];' );
		try {
			Site::php( 'chmod( $in, 0644 );', $store );
			$this->assert_ill( 'critical', '0600', self::run_test( 'ai_secure_proxy_store' ) );
			Site::php( 'chmod( $in, 0600 ); chmod( dirname( $in ), 0755 );', $store );
			$this->assert_ill( 'critical', '0700', self::run_test( 'ai_secure_proxy_store' ) );
		} finally {
			Site::php( 'chmod( dirname( $in ), 0700 );', $store );
		}
	}

	public function test_a_store_among_what_the_web_server_hands_out(): void {
		$served = Site::php( 'return array_map( array( "AI_Secure_Proxy\Backup\Web", "serves" ), array( ABSPATH, ABSPATH . "aisp.db", WP_CONTENT_DIR . "/uploads/x/aisp.db", dirname( ABSPATH ) . "/aisp.db", rtrim( ABSPATH, "/" ) . "2/aisp.db" ) );' );
		self::assertSame( array( true, true, true, false, false ), $served );
	}

	public function test_an_event_that_is_lost_or_late(): void {
		$this->assert_ill( 'critical', 'aisp_prune_log', self::run_test( 'ai_secure_proxy_schedule', 'wp_clear_scheduled_hook( "aisp_prune_log" );' ) );
		$this->assert_ill( 'critical', 'wp-cron.php', self::run_test( 'ai_secure_proxy_schedule', 'AI_Secure_Proxy\Log\Retention::schedule(); wp_clear_scheduled_hook( "aisp_drain_log" ); wp_schedule_event( time() - 3600, "aisp_minute", "aisp_drain_log" );' ) );
		Site::php( 'wp_clear_scheduled_hook( "aisp_drain_log" ); wp_schedule_event( time() + 60, "aisp_minute", "aisp_drain_log" );' );
	}

	public function test_clocks_that_do_not_agree(): void {
		$this->assert_ill( 'critical', 'NTP', self::run_test( 'ai_secure_proxy_clock', '$GLOBALS["wpdb"]->query( "SET timestamp = UNIX_TIMESTAMP() + 900" );' ) );
	}

	public function test_an_object_cache_that_forgets(): void {
		$forgets = 'wp_using_ext_object_cache( true ); $GLOBALS["wp_object_cache"] = new class() extends WP_Object_Cache { public function get( $key, $group = "default", $force = false, &$found = null ) { return "ai-secure-proxy" === $group ? false : parent::get( $key, $group, $force, $found ); } };';
		$this->assert_ill( 'recommended', 'flush', self::run_test( 'ai_secure_proxy_object_cache', $forgets ) );
		self::assertSame( 'good', self::run_test( 'ai_secure_proxy_object_cache', 'wp_using_ext_object_cache( true );' )['status'] );
	}

	public function test_a_provider_that_is_left_alone(): void {
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 500,
				'times'  => null,
			)
		);
		Site::policy( self::policy( array( 'max_attempts' => 1 ) ) );
		for ( $i = 0; $i < 25; $i++ ) {
			Http::infer( array( 'prompt' => self::fresh() ) );
		}
		$this->assert_ill( 'recommended', 'mock', self::run_test( 'ai_secure_proxy_breakers' ) );
	}

	public function test_a_provider_that_refuses_the_key(): void {
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 401,
				'times'  => null,
			)
		);
		Http::infer( array( 'prompt' => self::fresh() ) );
		$this->assert_ill( 'critical', 'mock refuses the key', self::run_test( 'ai_secure_proxy_breakers' ) );
	}

	private function assert_ill( string $status, string $says, array $result ): void {
		self::assertSame( $status, $result['status'], json_encode( $result ) );
		self::assertStringContainsString( $says, $result['description'] );
	}

	/** As Site Health runs it, after some code. */
	private static function run_test( string $test, string $first = '', string $before = '' ): array {
		return Site::php( $first . ' return ( apply_filters( "site_status_tests", array() )["direct"][ $in ]["test"] )();', $test, array(), $before );
	}
}
