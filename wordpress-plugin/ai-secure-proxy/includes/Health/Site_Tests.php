<?php
/**
 * Tools → Site Health: what the proxy needs of the site itself: somebody who does its chores, one time, a cache that keeps.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Health;

use AI_Secure_Proxy\Log\Drain;
use AI_Secure_Proxy\Log\Retention;
use AI_Secure_Proxy\Site_Health;

defined( 'ABSPATH' ) || exit;

final class Site_Tests {

	/** An event that is so late is not coming. */
	private const OVERDUE_S = 15 * MINUTE_IN_SECONDS;

	/** Signed requests and webhooks bear 300 seconds; a minute is time to act. */
	private const MOST_SKEW_S = 60;

	/** @param mixed $tests WordPress's tests. */
	public static function tests( $tests ): array {
		$tests = (array) $tests;
		foreach ( array(
			'schedule'     => __( 'AI Secure Proxy: chores', 'ai-secure-proxy' ),
			'clock'        => __( 'AI Secure Proxy: clocks', 'ai-secure-proxy' ),
			'object_cache' => __( 'AI Secure Proxy: object cache', 'ai-secure-proxy' ),
		) as $test => $label ) {
			$tests['direct'][ "ai_secure_proxy_{$test}" ] = array(
				'label' => $label,
				'test'  => array( self::class, $test ),
			);
		}
		return $tests;
	}

	/** Log, webhooks, jobs and budgets wait for WP-Cron; the log also for who reads it. */
	public static function schedule(): array {
		foreach ( array( Drain::EVENT, Retention::EVENT ) as $event ) {
			$next = wp_next_scheduled( $event );
			if ( false === $next ) {
				/* translators: %s: name of an event. */
				return self::result( 'schedule', 'critical', __( 'AI Secure Proxy has lost an event of WP-Cron', 'ai-secure-proxy' ), array( sprintf( __( 'The event %s is not scheduled: deactivate the plugin and activate it again.', 'ai-secure-proxy' ), $event ) ) );
			}
			if ( $next < time() - self::OVERDUE_S ) {
				/* translators: 1: name of an event, 2: a time such as “20 minutes”. */
				$late = sprintf( __( 'The event %1$s is %2$s late. See to it that WP-Cron runs: call wp-cron.php each minute from the server’s cron, above all where DISABLE_WP_CRON is set.', 'ai-secure-proxy' ), $event, human_time_diff( $next ) );
				return self::result( 'schedule', 'critical', __( 'WP-Cron does not run, and AI Secure Proxy waits for it', 'ai-secure-proxy' ), array( $late ) );
			}
		}
		return self::result( 'schedule', 'good', __( 'WP-Cron does the chores of AI Secure Proxy', 'ai-secure-proxy' ), array( __( 'Its events are scheduled, and none of them is late.', 'ai-secure-proxy' ) ) );
	}

	/** Where the database is a server of its own, it has a clock of its own: one of the two is wrong. */
	public static function clock(): array {
		global $wpdb;
		$skew = abs( time() - (int) $wpdb->get_var( 'SELECT UNIX_TIMESTAMP()' ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		if ( $skew <= self::MOST_SKEW_S ) {
			return self::result( 'clock', 'good', __( 'The clocks of PHP and the database agree', 'ai-secure-proxy' ), array( __( 'Signatures and webhooks are judged by the time, and so are limits.', 'ai-secure-proxy' ) ) );
		}
		/* translators: %d: seconds. */
		$apart = sprintf( __( 'They are %d seconds apart: signatures and webhooks are refused as too old or from the future, and limits end at the wrong time. Have both servers set their clocks by NTP (timedatectl shows whether they do).', 'ai-secure-proxy' ), $skew );
		return self::result( 'clock', 'critical', __( 'The clocks of PHP and the database do not agree', 'ai-secure-proxy' ), array( $apart ) );
	}

	/** The proxy does not need one; but one that loses what it was given shows settings that are no longer so. */
	public static function object_cache(): array {
		if ( ! wp_using_ext_object_cache() ) {
			return self::result( 'object_cache', 'good', __( 'AI Secure Proxy needs no object cache', 'ai-secure-proxy' ), array( __( 'The site has none that lasts. Answers, limits and jobs are in the store of the module.', 'ai-secure-proxy' ) ) );
		}
		$given = wp_generate_uuid4();
		wp_cache_set( 'health', $given, 'ai-secure-proxy', MINUTE_IN_SECONDS );
		$back = wp_cache_get( 'health', 'ai-secure-proxy', true );
		wp_cache_delete( 'health', 'ai-secure-proxy' );
		return $given === $back
			? self::result( 'object_cache', 'good', __( 'The object cache works', 'ai-secure-proxy' ), array( __( 'The settings of AI Secure Proxy are read from it.', 'ai-secure-proxy' ) ) )
			: self::result( 'object_cache', 'recommended', __( 'The object cache does not give back what it was given', 'ai-secure-proxy' ), array( __( 'Settings of AI Secure Proxy may be old ones: see whether the cache’s server runs, and flush it (wp cache flush).', 'ai-secure-proxy' ) ) );
	}

	/** @param string[] $paragraphs Plain text. */
	private static function result( string $test, string $status, string $label, array $paragraphs ): array {
		return array( 'test' => "ai_secure_proxy_{$test}" ) + Site_Health::result( $status, $label, $paragraphs );
	}
}
