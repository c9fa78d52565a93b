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
		'kind',
		'tokens',
	);

	private const KEYS = array( 'PRIMARY', 'uid', 'req_hash', 'by_user', 'by_created_at', 'by_duration_ms', 'by_cost_microusd', 'by_tokens', 'kind_created_at', 'kind_duration_ms', 'kind_cost_microusd', 'kind_tokens' );

	/** Site::php(): as many calls as one likes. */
	private const FILL = '$argv = array( 0, $in ); require getenv( "SITE_TESTS" ) . "/bench/log-rows.php";';

	/** The table as version 1 had it. */
	private const FIRST_TABLE = 'CREATE TABLE wp_aisp_logs (
		id bigint(20) unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, uid varchar(64) NOT NULL UNIQUE, user_id bigint(20) unsigned NOT NULL DEFAULT 0,
		route varchar(191) NOT NULL DEFAULT "", req_hash char(64) NOT NULL DEFAULT "", tokens_in int(10) unsigned NOT NULL DEFAULT 0,
		tokens_out int(10) unsigned NOT NULL DEFAULT 0, duration_ms int(10) unsigned NOT NULL DEFAULT 0, status_code smallint(5) unsigned NOT NULL DEFAULT 0,
		error varchar(64) DEFAULT NULL, created_at datetime NOT NULL, provider varchar(64) NOT NULL DEFAULT "", model varchar(191) NOT NULL DEFAULT "",
		cached tinyint(1) unsigned NOT NULL DEFAULT 0, attempts smallint(5) unsigned NOT NULL DEFAULT 0, cost_microusd bigint(20) unsigned DEFAULT NULL,
		client varchar(191) NOT NULL DEFAULT "", source varchar(191) NOT NULL DEFAULT "", request_id varchar(64) NOT NULL DEFAULT "",
		KEY created_at (created_at), KEY user_created (user_id,created_at), KEY status_created (status_code,created_at),
		KEY model_created (model,created_at), KEY route_created (route,created_at)
	) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci';

	protected function tearDown(): void {
		Site::php( 'delete_option( "aisp_uninstall_data" ); delete_option( "aisp_schema" ); AI_Secure_Proxy\Installer::activate();' );
		parent::tearDown();
	}

	public function test_activation_left_what_the_plugin_needs(): void {
		self::assertSame( self::COLUMNS, $this->columns() );
		self::assertEqualsCanonicalizing( self::KEYS, $this->indexes() );
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

	public function test_a_table_of_version_1_is_brought_up_to_date_by_the_next_request(): void {
		Site::php( self::FILL, 1200 );
		$records = Site::log();
		$kinds   = self::kinds();
		Site::db()->exec( 'RENAME TABLE wp_aisp_logs TO wp_aisp_new' );
		Site::db()->exec( self::FIRST_TABLE );
		$columns = implode( ',', array_slice( self::COLUMNS, 0, -2 ) );
		Site::db()->exec( "INSERT INTO wp_aisp_logs ($columns) SELECT $columns FROM wp_aisp_new" );
		Site::db()->exec( 'DROP TABLE wp_aisp_new, wp_aisp_log_kinds' );
		Site::db()->exec( 'UPDATE wp_options SET option_value = "1" WHERE option_name = "aisp_schema"' );
		self::assertSame( 200, Http::get( '/status' )->status );
		self::assertSame( self::COLUMNS, $this->columns() );
		self::assertEqualsCanonicalizing( self::KEYS, $this->indexes() );
		self::assertSame( '2', Site::value( 'SELECT option_value FROM wp_options WHERE option_name = "aisp_schema"' ) );
		self::assertSame( $records, Site::log(), 'the database gives each row the kind that PHP gives it' );
		self::assertGreaterThan( 50, count( $kinds ) );
		self::assertSame( $kinds, self::kinds() );
	}

	public function test_while_one_request_rebuilds_the_table_the_others_go_on(): void {
		$lock = Site::start( 'AI_Secure_Proxy\Log\Lock::take( 5 ); update_option( "aisp_schema", 0 ); sleep( 3 );' );
		self::eventually( static fn(): bool => '0' === Site::value( 'SELECT option_value FROM wp_options WHERE option_name = "aisp_schema"' ), 'locked' );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ) )->status );
		self::assertSame( '0', Site::value( 'SELECT option_value FROM wp_options WHERE option_name = "aisp_schema"' ) );
		Site::wait( $lock );
		self::assertSame( 200, Http::get( '/status' )->status );
		self::assertSame( '2', Site::value( 'SELECT option_value FROM wp_options WHERE option_name = "aisp_schema"' ) );
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

	private static function kinds(): array {
		return Site::db()->query( 'SELECT DISTINCT k.* FROM wp_aisp_log_kinds k JOIN wp_aisp_logs USING (kind) ORDER BY kind' )->fetchAll( PDO::FETCH_ASSOC );
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
