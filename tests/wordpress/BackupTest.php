<?php
/**
 * `wp aisp backup` while calls go on, and `wp aisp restore` into a site that has nothing yet.
 */

declare( strict_types=1 );

final class BackupTest extends SiteTestCase {

	private string $folder;

	protected function setUp(): void {
		parent::setUp();
		$this->folder = Site::php( '$folder = sys_get_temp_dir() . "/aisp-backups-" . wp_generate_uuid4(); mkdir( $folder, 0700 ); return $folder;' );
	}

	protected function tearDown(): void {
		Site::php( '$remove = static function ( string $path ) use ( &$remove ): void { if ( is_dir( $path ) ) { array_map( $remove, glob( "$path/*" ) ); rmdir( $path ); } else { unlink( $path ); } }; $remove( $in ); delete_option( "aisp_log" );', $this->folder );
		parent::tearDown();
	}

	public function test_what_was_kept_is_there_again_in_a_fresh_site(): void {
		Site::policy( self::policy( array( 'providers' => array( 'mock' => self::provider( array( 'headers' => array( 'X-Team' => 'a-secret-of-ours' ) ) ) ) ) ) );
		Site::php( 'update_option( "aisp_log", array( "days" => 7, "rows" => 0, "hour" => 4 ) );' );
		$prompt = self::fresh();
		self::provider_says( 'Kept.' );
		Http::infer( array( 'prompt' => $prompt ) );
		Http::infer( array( 'prompt' => '' ) );
		$calls = Site::start( 'for ( $i = 0; $i < 200; $i++ ) { try { aisp_infer( array( "prompt" => "" ), AI_Secure_Proxy\Access::caller( "cli", "cli" ) ); } catch ( Aisp\InvalidRequest $e ) {} }' );
		$said  = self::wp( 'backup', "$this->folder/one" );
		Site::wait( $calls );
		self::assertSame( array( 'warning', 'success' ), array_column( $said, 0 ), json_encode( $said ) );
		self::assertStringContainsString( 'providers.mock.headers', $said[0][1] );

		$manifest = json_decode( $this->file( 'manifest.json' ), true, 512, JSON_THROW_ON_ERROR );
		self::assertSame( 'ai-secure-proxy-backup', $manifest['format'] );
		self::assertGreaterThanOrEqual( 2, $manifest['rows'] );
		self::assertSame( $manifest['rows'], substr_count( $this->file( 'log.jsonl' ), "\n" ) );
		foreach ( $manifest['files'] as $name => $facts ) {
			self::assertSame( $facts['sha256'], hash( 'sha256', $this->file( $name ) ), $name );
		}
		self::assertStringNotContainsString( 'a-secret-of-ours', $this->file( 'settings.json' ) . $this->file( 'manifest.json' ) );
		self::assertSame( array( 0700, 0600, 0600, 0600, 0600 ), Site::php( 'return array_map( static fn( $path ) => fileperms( $path ) & 0777, array( $in, ...glob( "$in/*" ) ) );', "$this->folder/one" ) );

		// A fresh site, as far as the proxy goes: no log, no settings, a store that was never used.
		$log = array_slice( Site::log(), 0, 2 );
		Site::db()->exec( 'TRUNCATE TABLE wp_aisp_logs' );
		Site::db()->exec( 'TRUNCATE TABLE wp_aisp_log_kinds' );
		Site::db()->exec( 'DELETE FROM wp_options WHERE option_name IN ("aisp_settings", "aisp_log")' );
		$store = "$this->folder/fresh/aisp.db";
		$pool  = tempnam( sys_get_temp_dir(), 'pool' );
		file_put_contents( $pool, file_get_contents( (string) getenv( 'SITE_POOL' ) ) . "php_admin_value[aisp.store] = sqlite:$store\n" );
		try {
			Site::php( 'mkdir( $in, 0700 );', dirname( $store ) );
			Site::up( array( 'SITE_POOL' => $pool ) );
			self::assertSame( 'confirm', self::wp( 'restore', "$this->folder/one" )[0][0] );
			self::assertSame( array(), self::logs() );
			$said = self::wp( 'restore', "$this->folder/one", '--yes' );
			self::assertSame( array( 'warning', 'success' ), array_slice( array_column( $said, 0 ), 0, 2 ), json_encode( $said ) );
			self::assertSame( array( 'success', '0 log records came in.' ), self::wp( 'restore', "$this->folder/one", '--yes', '--skip-settings' )[0], 'what is there is there once' );
			$steps = array_column( $said, 1 );
			self::assertStringContainsString( 'install -m 600 -o ', implode( "\n", $steps ) );

			// As the last lines say: end PHP, put the store in its place, start PHP.
			$commands = array_values( array_filter( $steps, static fn( string $step ): bool => 1 === preg_match( '/^  (rm|install) /', $step ) ) );
			self::assertCount( 2, $commands );
			self::assertStringContainsString( $store, $commands[1], 'the place is that of this site' );
			Site::down();
			foreach ( $commands as $command ) {
				exec( $command . ' 2>&1', $output, $exit );
				self::assertSame( 0, $exit, implode( "\n", $output ) );
			}
			Site::up( array( 'SITE_POOL' => $pool ) );

			$again = Http::infer( array( 'prompt' => $prompt ) )->json();
			self::assertSame( array( true, 'Kept.' ), array( $again['cached'], $again['result']['text'] ), 'an answer of before' );
			$rows = Site::log();
			foreach ( $log as $i => $row ) {
				self::assertSame( array_diff_key( $row, array( 'id' => 0 ) ), array_diff_key( $rows[ $i ], array( 'id' => 0 ) ) );
			}
			self::assertCount( count( array_unique( array_column( $rows, 'uid' ) ) ), $rows );
			self::assertSame( 2, (int) Http::get( '/logs?route=/infer&before=' . gmdate( 'Y-m-d\TH:i:s\Z', strtotime( $rows[1]['created_at'] . 'Z' ) + 1 ) )->header( 'X-WP-Total' ), 'filters find them' );
			self::assertSame( 7, Site::php( 'return AI_Secure_Proxy\Log\Retention::settings()["days"];' ) );
			self::assertSame( 'mock-1', Site::php( 'return get_option( "aisp_settings" )["default_model"];' ) );
		} finally {
			Site::up( array() );
			unlink( $pool );
		}
	}

