<?php
/**
 * The widget on the dashboard: today's figures for who manages the proxy, and for nobody else.
 */

declare( strict_types=1 );

final class WidgetTest extends SiteTestCase {

	protected function setUp(): void {
		parent::setUp();
		Site::mu_plugin( Site::NO_NEWS );
	}

	public function test_it_shows_what_today_came_to_and_how_it_was_spread(): void {
		$prompt = self::fresh();
		foreach ( array( $prompt, $prompt, self::fresh() ) as $one ) {
			Http::infer( array( 'prompt' => $one ) );
		}
		Http::infer( array( 'prompt' => '' ) );
		$today = Http::get( '/metrics?days=1' )->json()['days']['today'];
		$html  = $this->widget( 'admin' );
		$shown = array();
		preg_match_all( '#<dt>([^<]+)</dt><dd><strong>([^<]+)</strong><small>yesterday ([^<]+)</small>#', $html, $shown );
		$shown = array_combine( $shown[1], $shown[2] );
		self::assertSame( array( 'Calls', 'Hit ratio', 'Errors', 'Cost' ), array_keys( $shown ) );
		self::assertSame( (string) $today['calls'], $shown['Calls'] );
		self::assertSame( (string) ( $today['errors_4xx'] + $today['errors_5xx'] ), $shown['Errors'] );
		self::assertSame( round( 100 * $today['hit_ratio'] ) . '%', $shown['Hit ratio'] );
		self::assertMatchesRegularExpression( '/^\$\d+\.\d\d/', $shown['Cost'] );
		self::assertSame( 24, substr_count( $html, '<rect ' ) );
		self::assertMatchesRegularExpression( '/<svg role="img" aria-label="Calls in each of the last 24 hours, at most [1-9]/', $html );
		self::assertStringContainsString( 'admin.php?page=ai-secure-proxy"', $html );
	}

	public function test_it_says_so_when_nobody_asked(): void {
		self::on_store( 'DELETE FROM metric' );
		$html = $this->widget( 'admin' );
		self::assertStringContainsString( 'Nobody has asked anything in the last 24 hours.', $html );
		self::assertStringContainsString( 'page=ai-secure-proxy-playground', $html );
		self::assertStringNotContainsString( '<svg', $html );
	}

	public function test_the_hours_are_in_order_and_the_last_is_under_way(): void {
		self::on_store( 'DELETE FROM metric' );
		Http::infer( array( 'prompt' => self::fresh() ) );
		self::logs();
		self::on_store( 'UPDATE metric SET at = at - 5 * 60 WHERE span = 0' );
		Http::infer( array( 'prompt' => self::fresh() ) );
		Http::infer( array( 'prompt' => self::fresh() ) );
		$hours = Site::php( 'return AI_Secure_Proxy\Metrics::calls_by_hour();' );
		self::assertSame( array_replace( array_fill( 0, 24, 0 ), array( 18 => 1, 23 => 2 ) ), $hours );
	}

	public function test_it_warns_of_what_is_amiss(): void {
		Site::policy( self::policy( array( 'providers' => array( 'mock' => self::provider( array( 'base_url' => 'http://127.0.0.1:9/v1' ) ) ), 'max_attempts' => 1 ) ) );
		for ( $i = 0; $i < 30; $i++ ) {
			Http::infer( array( 'prompt' => self::fresh() ) );
		}
		$html = $this->widget( 'admin' );
		self::assertStringContainsString( '<div class="notice notice-warning inline"><p>The provider &quot;mock&quot; ', $html );
	}

	public function test_it_has_no_script_and_is_for_nobody_else(): void {
		self::assertStringNotContainsString( '<script', $this->widget( 'admin' ) );
		foreach ( array( 'editor', 'author' ) as $login ) {
			self::assertStringNotContainsString( 'id="ai_secure_proxy"', $this->dashboard( $login ) );
		}
	}

	private function widget( string $login ): string {
		self::assertSame( 1, preg_match( '#<div id="ai_secure_proxy" class="postbox.*?(?=<div id="dashboard_|</div></div></div>|<div id="postbox-container)#s', $this->dashboard( $login ), $found ) );
		return $found[0];
	}

	private function dashboard( string $login ): string {
		$reply = Http::page( '/wp-admin/index.php', Http::session( $login ) );
		self::assertSame( 200, $reply->status );
		return $reply->body;
	}
}
