<?php
/**
 * Tells the site when a budget is nearly or wholly used up: once a period at 80 percent, and once at 100.
 *
 *     add_action( 'aisp_budget_threshold', function ( array $alert ) {
 *         wp_mail( get_option( 'admin_email' ), "AI budget $alert[name]: $alert[percent] %", "$alert[used] of $alert[limit] $alert[unit]" );
 *     } );
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Budget_Alerts {

	/** Called by a request that spends from a budget: looks once its answer is sent. */
	public static function after_response(): void {
		if ( ! has_action( 'shutdown', array( self::class, 'when_answered' ) ) ) {
			add_action( 'shutdown', array( self::class, 'when_answered' ), 90 );
		}
	}

	public static function when_answered(): void {
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
		}
		self::fire();
	}

	/** Also each minute by WP-Cron, for calls whose process died. */
	public static function fire(): void {
		if ( ! Module::present() ) {
			return;
		}
		try {
			$alerts = aisp_budget_alerts( Access::site() );
		} catch ( \Throwable $e ) {
			return; // They are told once the store is there again; aisp_status() warns of one that is down.
		}
		foreach ( $alerts as $alert ) {
			try {
				/**
				 * Fires when a budget of this site has reached 80 or 100 percent, each once a period.
				 *
				 * Comes after the answer where PHP can send that first; nobody sees what is printed or thrown here.
				 *
				 * @param array $alert name (budget-user-day-tokens), subject (whose it is: a user's id, a role, a source; empty
				 *                     for the site), percent (80 or 100), unit (tokens or usd), limit, used, renews_at (a Unix
				 *                     time), site.
				 */
				do_action( 'aisp_budget_threshold', $alert );
			} catch ( \Throwable $e ) {
				error_log( sprintf( 'AI Secure Proxy: aisp_budget_threshold: %s in %s:%d', get_class( $e ), $e->getFile(), $e->getLine() ) ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- The one trace of a fault for who runs the site.
			}
		}
	}
}
