<?php
/**
 * GET and PUT /settings, and the constant AISP_SETTINGS, which wins.
 */

declare( strict_types=1 );

final class SettingsTest extends SiteTestCase {

	private const SAVED = 'return get_option( "aisp_settings" );';

	private const HEADER = 'the-secret-of-a-header';

	private static function settings(): array {
		$reply = Http::get( '/settings' );
		self::assertSame( 200, $reply->status, $reply->body );
		return $reply->json();
	}

	private static function put( mixed $settings, ?string $version = null, ?string $login = 'admin' ): Reply {
		return Http::send( self::put_call( $settings, $version ?? self::settings()['version'], $login ) );
	}

	private static function put_call( mixed $settings, string $version, ?string $login = 'admin' ): array {
		return array( 'method' => 'PUT' ) + Http::post_call( '/settings', compact( 'settings', 'version' ), $login );
	}

	public function test_what_there_is_what_counts_and_what_would_without(): void {
		Site::policy( self::policy( array( 'timeout_ms' => 9000 ) ) );
		$said = self::settings();
		self::assertSame( 9000, $said['settings']['timeout_ms'] );
		self::assertSame( array( 9000, 15000 ), array( $said['effective']['timeout_ms'], $said['defaults']['timeout_ms'] ) );
		self::assertSame( 'gpt-4o-mini', $said['defaults']['default_model'] );
		self::assertSame( array(), $said['flaws'] );
		self::assertFalse( $said['filtered'] );
		$keys = array_column( $said['secrets'], null, 'name' );
		self::assertSame( array( 'providers.mock', true, true ), array( $keys['AISP_TEST_KEY']['for'], $keys['AISP_TEST_KEY']['set'], $keys['AISP_TEST_KEY']['usable'] ) );
	}

	public function test_who_does_not_manage_the_proxy_neither_reads_nor_saves(): void {
		$version = self::settings()['version'];
		foreach ( array( '/settings', '/settings/export' ) as $route ) {
			self::assert_error( 403, 'forbidden', Http::get( $route, 'editor' ) );
			self::assert_error( 401, 'unauthorized', Http::get( $route, null ) );
		}
		self::assert_error( 403, 'forbidden', self::put( array(), $version, 'editor' ) );
		self::assert_error( 401, 'unauthorized', self::put( array(), $version, null ) );
		$import = array(
			'export'  => array( 'format' => 'x' ),
			'version' => $version,
		);
		self::assert_error( 403, 'forbidden', Http::send( Http::post_call( '/settings/import', $import, 'editor' ) ) );
	}

	public function test_what_is_saved_counts_and_is_told(): void {
		$said  = self::settings();
		$reply = self::put( array( 'max_prompt_chars' => 5 ) + $said['settings'] );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertSame( 5, $reply->json()['settings']['max_prompt_chars'] );
		self::assertNotSame( $said['version'], $reply->json()['version'] );
		self::assert_error( 400, 'invalid_request', Http::infer( array( 'prompt' => 'longer than five' ) ) );
	}

	/** @dataProvider flaws */
	public function test_a_flaw_is_said_with_its_path_and_nothing_is_saved( array $settings, string ...$paths ): void {
		$before = Site::php( self::SAVED );
		$error  = self::assert_error( 400, 'invalid_settings', self::put( $settings ) );
		self::assertSame( $paths, array_column( $error['data']['flaws'], 'path' ) );
		foreach ( $error['data']['flaws'] as $flaw ) {
			self::assertNotSame( '', $flaw['message'] );
		}
		self::assertSame( $before, Site::php( self::SAVED ) );
	}