	public function test_a_secret_that_is_in_no_backup_stays_where_it_is(): void {
		$with = fn( array $changes ): array => self::policy( $changes + array( 'providers' => array( 'mock' => self::provider( array( 'headers' => array( 'X-Team' => $changes ? 'the-new-one' : 'the-old-one' ) ) ) ) ) );
		Site::policy( $with( array() ) );
		self::wp( 'backup', "$this->folder/one" );
		Site::policy( $with( array( 'default_model' => null ) ) );
		self::wp( 'restore', "$this->folder/one", '--yes' );
		$settings = Site::php( 'return get_option( "aisp_settings" );' );
		self::assertSame( array( 'mock-1', array( 'X-Team' => 'the-new-one' ) ), array( $settings['default_model'], $settings['providers']['mock']['headers'] ) );
	}

	public function test_settings_that_the_module_cannot_work_with_are_named_and_left_out(): void {
		self::wp( 'backup', "$this->folder/one" );
		Site::php( '$file = "$in/settings.json"; $text = str_replace( "\"default_model\": \"mock-1\"", "\"default_model\": 7", file_get_contents( $file ) ); file_put_contents( $file, $text ); $manifest = json_decode( file_get_contents( "$in/manifest.json" ), true ); $manifest["files"]["settings.json"]["sha256"] = hash( "sha256", $text ); file_put_contents( "$in/manifest.json", json_encode( $manifest ) );', "$this->folder/one" );
		$before = Site::php( 'return get_option( "aisp_settings" );' );
		$said   = self::wp( 'restore', "$this->folder/one", '--yes' );
		self::assertSame( 'error', $said[0][0] );
		self::assertStringContainsString( 'default_model', $said[0][1] );
		self::assertSame( $before, Site::php( 'return get_option( "aisp_settings" );' ) );
	}

	public function test_a_backup_goes_where_nobody_can_fetch_it_and_nothing_is(): void {
		foreach ( array( getenv( 'SITE_ROOT' ) . '/wp-content/uploads/backup', getenv( 'SITE_ROOT' ) . '/backup', $this->folder, '/nowhere/backup' ) as $path ) {
			$said = self::wp( 'backup', $path );
			self::assertSame( array( 'error' ), array_column( $said, 0 ), $path );
		}
		self::assertSame( array(), Site::php( 'return glob( "$in/*" );', $this->folder ) );
	}

	public function test_what_is_no_whole_backup_is_refused(): void {
		self::assertSame( 'error', self::wp( 'restore', $this->folder, '--yes' )[0][0], 'an empty folder' );
		self::assertSame( 'error', self::wp( 'restore', "$this->folder/none", '--yes' )[0][0] );
		self::assertSame( 'success', self::wp( 'backup', "$this->folder/one" )[0][0] );
		Site::php( 'file_put_contents( "$in/log.jsonl", "{}\n", FILE_APPEND );', "$this->folder/one" );
		self::assertStringContainsString( 'log.jsonl', self::wp( 'restore', "$this->folder/one", '--yes' )[0][1] );
		self::assertSame( 'success', self::wp( 'backup', "$this->folder/two" )[0][0] );
		Site::php( '$file = "$in/manifest.json"; file_put_contents( $file, str_replace( "\"schema\": " . AI_Secure_Proxy\Log\Table::VERSION, "\"schema\": 99", file_get_contents( $file ) ) );', "$this->folder/two" );
		self::assertStringContainsString( 'newer version', self::wp( 'restore', "$this->folder/two", '--yes' )[0][1] );
	}

	private function file( string $name ): string {
		return (string) base64_decode( Site::php( 'return base64_encode( file_get_contents( $in ) );', "$this->folder/one/$name" ) );
	}
}
