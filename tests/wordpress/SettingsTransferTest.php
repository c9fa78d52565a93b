<?php
/**
 * GET /settings/export and POST /settings/import: settings from one site to another, without secrets.
 */

declare( strict_types=1 );

final class SettingsTransferTest extends SiteTestCase {

	private const SAVED = 'return get_option( "aisp_settings" );';

	private const SECRET = 'the-secret-of-a-header';

	protected function setUp(): void {
		parent::setUp();
		$own = array( 'providers' => array( 'mock' => self::provider( array( 'headers' => array( 'X-Own' => self::SECRET ) ) ) ) );
		Site::policy(
			self::policy(
				array(
					'providers' => array( 'mock' => self::provider( array( 'headers' => array( 'X-Team' => self::SECRET ) ) ) ),
					'clients'   => array(
						'shop' => array(
							'secret_env' => 'AISP_TEST_CLIENT',
							'policy'     => $own,
						),
					),
					'tokens'    => array(
						'secret_env' => 'AISP_TEST_TOKEN',
						'policy'     => $own,
					),
				)
			)
		);
	}

	private static function export(): array {
		return Http::get( '/settings/export' )->json();
	}

	private static function import( array $export, bool $dry_run = false, ?string $version = null ): Reply {
		$version ??= Http::get( '/settings' )->json()['version'];
		return Http::send( Http::post_call( '/settings/import', compact( 'export', 'dry_run', 'version' ), 'admin' ) );
	}

	public function test_an_export_has_names_and_no_secret_and_says_what_it_leaves_out(): void {
		$reply = Http::get( '/settings/export' );
		self::assertSame( 200, $reply->status );
		foreach ( array( self::SECRET, getenv( 'WORLD_KEY' ), 'the-secret-of-a-shop', 'the-secret-of-the-tokens' ) as $secret ) {
			self::assertStringNotContainsString( $secret, $reply->body );
		}
		$made = $reply->json();
		self::assertSame( array( 'AISP_TEST_KEY', 'AISP_TEST_CLIENT' ), array( $made['settings']['providers']['mock']['key_env'], $made['settings']['clients']['shop']['secret_env'] ) );
		self::assertSame( array( 'providers.mock.headers', 'clients.shop.policy.providers.mock.headers', 'tokens.policy.providers.mock.headers' ), $made['left_out'] );
	}

	public function test_back_where_it_came_from_it_changes_nothing(): void {
		$before = Site::php( self::SAVED );
		$made   = self::export();
		$tried  = self::import( $made, true )->json();
		self::assertSame( array( true, array(), array() ), array( $tried['dry_run'], $tried['changes'], $tried['flaws'] ) );
		self::assertSame( 200, self::import( $made )->status );
		self::assertEquals( $before, Site::php( self::SAVED ), 'headers stay' );
	}

	public function test_a_dry_run_shows_each_change_and_makes_none(): void {
		$before = Site::php( self::SAVED );
		$made   = self::export();

		$made['settings']['timeout_ms']                    = 9000;
		$made['settings']['providers']['mock']['base_url'] = 'https://llm.example/v1';
		$made['settings']['quota'][]                       = array(
			'per'    => 'user',
			'limit'  => 5,
			'period' => 60,
		);
		unset( $made['settings']['throttle'] );
		$said = self::import( $made, true );
		self::assertSame( 200, $said->status, $said->body );
		self::assertStringNotContainsString( self::SECRET, $said->body );
		$changes = array_column( $said->json()['changes'], null, 'path' );
		self::assertEqualsCanonicalizing( array( 'timeout_ms', 'providers.mock.base_url', 'quota', 'throttle' ), array_keys( $changes ) );
		self::assertSame( 9000, $changes['timeout_ms']['after'] );
		self::assertArrayNotHasKey( 'before', $changes['timeout_ms'] );
		self::assertArrayNotHasKey( 'after', $changes['throttle'] );
		self::assertSame( $before, Site::php( self::SAVED ) );

		self::assertSame( 200, self::import( $made )->status );
		$after = Site::php( self::SAVED );
		self::assertSame( array( 9000, 'https://llm.example/v1', self::SECRET ), array( $after['timeout_ms'], $after['providers']['mock']['base_url'], $after['providers']['mock']['headers']['X-Team'] ) );
	}

	public function test_another_order_of_models_is_a_change(): void {
		$made = self::export();

		$made['settings']['models'] = array( 'mock-2' => array() ) + $made['settings']['models'];
		self::assertSame( 200, self::import( $made )->status );
		$made['settings']['models'] = array_reverse( $made['settings']['models'] );
		$changes                    = self::import( $made, true )->json()['changes'];
		self::assertSame(
			array(
				array(
					'path'   => 'models',
					'before' => array( 'mock-2', 'mock-1' ),
					'after'  => array( 'mock-1', 'mock-2' ),
				),
			),
			$changes
		);
	}

	public function test_another_value_of_a_header_is_told_without_it(): void {
		$made = self::export();

		$made['settings']['providers']['mock']['headers'] = array( 'X-Team' => 'another-secret' );
		$said = self::import( $made, true );
		self::assertSame( array( 'providers.mock.headers.X-Team' ), array_column( $said->json()['changes'], 'path' ) );
		self::assertStringNotContainsString( 'another-secret', $said->body );
	}

	public function test_what_cannot_be_used_is_said_and_not_imported(): void {
		$made  = self::export();
		$known = Site::php( self::SAVED );

		$made['settings']['quota'] = 'many';
		self::assertSame( array( 'quota' ), array_column( self::import( $made, true )->json()['flaws'], 'path' ) );
		$error = self::assert_error( 400, 'invalid_settings', self::import( $made ) );
		self::assertSame( array( 'quota' ), array_column( $error['data']['flaws'], 'path' ) );
		self::assertSame( $known, Site::php( self::SAVED ) );
	}

	public function test_what_is_no_export_is_refused_by_name(): void {
		foreach ( array( array(), array( 'format' => 'x' ), array( 'format' => 'ai-secure-proxy-settings' ), array( 'settings' => array() ) ) as $export ) {
			self::assertStringContainsString( 'export', self::assert_error( 400, 'invalid_request', self::import( $export + array( 'plugin' => '0' ) ) )['message'] );
		}
	}

	public function test_somebody_elses_change_is_not_overwritten(): void {
		self::assert_error( 409, 'conflict', self::import( self::export(), false, 'old' ) );
	}

	public function test_keys_that_wp_config_sets_are_not_taken_over(): void {
		$made = self::export();
		Site::mu_plugin( 'define( "AISP_SETTINGS", array( "timeout_ms" => 7000 ) );' );
		$made['settings']['timeout_ms'] = 9000;
		$said                           = self::import( $made )->json();
		self::assertSame( array( 'timeout_ms' ), $said['locked'] );
		self::assertArrayNotHasKey( 'timeout_ms', Site::php( self::SAVED ) );
	}
}