	public static function flaws(): array {
		$provider = static fn( array $provider ): array => array( 'providers' => array( 'own' => $provider ) );
		return array(
			'no kind'        => array( $provider( array( 'base_url' => 'https://llm.example/v1' ) ), 'providers.own.kind' ),
			'no address'     => array( $provider( array( 'kind' => 'openai_chat' ) ), 'providers.own.base_url' ),
			'a key itself'   => array(
				$provider(
					array(
						'kind'     => 'openai_chat',
						'base_url' => 'https://llm.example/v1',
						'key_env'  => 'sk-proj-123',
					)
				),
				'providers.own.key_env',
			),
			'a header alone' => array(
				$provider(
					array(
						'kind'     => 'openai_chat',
						'base_url' => 'https://llm.example/v1',
						'headers'  => array( 'X-Team' => null ),
					)
				),
				'providers.own.headers.X-Team',
			),
			'no list'        => array( array( 'quota' => 'many' ), 'quota' ),
			'a list'         => array( array( 1 ), '0' ),
			'unknown'        => array( array( 'qouta' => array() ), 'qouta' ),
			'several'        => array(
				array(
					'timeout_ms' => 0,
					'cache'      => array( 'ttl' => -1 ),
					'origins'    => array( '*' ),
				),
				'cache.ttl',
				'timeout_ms',
				'origins.0',
			),
		);
	}

	/** @dataProvider bodies */
	public function test_a_bad_body_is_the_callers_fault( string $body ): void {
		foreach ( array( array( 'PUT', '/settings' ), array( 'POST', '/settings/import' ) ) as list( $method, $route ) ) {
			$reply = Http::send( array( 'method' => $method ) + Http::post_call( $route, $body, 'admin' ) );
			self::assertSame( 400, $reply->status, "$route: $body: $reply->body" );
		}
	}

	public static function bodies(): array {
		return array_map(
			static fn( string $body ): array => array( $body ),
			array( '', '{', '5', 'null', '"x"', '[]', '{"settings": 5, "export": 5, "version": "x"}', '{"settings": {}, "export": {}}', '{"settings": {}, "export": {}, "version": {}}', "{\"settings\": {\"a\": \"\xff\"}, \"version\": \"x\"}" )
		);
	}

	public function test_of_many_who_save_the_same_version_one_succeeds(): void {
		$said  = self::settings();
		$calls = array_map( static fn( int $n ): array => self::put_call( array( 'timeout_ms' => $n ) + $said['settings'], $said['version'] ), range( 1001, 1008 ) );
		$codes = array_count_values( array_map( static fn( Reply $reply ): int => $reply->status, Http::send_all( $calls ) ) );
		self::assertSame(
			array(
				200 => 1,
				409 => 7,
			),
			array_replace(
				array(
					200 => 0,
					409 => 0,
				),
				$codes
			)
		);
		self::assert_error( 409, 'conflict', self::put( array(), $said['version'] ) );
		self::assertSame( 200, self::put( $said['settings'] )->status, 'the lock is free again' );
	}

	public function test_a_headers_value_is_kept_and_never_shown(): void {
		Site::policy( self::policy( array( 'providers' => array( 'mock' => self::provider( array( 'headers' => array( 'X-Team' => self::HEADER ) ) ) ) ) ) );
		$reply = Http::get( '/settings' );
		self::assertStringNotContainsString( self::HEADER, $reply->body );
		$settings = $reply->json()['settings'];
		self::assertSame( array( 'X-Team' => null ), $settings['providers']['mock']['headers'] );

		$settings['timeout_ms'] = 8000;
		$reply                  = self::put( $settings );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertStringNotContainsString( self::HEADER, $reply->body );
		$saved = Site::php( self::SAVED );
		self::assertSame( array( 8000, self::HEADER ), array( $saved['timeout_ms'], $saved['providers']['mock']['headers']['X-Team'] ) );

		$settings['providers']['mock']['headers'] = array( 'X-Team' => 'another' );
		self::assertSame( 200, self::put( $settings )->status );
		self::assertSame( 'another', Site::php( self::SAVED )['providers']['mock']['headers']['X-Team'] );
	}

	public function test_settings_that_were_bad_before_are_shown_with_their_flaws_and_can_be_mended(): void {
		Site::policy( self::policy( array( 'quota' => 5 ) ) );
		$said = self::settings();
		self::assertNull( $said['effective'] );
		self::assertSame( array( 'quota' ), array_column( $said['flaws'], 'path' ) );
		unset( $said['settings']['quota'] );
		self::assertSame( 200, self::put( $said['settings'] )->status );
	}

