<?php
/**
 * Who asks, and what they may do. The only class that reads a superglobal.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

use AI_Secure_Proxy\Rest\Controller;
use AI_Secure_Proxy\Rest\Jobs_Controller;
use AI_Secure_Proxy\Rest\Outsider;
use AI_Secure_Proxy\Rest\Served;
use AI_Secure_Proxy\Rest\Token;

defined( 'ABSPATH' ) || exit;

final class Access {

	public const INFER  = 'aisp_infer';
	public const MANAGE = 'aisp_manage';

	/** @param \WP_REST_Request|null $request The call; an outsider's is judged by what it brings along, whoever is logged in. */
	public static function may_infer( ?\WP_REST_Request $request = null ): bool|\WP_Error {
		if ( null !== $request && Outsider::is( $request ) ) {
			return Outsider::permission( $request );
		}
		Outsider::nobody();
		return self::may( self::INFER );
	}

	public static function may_manage(): bool|\WP_Error {
		return self::may( self::MANAGE );
	}

	/** Why a route may not be called from where the request comes from; null where it may. */
	public static function from_here( \WP_REST_Request $request ): ?\WP_Error {
		if ( ! Served::is( $request ) || ! Module::present() ) {
			return null;
		}
		$caller = self::nobody();
		$allow  = '' === $caller['ip'] ? array() : Policy::current( $caller )['allow'] ?? array();
		if ( ! $allow ) {
			return null;
		}
		try {
			$allowed = aisp_ip_allowed( $caller['ip'], (string) Controller::path( $request ), array( 'allow' => $allow ) );
		} catch ( \Aisp\ConfigError $e ) {
			error_log( 'AI Secure Proxy: ' . $e->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- A filter has broken the list since it was saved: nobody comes in, and who runs the site must know.
			$allowed = false;
		}
		return $allowed ? null : new \WP_Error( 'forbidden', __( 'Requests from this address are not allowed.', 'ai-secure-proxy' ), array( 'status' => 403 ) );
	}

	/** A cookie without a nonce is user 0 in WordPress and no error: so nobody is denied by name here. */
	private static function may( string $capability ): bool|\WP_Error {
		if ( ! is_user_logged_in() ) {
			return new \WP_Error( 'unauthorized', __( 'You have to log in to use the AI proxy.', 'ai-secure-proxy' ), array( 'status' => 401 ) );
		}
		if ( ! current_user_can( $capability ) ) {
			return new \WP_Error( 'forbidden', __( 'Your account may not do this with the AI proxy.', 'ai-secure-proxy' ), array( 'status' => 403 ) );
		}
		return true;
	}

	/**
	 * The module's `$caller`: limits and log records hang on it, so nothing in it comes from the request's body.
	 *
	 * @param string $route  '/infer', 'cli', …
	 * @param string $source The plugin or feature that asks; others set theirs through the filter.
	 * @return array{user_id: int, role: string, ip: string, route: string, site: string, source: string}
	 */
	public static function caller( string $route, string $source ): array {
		$user     = wp_get_current_user();
		$outsider = Outsider::caller();
		$caller   = array(
			'user_id' => $user->ID,
			'role'    => (string) ( array_values( $user->roles )[0] ?? '' ),
			'route'   => $route,
			'source'  => $source,
		) + self::nobody();
		if ( null !== $outsider ) {
			$caller = $outsider + array(
				'user_id' => 0,
				'role'    => '',
			) + $caller;
		}

		/**
		 * Filters who is said to ask.
		 *
		 * @param array $caller user_id, role, ip, route, site, source; `client` may be added, and `token` is what a browser's token says.
		 */
		return apply_filters( 'aisp_caller', $caller );
	}

	/**
	 * Who asked for a job, as they stand now that it is worked on: what they were when they asked may have been taken from them.
	 *
	 * @param array $kept What the job keeps of its caller.
	 */
	public static function absent( array $kept ): array {
		$user   = get_userdata( (int) ( $kept['user_id'] ?? 0 ) );
		$client = (string) ( $kept['client'] ?? '' );
		$caller = array( 'role' => $user ? (string) ( array_values( $user->roles )[0] ?? '' ) : '' ) + $kept;
		if ( str_starts_with( $client, Token::CLIENT ) ) {
			$caller += array( 'token' => array( 'sub' => substr( $client, strlen( Token::CLIENT ) ) ) );
		}
		$caller += array(
			'user_id' => 0,
			'client'  => '',
			'ip'      => '',
			'route'   => Jobs_Controller::ROUTE,
			'site'    => self::site(),
			'source'  => '',
		);

		/** This filter is documented in self::caller(). */
		return apply_filters( 'aisp_caller', $caller );
	}

	/** What is known of any caller. */
	public static function nobody(): array {
		return array(
			'ip'   => self::ip(),
			'site' => self::site(),
		);
	}

	/** The request line's target, as it was sent. */
	public static function target(): string {
		return (string) wp_unslash( $_SERVER['REQUEST_URI'] ?? '' ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- It is signed: every byte of it counts.
	}

	/** This site's own host, with its port where that is not the usual one. */
	public static function host(): string {
		$url  = wp_parse_url( home_url() );
		$port = $url['port'] ?? null;
		return ( $url['host'] ?? '' ) . ( null === $port ? '' : ":$port" );
	}

	/** Whether nobody can read along: https, or a site that is for trying things out on one machine. */
	public static function is_private(): bool {
		$host = (string) wp_parse_url( home_url(), PHP_URL_HOST );
		return is_ssl() || 'local' === wp_get_environment_type() || in_array( $host, array( 'localhost', '127.0.0.1', '[::1]' ), true );
	}

	/** Names this site in the store, which several WordPress installations may share. */
	public static function site(): string {
		return untrailingslashit( (string) get_option( 'siteurl' ) );
	}

	/** Where the request comes from: the connection's address, or what the site's own proxies say; empty on the command line. */
	private static function ip(): string {
		$remote  = (string) filter_var( wp_unslash( $_SERVER['REMOTE_ADDR'] ?? '' ), FILTER_VALIDATE_IP );
		$proxies = Policy::proxies();
		if ( '' === $remote || ! $proxies || ! Module::present() ) {
			return $remote;
		}
		$headers = array(
			'X-Forwarded-For' => (string) wp_unslash( $_SERVER['HTTP_X_FORWARDED_FOR'] ?? '' ), // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- The module reads it, and believes none of it that a stranger wrote.
			'Forwarded'       => (string) wp_unslash( $_SERVER['HTTP_FORWARDED'] ?? '' ), // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- Likewise.
		);
		try {
			return aisp_client_ip( $remote, array_filter( $headers ), array( 'proxies' => $proxies ) );
		} catch ( \Aisp\Exception $e ) {
			return $remote;
		}
	}
}
