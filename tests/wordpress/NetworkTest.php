<?php
/**
 * A network of sites: a second WordPress in the same database, driven from the command line.
 */

declare( strict_types=1 );

final class NetworkTest extends SiteTestCase {

	private const PLUGIN = 'ai-secure-proxy/ai-secure-proxy.php';

	public static function setUpBeforeClass(): void {
		Site::php(
			'require_once ABSPATH . "wp-admin/includes/upgrade.php";
			add_filter( "pre_wp_mail", "__return_true" );
			wp_install( "Network", "root", "root@example.test", false, "", wp_generate_password() );
			foreach ( $GLOBALS["wpdb"]->tables( "ms_global" ) as $name => $table ) {
				$GLOBALS["wpdb"]->$name = $table;
			}
			install_network();
			populate_network( 1, $_SERVER["HTTP_HOST"], "root@example.test", "Network", "/", false );',
			null,
			array( 'AISP_TEST_NETWORK' => 'new' ),
			'define( "WP_INSTALLING", true );'
		);
	}

	public static function tearDownAfterClass(): void {
		foreach ( Site::db()->query( 'SHOW TABLES LIKE "net\\_%"' )->fetchAll( PDO::FETCH_COLUMN ) as $table ) {
			Site::db()->exec( "DROP TABLE `$table`" );
		}
	}

	public function test_every_site_of_a_network_gets_its_own_and_gives_it_back(): void {
		// WordPress's own code for networks is deprecated in PHP 8.
		$this->expect_php_log( '/^(\[[^\]]*\] PHP Deprecated:  (?:\w+\(\): )?Optional parameter \$meta [^\n]*\/wp-includes\/ms-functions\.php on line \d+\n)*$/' );
		$second = $this->run_in_network( 'return wp_insert_site( array( "domain" => $_SERVER["HTTP_HOST"], "path" => "/two/", "title" => "Two", "user_id" => 1 ) );' );
		self::assertSame( 2, $second );

		$this->run_in_network( '$failed = activate_plugin( $in, "", true ); if ( is_wp_error( $failed ) ) { throw new Exception( $failed->get_error_message() ); }', self::PLUGIN );
		self::assertSame( array( 'net_2_aisp_log_kinds', 'net_2_aisp_logs', 'net_aisp_log_kinds', 'net_aisp_logs' ), $this->tables(), 'network activation' );

		$third = $this->run_in_network( 'return wp_insert_site( array( "domain" => $_SERVER["HTTP_HOST"], "path" => "/three/", "title" => "Three", "user_id" => 1 ) );' );
		self::assertSame( array( 'net_2_aisp_log_kinds', 'net_2_aisp_logs', "net_{$third}_aisp_log_kinds", "net_{$third}_aisp_logs", 'net_aisp_log_kinds', 'net_aisp_logs' ), $this->tables(), 'a new site' );
		self::assertSame( array_fill( 0, 3, array( true, true, true ) ), $this->each_site() );

		$this->run_in_network( 'wp_delete_site( $in );', $third );
		self::assertSame( array( 'net_2_aisp_log_kinds', 'net_2_aisp_logs', 'net_aisp_log_kinds', 'net_aisp_logs' ), $this->tables(), 'a deleted site' );

		$this->run_in_network( 'deactivate_plugins( $in, false, true );', self::PLUGIN );
		self::assertSame( array_fill( 0, 2, array( true, true, false ) ), $this->each_site(), 'deactivated' );

		$uninstall = 'define( "WP_UNINSTALL_PLUGIN", $in ); require WP_PLUGIN_DIR . "/ai-secure-proxy/uninstall.php";';
		$this->run_in_network( 'switch_to_blog( 2 ); update_option( "aisp_uninstall_data", true ); restore_current_blog();' . $uninstall, self::PLUGIN );
		self::assertSame( array( 'net_aisp_log_kinds', 'net_aisp_logs' ), $this->tables(), 'one site asked for it' );

		$this->run_in_network( 'update_site_option( "aisp_uninstall_data", true );' . $uninstall, self::PLUGIN );
		self::assertSame( array(), $this->tables(), 'the network asked for it' );
		self::assertSame( array_fill( 0, 2, array( false, false, false ) ), $this->each_site() );
	}

	/** For each site: aisp_infer for authors, aisp_manage for administrators, the event. */
	private function each_site(): array {
		return $this->run_in_network(
			'$found = array();
			foreach ( get_sites( array( "fields" => "ids" ) ) as $id ) {
				switch_to_blog( $id );
				$found[] = array( get_role( "author" )->has_cap( "aisp_infer" ), get_role( "administrator" )->has_cap( "aisp_manage" ), is_int( wp_next_scheduled( "aisp_drain_log" ) ) );
				restore_current_blog();
			}
			return $found;'
		);
	}

	private function tables(): array {
		return Site::db()->query( 'SHOW TABLES LIKE "net%aisp_log%"' )->fetchAll( PDO::FETCH_COLUMN );
	}

	private function run_in_network( string $code, mixed $in = null ): mixed {
		return Site::php( $code, $in, array( 'AISP_TEST_NETWORK' => 'ready' ) );
	}
}
