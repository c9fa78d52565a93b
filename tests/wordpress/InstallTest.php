<?php
/**
 * Coming, growing and going: the table, the capabilities, the event.
 */

declare( strict_types=1 );

final class InstallTest extends SiteTestCase {

	private const COLUMNS = array(
		'id',
		'uid',
		'user_id',
		'route',
		'req_hash',
		'tokens_in',
		'tokens_out',
		'duration_ms',
		'status_code',
		'error',
		'created_at',
		'provider',
		'model',
		'cached',
		'attempts',
		'cost_microusd',
		'client',
		'source',
		'request_id',
	);

	protected function tearDown(): void {
		Site::php( 'delete_option( "aisp_uninstall_data" ); delete_option( "aisp_schema" ); AI_Secure_Proxy\Installer::activate();' );
		parent::tearDown();
	}

	public function test_activation_left_what_the_plugin_needs(): void {
		self::assertSame( self::COLUMNS, $this->columns() );
		self::assertEqualsCanonicalizing( array( 'PRIMARY', 'uid', 'created_at', 'user_created', 'status_created', 'model_created', 'route_created' ), $this->indexes() );
		self::assertSame(
			array(
				'administrator' => array( true, true ),
				'editor'        => array( true, false ),
				'author'        => array( true, false ),
				'contributor'   => array( true, false ),
				'subscriber'    => array( false, false ),
			),
			$this->capabilities()
		);
		self::assertSame( 60, Site::php( 'return wp_get_scheduled_event( "aisp_drain_log" )->interval;' ) );
	}

	public function test_installing_again_changes_nothing(): void {
		$again = Site::php(
			'require_once ABSPATH . "wp-admin/includes/upgrade.php";
			$said = array();
			add_filter( "query", static function ( $sql ) use ( &$said ) { if ( preg_match( "/^(ALTER|CREATE)/", $sql ) ) { $said[] = $sql; } return $sql; } );
			AI_Secure_Proxy\Installer::install();
			return array( $said, count( _get_cron_array() ) );'
		);
		self::assertSame( array(), $again[0], 'dbDelta finds nothing to do' );
		self::assertSame( self::COLUMNS, $this->columns() );
	}

	public function test_an_older_table_is_brought_up_to_date_by_the_next_request(): void {
		Site::php( 'AI_Secure_Proxy\Log\Table::insert( array( array( "uid" => "old", "created_at" => 1, "user_id" => 3 ) ) );' );
		Site::db()->exec( 'ALTER TABLE wp_aisp_logs DROP COLUMN request_id, DROP COLUMN source, DROP INDEX model_created' );
		Site::db()->exec( 'UPDATE wp_options SET option_value = "0" WHERE option_name = "aisp_schema"' );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ) )->status );
		self::assertEqualsCanonicalizing( self::COLUMNS, $this->columns() );
		self::assertContains( 'model_created', $this->indexes() );
		self::assertSame( '3', (string) Site::value( 'SELECT user_id FROM wp_aisp_logs WHERE uid = "old"' ) );
		self::assertSame( '1', Site::value( 'SELECT option_value FROM wp_options WHERE option_name = "aisp_schema"' ) );
	}

	public function test_an_upgrade_does_not_give_back_what_was_taken(): void {
		Site::php( 'get_role( "author" )->remove_cap( "aisp_infer" ); update_option( "aisp_schema", 0 );' );
		Site::php( 'return 1;' );
		self::assertSame( array( false, false ), $this->capabilities()['author'] );
	}

	public function test_deactivation_ends_the_event_and_keeps_the_data(): void {
		$left = Site::php(
			'deactivate_plugins( "ai-secure-proxy/ai-secure-proxy.php" );
			$left = wp_next_scheduled( "aisp_drain_log" );
			activate_plugin( "ai-secure-proxy/ai-secure-proxy.php" );
			return array( $left, is_int( wp_next_scheduled( "aisp_drain_log" ) ) );'
		);
		self::assertSame( array( false, true ), $left );
		self::assertSame( self::COLUMNS, $this->columns() );
	}

	public function test_uninstall_keeps_everything_unless_asked(): void {
		$this->uninstall();
		self::assertSame( self::COLUMNS, $this->columns() );
		self::assertSame( array( true, true ), $this->capabilities()['administrator'] );
	}

	public function test_uninstall_takes_everything_when_asked(): void {
		Site::php( 'update_option( "aisp_uninstall_data", true ); add_post_meta( 1, AI_Secure_Proxy\Jobs\Ended::WRITTEN . md5( "summary" ), "job_1/0" );' );
		$left = $this->uninstall();
		self::assertSame( array(), Site::db()->query( 'SHOW TABLES LIKE "wp_aisp%"' )->fetchAll() );
		self::assertSame( array(), Site::db()->query( 'SELECT option_name FROM wp_options WHERE option_name LIKE "%aisp%"' )->fetchAll() );
		self::assertSame( array(), Site::db()->query( 'SELECT meta_key FROM wp_postmeta WHERE meta_key LIKE "%aisp%"' )->fetchAll() );
		self::assertSame( 0, substr_count( $left['cron'], 'aisp' ) );
		self::assertSame( 0, substr_count( $left['roles'], 'aisp' ) );
	}

	/** Like WordPress when the plugin is deleted: it is not active, so none of it is loaded. */
	private function uninstall(): array {
		$off = 'define( "WP_UNINSTALL_PLUGIN", "ai-secure-proxy/ai-secure-proxy.php" ); $GLOBALS["wp_filter"]["pre_option_active_plugins"][10][] = array( "function" => static fn() => array(), "accepted_args" => 0 );';
		return Site::php(
			'if ( class_exists( "AI_Secure_Proxy\Plugin" ) ) {
				throw new Exception( "the plugin is loaded" );
			}
			require WP_PLUGIN_DIR . "/ai-secure-proxy/uninstall.php";
			wp_cache_flush();
			return array( "cron" => json_encode( get_option( "cron" ) ), "roles" => json_encode( get_option( "wp_user_roles" ) ) );',
			null,
			array(),
			$off
		);
	}

	private function columns(): array {
		return array_column( Site::db()->query( 'SHOW COLUMNS FROM wp_aisp_logs' )->fetchAll( PDO::FETCH_ASSOC ), 'Field' );
	}

	private function indexes(): array {
		return array_values( array_unique( array_column( Site::db()->query( 'SHOW INDEX FROM wp_aisp_logs' )->fetchAll( PDO::FETCH_ASSOC ), 'Key_name' ) ) );
	}

	/** Role => whether it has aisp_infer, aisp_manage. */
	private function capabilities(): array {
		return Site::php(
			'$has = array();
			foreach ( array( "administrator", "editor", "author", "contributor", "subscriber" ) as $name ) {
				$has[ $name ] = array( get_role( $name )->has_cap( "aisp_infer" ), get_role( $name )->has_cap( "aisp_manage" ) );
			}
			return $has;'
		);
	}
}
