<?php
/**
 * Every hook of the plugin, in one place.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

use AI_Secure_Proxy\Admin\Menu;
use AI_Secure_Proxy\Admin\Widget;
use AI_Secure_Proxy\Cache\Invalidation;
use AI_Secure_Proxy\Health\Module_Tests;
use AI_Secure_Proxy\Health\Site_Tests;
use AI_Secure_Proxy\Jobs\Health;
use AI_Secure_Proxy\Jobs\Personal_Data;
use AI_Secure_Proxy\Jobs\Runs;
use AI_Secure_Proxy\Log\Drain;
use AI_Secure_Proxy\Log\Retention;
use AI_Secure_Proxy\Log\Table;
use AI_Secure_Proxy\Rest\Batch_Controller;
use AI_Secure_Proxy\Rest\Cache_Controller;
use AI_Secure_Proxy\Rest\Cors;
use AI_Secure_Proxy\Rest\Disguise;
use AI_Secure_Proxy\Rest\Infer_Controller;
use AI_Secure_Proxy\Rest\Jobs_Controller;
use AI_Secure_Proxy\Rest\Logs_Controller;
use AI_Secure_Proxy\Rest\Metrics_Controller;
use AI_Secure_Proxy\Rest\Models_Controller;
use AI_Secure_Proxy\Rest\Refusals;
use AI_Secure_Proxy\Rest\Served;
use AI_Secure_Proxy\Rest\Settings_Controller;
use AI_Secure_Proxy\Rest\Status_Controller;
use AI_Secure_Proxy\Rest\Stream_Controller;
use AI_Secure_Proxy\Rest\Token_Controller;
use AI_Secure_Proxy\Rest\Webhook_Controller;
use AI_Secure_Proxy\Rest\Webhooks_Controller;
use AI_Secure_Proxy\Webhook\Inbox;

defined( 'ABSPATH' ) || exit;

final class Plugin {

	public static function start( string $file ): void {
		add_action( 'init', array( self::class, 'texts' ), 0 );

		// Coming, going, growing.
		register_activation_hook( $file, array( Installer::class, 'activate' ) );
		register_deactivation_hook( $file, array( Installer::class, 'deactivate' ) );
		add_action( 'init', array( Installer::class, 'upgrade' ), 1 ); // Not earlier: the name of the schedule is translated.
		add_action( 'wp_initialize_site', array( Installer::class, 'new_site' ), 200 );
		add_filter( 'wpmu_drop_tables', array( Table::class, 'dropped_with_site' ), 10, 2 );

		// The log: each minute, and once more after a busy request (see Inference).
		add_filter( 'cron_schedules', array( Drain::class, 'schedules' ) ); // phpcs:ignore WordPress.WP.CronInterval.CronSchedulesInterval -- Each minute is meant: an empty spool costs one look.
		add_action( Drain::EVENT, array( Drain::class, 'each_minute' ) );

		// And how long it is kept: each night, on the site's clock.
		add_action( 'init', array( Retention::class, 'register' ) );
		add_action( Retention::EVENT, array( Retention::class, 'nightly' ) );
		add_action( Retention::AGAIN, array( Retention::class, 'go_on' ), 10, 0 );
		foreach ( array( 'add_option_', 'update_option_' ) as $hook ) {
			add_action( $hook . Retention::OPTION, array( Retention::class, 'schedule' ), 10, 0 );
		}

		// Budgets: after a call that spends from one (see Inference), and each minute for calls whose process died.
		add_action( Drain::EVENT, array( Budget_Alerts::class, 'fire' ) );

		// Events from outside: after the answer to the request that brought one (see Webhook_Controller), and each minute.
		add_action( Drain::EVENT, array( Inbox::class, 'each_minute' ), 20 );

		// Jobs: each minute, once after some were enqueued (see Runs), and as Action Scheduler has it; beside any `wp aisp worker`.
		add_action( Drain::EVENT, array( Runs::class, 'cron' ), 30 );
		add_action( Runs::EVENT, array( Runs::class, 'cron' ) );
		add_action( Runs::EVENT, array( Inbox::class, 'each_minute' ), 20 );
		add_action( Runs::ACTION, array( Runs::class, 'action' ) );

		// Settings that the module could not work with are not saved.
		add_filter( 'sanitize_option_' . Policy::OPTION, array( Policy_Guard::class, 'sanitize' ) );

		// What answers are made of: once it changes, they are asked anew.
		foreach ( array( 'save_post', 'deleted_post' ) as $hook ) {
			add_action( $hook, array( Invalidation::class, 'post' ) );
		}
		foreach ( array( 'edited_term', 'delete_term' ) as $hook ) {
			add_action( $hook, array( Invalidation::class, 'term' ) );
		}
		foreach ( array( 'profile_update', 'deleted_user' ) as $hook ) {
			add_action( $hook, array( Invalidation::class, 'user' ) );
		}
		foreach ( array( 'added_option', 'updated_option', 'deleted_option' ) as $hook ) {
			add_action( $hook, array( Invalidation::class, 'option' ) );
		}

		// The REST routes, and what WordPress itself refuses on them.
		add_action( 'rest_api_init', array( self::class, 'routes' ) );
		add_filter( 'rest_pre_dispatch', array( Disguise::class, 'refuse' ), 10, 3 );
		add_filter( 'rest_pre_dispatch', array( Refusals::class, 'mend_body' ), 10, 3 );
		add_filter( 'rest_pre_dispatch', array( Logs_Controller::class, 'mend_query' ), 10, 3 );
		add_filter( 'rest_pre_dispatch', array( Webhook_Controller::class, 'leave_body_alone' ), 10, 3 );
		add_filter( 'rest_request_before_callbacks', array( Refusals::class, 'permission_first' ), 10, 3 );
		add_filter( 'rest_post_dispatch', array( Refusals::class, 'after_dispatch' ), 10, 3 );
		add_filter( 'rest_pre_serve_request', array( Disguise::class, 'serve' ), 20, 3 );

		// Which pages elsewhere may read the answers; after WordPress has let them all.
		add_filter( 'rest_allowed_cors_headers', array( Cors::class, 'request_headers' ), 10, 2 );
		add_filter( 'rest_exposed_cors_headers', array( Cors::class, 'response_headers' ), 10, 2 );
		add_filter( 'rest_pre_serve_request', array( Cors::class, 'serve' ), 15, 3 );

		// What a scraper reads is no JSON.
		add_filter( 'rest_pre_serve_request', array( Metrics_Controller::class, 'serve' ), 30, 3 );

		// The log as a file is sent while it is read.
		add_filter( 'rest_pre_serve_request', array( Logs_Controller::class, 'serve' ), 1000, 3 );

		// A stream is sent last of all: once it flows, no header can be added.
		add_filter( 'rest_exposed_cors_headers', array( Served::class, 'remember' ), 10, 2 );
		add_filter( 'rest_pre_serve_request', array( Stream_Controller::class, 'serve' ), 1000, 4 );

		// What writers find in the block editor.
		add_action( 'init', array( Editor::class, 'block' ) );
		add_action( 'enqueue_block_editor_assets', array( Editor::class, 'panel' ) );

		// What an administrator sees.
		add_action( 'admin_menu', array( Menu::class, 'add' ) );
		add_action( 'wp_dashboard_setup', array( Widget::class, 'add' ) );
		add_action( 'admin_notices', array( Notice::class, 'show' ) );
		add_action( 'network_admin_notices', array( Notice::class, 'show' ) );
		add_filter( 'site_status_tests', array( Site_Health::class, 'tests' ) );
		add_filter( 'site_status_tests', array( Module_Tests::class, 'tests' ) );
		add_filter( 'site_status_tests', array( Site_Tests::class, 'tests' ) );
		add_filter( 'site_status_tests', array( Health::class, 'tests' ) );
		add_filter( 'debug_information', array( Site_Health::class, 'debug_information' ) );
		add_action( 'admin_init', array( Privacy::class, 'policy_text' ) );
		add_filter( 'wp_privacy_personal_data_exporters', array( Privacy::class, 'exporters' ) );
		add_filter( 'wp_privacy_personal_data_erasers', array( Privacy::class, 'erasers' ) );
		add_filter( 'wp_privacy_personal_data_exporters', array( Personal_Data::class, 'exporters' ) );
		add_filter( 'wp_privacy_personal_data_erasers', array( Personal_Data::class, 'erasers' ) );

		if ( defined( 'WP_CLI' ) && WP_CLI ) {
			\WP_CLI::add_command( 'aisp', Cli\Command::class );
			\WP_CLI::add_command( 'aisp stream', Cli\Stream_Command::class );
			\WP_CLI::add_command( 'aisp batch', Cli\Batch_Command::class );
			\WP_CLI::add_command( 'aisp classify', Cli\Classify_Command::class );
			\WP_CLI::add_command( 'aisp extract', Cli\Extract_Command::class );
			\WP_CLI::add_command( 'aisp redact', Cli\Redact_Command::class );
			\WP_CLI::add_command( 'aisp limit', Cli\Limit_Command::class );
			\WP_CLI::add_command( 'aisp log', Cli\Log_Command::class );
			\WP_CLI::add_command( 'aisp log export', Cli\Log_Export_Command::class );
			\WP_CLI::add_command( 'aisp log prune', Cli\Log_Prune_Command::class );
			\WP_CLI::add_command( 'aisp log verify', Cli\Log_Verify_Command::class );
			\WP_CLI::add_command( 'aisp backup', Cli\Backup_Command::class );
			\WP_CLI::add_command( 'aisp restore', Cli\Restore_Command::class );
			\WP_CLI::add_command( 'aisp metrics', Cli\Metrics_Command::class );
			\WP_CLI::add_command( 'aisp cache', Cli\Cache_Command::class );
			\WP_CLI::add_command( 'aisp webhook', Cli\Webhook_Command::class );
			\WP_CLI::add_command( 'aisp job', Cli\Job_Command::class );
			\WP_CLI::add_command( 'aisp job enqueue', Cli\Job_Enqueue_Command::class );
			\WP_CLI::add_command( 'aisp worker', Cli\Worker_Command::class );
		}
	}

	/** The translations that come with the plugin; those of WordPress.org go before them. */
	public static function texts(): void {
		load_plugin_textdomain( 'ai-secure-proxy', false, basename( AI_SECURE_PROXY_DIR ) . '/languages' );
	}

	public static function routes(): void {
		( new Infer_Controller() )->register_routes();
		( new Stream_Controller() )->register_routes();
		( new Batch_Controller() )->register_routes();
		( new Jobs_Controller() )->register_routes();
		( new Models_Controller() )->register_routes();
		( new Logs_Controller() )->register_routes();
		( new Metrics_Controller() )->register_routes();
		( new Status_Controller() )->register_routes();
		( new Cache_Controller() )->register_routes();
		( new Webhook_Controller() )->register_routes();
		( new Webhooks_Controller() )->register_routes();
		( new Token_Controller() )->register_routes();
		( new Settings_Controller() )->register_routes();
	}
}
