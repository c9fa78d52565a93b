<?php
/**
 * What the plugin leaves in a site (table, capabilities, event), and how it comes and goes.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

use AI_Secure_Proxy\Jobs\Ended;
use AI_Secure_Proxy\Jobs\Runs;
use AI_Secure_Proxy\Log\Drain;
use AI_Secure_Proxy\Log\Kinds;
use AI_Secure_Proxy\Log\Retention;
use AI_Secure_Proxy\Log\Table;
use AI_Secure_Proxy\Log\Upgrade;

defined( 'ABSPATH' ) || exit;

final class Installer {

	public const SCHEMA_OPTION = 'aisp_schema';
	public const ERASE_OPTION  = 'aisp_uninstall_data';

	/** @param mixed $network_wide Whether for every site of the network. */
	public static function activate( $network_wide = false ): void {
		self::on_sites( (bool) $network_wide, array( self::class, 'install' ) );
	}

	/** @param mixed $network_wide Whether for every site of the network. */
	public static function deactivate( $network_wide = false ): void {
		self::on_sites( (bool) $network_wide, array( self::class, 'unschedule' ) );
	}

	/** On every load: a site of a network that was never activated by itself, or a table of an older version. */
	public static function upgrade(): void {
		if ( Table::VERSION !== (int) get_option( self::SCHEMA_OPTION ) ) {
			self::install();
		}
	}

	public static function new_site( \WP_Site $site ): void {
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		if ( is_plugin_active_for_network( plugin_basename( dirname( __DIR__ ) . '/ai-secure-proxy.php' ) ) ) {
			switch_to_blog( (int) $site->blog_id );
			self::install();
			restore_current_blog();
		}
	}

	public static function install(): void {
		$is_new = false === get_option( self::SCHEMA_OPTION );
		if ( ! Upgrade::run() ) {
			return; // Another request is at it; the next one sees what came of it.
		}
		update_option( self::SCHEMA_OPTION, Table::VERSION );
		if ( $is_new ) {
			// Only once: what an administrator took from a role later stays taken.
			self::grant( 'edit_posts', Access::INFER );
			self::grant( 'manage_options', Access::MANAGE );
		}
		if ( ! wp_next_scheduled( Drain::EVENT ) ) {
			wp_schedule_event( time() + MINUTE_IN_SECONDS, Drain::SCHEDULE, Drain::EVENT );
		}
		if ( ! wp_next_scheduled( Retention::EVENT ) ) {
			Retention::schedule();
		}
	}

	public static function unschedule(): void {
		wp_clear_scheduled_hook( Drain::EVENT );
		Retention::unschedule();
		Runs::unschedule();
	}

	/** Takes everything back, on every site where the administrator asked for it. */
	public static function uninstall(): void {
		$everywhere = (bool) get_site_option( self::ERASE_OPTION );
		self::on_sites(
			is_multisite(),
			static function () use ( $everywhere ): void {
				if ( $everywhere || get_option( self::ERASE_OPTION ) ) {
					self::erase();
				}
			}
		);
		if ( $everywhere ) {
			delete_site_option( self::ERASE_OPTION );
		}
	}

	private static function erase(): void {
		Table::drop();
		Kinds::drop();
		self::unschedule();
		foreach ( array_keys( wp_roles()->roles ) as $name ) {
			$role = get_role( (string) $name );
			$role->remove_cap( Access::INFER );
			$role->remove_cap( Access::MANAGE );
		}
		self::forget_marks();
		delete_option( Policy::OPTION );
		delete_option( Retention::OPTION );
		delete_option( self::SCHEMA_OPTION );
		delete_option( self::ERASE_OPTION );
	}

	/** The answers of jobs stay in the posts; which job wrote them nobody needs to know any more. */
	private static function forget_marks(): void {
		global $wpdb;
		$like = $wpdb->esc_like( Ended::WRITTEN ) . '%';
		foreach ( $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT meta_key FROM {$wpdb->postmeta} WHERE meta_key LIKE %s", $like ) ) as $key ) { // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- Only once, on the way out.
			delete_post_meta_by_key( $key );
		}
	}

	private static function grant( string $who_can, string $capability ): void {
		foreach ( array_keys( wp_roles()->roles ) as $name ) {
			$role = get_role( (string) $name );
			if ( $role->has_cap( $who_can ) ) {
				$role->add_cap( $capability );
			}
		}
	}

	private static function on_sites( bool $all, callable $work ): void {
		if ( ! $all ) {
			$work();
			return;
		}
		$sites = get_sites(
			array(
				'fields' => 'ids',
				'number' => 0,
			)
		);
		foreach ( $sites as $id ) {
			switch_to_blog( (int) $id );
			$work();
			restore_current_blog();
		}
	}
}
