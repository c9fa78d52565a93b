<?php
/**
 * Who asks, and what they may do. The only class that reads a superglobal.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Access {

	public const INFER  = 'aisp_infer';
	public const MANAGE = 'aisp_manage';

	public static function may_infer(): bool|\WP_Error {
		return self::may( self::INFER );
	}

	public static function may_manage(): bool|\WP_Error {
		return self::may( self::MANAGE );
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
		$user   = wp_get_current_user();
		$caller = array(
			'user_id' => $user->ID,
			'role'    => (string) ( array_values( $user->roles )[0] ?? '' ),
			'ip'      => self::ip(),
			'route'   => $route,
			'site'    => self::site(),
			'source'  => $source,
		);

		/**
		 * Filters who is said to ask.
		 *
		 * @param array $caller user_id, role, ip, route, site, source; `client` may be added.
		 */
		return apply_filters( 'aisp_caller', $caller );
	}

	/** Names this site in the store, which several WordPress installations may share. */
	public static function site(): string {
		return untrailingslashit( (string) get_option( 'siteurl' ) );
	}

	/** The connection's address; empty on the command line and behind servers that put something else there. */
	private static function ip(): string {
		return (string) filter_var( wp_unslash( $_SERVER['REMOTE_ADDR'] ?? '' ), FILTER_VALIDATE_IP );
	}
}