	public function test_what_wp_config_sets_wins_and_cannot_be_changed(): void {
		Site::policy( self::policy( array( 'timeout_ms' => 9000 ) ) );
		Site::mu_plugin( 'define( "AISP_SETTINGS", array( "max_prompt_chars" => 5, "proxies" => array( "192.0.2.1" ) ) );' );
		self::assert_error( 400, 'invalid_request', Http::infer( array( 'prompt' => 'longer than five' ) ) );

		$said = self::settings();
		self::assertSame( array( 'max_prompt_chars', 'proxies' ), array_keys( $said['locked'] ) );
		self::assertSame( array( 5, 9000 ), array( $said['effective']['max_prompt_chars'], $said['effective']['timeout_ms'] ) );
		self::assertArrayNotHasKey( 'max_prompt_chars', $said['settings'] );

		$error = self::assert_error( 400, 'invalid_settings', self::put( array( 'max_prompt_chars' => 8000 ) + $said['settings'] ) );
		self::assertSame( 'max_prompt_chars', $error['data']['flaws'][0]['path'] );
		self::assertStringContainsString( 'AISP_SETTINGS', $error['data']['flaws'][0]['message'] );
		self::assertSame( 200, self::put( array( 'timeout_ms' => 8000 ) + $said['settings'] )->status, 'the rest can' );
	}

	public function test_a_constant_that_is_no_array_stops_all_calls_by_its_name(): void {
		Site::mu_plugin( 'define( "AISP_SETTINGS", "{\"quota\": []}" );' );
		self::assertSame( 500, Http::infer( array( 'prompt' => self::fresh() ) )->status );
		self::assertStringContainsString( 'AISP_SETTINGS', Site::php( 'return AI_Secure_Proxy\Site_Health::test();' )['description'] );
		self::assertStringContainsString( 'AISP_SETTINGS', self::settings()['flaws'][0]['message'] );
	}

	public function test_the_epoch_of_a_cache_that_wp_config_sets_is_not_counted_in_vain(): void {
		Site::mu_plugin( 'define( "AISP_SETTINGS", array( "cache" => array( "ttl" => 60 ) ) );' );
		$error = self::assert_error( 409, 'conflict', Http::send( Http::post_call( '/cache/invalidate', array( 'epoch' => true ), 'admin' ) ) );
		self::assertStringContainsString( 'AISP_SETTINGS', $error['message'] );
	}

	public function test_how_long_the_log_is_kept_is_saved_with_the_rest_or_not_at_all(): void {
		Site::php( 'delete_option( "aisp_log" );' );
		$said = self::settings();
		self::assertSame( $said['defaults']['log'], $said['log'] );
		$put = static fn( array $settings, array $log, string $version ): Reply => Http::send( array( 'method' => 'PUT' ) + Http::post_call( '/settings', compact( 'settings', 'log', 'version' ), 'admin' ) );

		$error = self::assert_error( 400, 'invalid_settings', $put( array( 'quota' => 5 ), array( 'days' => -1, 'dais' => 3 ), $said['version'] ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( array( 'quota', 'log.days', 'log.dais' ), array_column( $error['data']['flaws'], 'path' ) );
		self::assert_error( 400, 'invalid_settings', $put( array( 'quota' => 5 ), array( 'days' => 7 ), $said['version'] ) );
		self::assertSame( $said['log'], self::settings()['log'] );

		$reply = $put( $said['settings'], array( 'days' => 7 ), $said['version'] );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertSame( array( 'days' => 7 ) + $said['log'], $reply->json()['log'] );
		self::assert_error( 409, 'conflict', $put( $said['settings'], array( 'days' => 8 ), $said['version'] ) );
		self::assertSame( 200, self::put( $said['settings'] )->status );
		self::assertSame( 7, self::settings()['log']['days'], 'unsaid, it stays' );
		Site::php( 'delete_option( "aisp_log" );' );
	}

	public function test_a_filter_that_may_change_them_is_told(): void {
		Site::mu_plugin( 'add_filter( "aisp_policy", static fn( $policy ) => $policy );' );
		self::assertTrue( self::settings()['filtered'] );
	}
}
