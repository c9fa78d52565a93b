<?php
/**
 * What the administrator allows.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Policy {

	public const OPTION = 'aisp_settings';

	/** Addresses and networks of the site's own proxies: asked before it is known who calls. */
	public static function proxies(): array {
		$settings = get_option( self::OPTION, array() );
		$proxies  = is_array( $settings ) ? $settings['proxies'] ?? array() : array();

		/**
		 * Filters the addresses and networks of the proxies in front of this site, whose word on where a request comes from counts.
		 *
		 * @param string[] $proxies The setting `proxies`.
		 */
		return (array) apply_filters( 'aisp_proxies', $proxies );
	}

	/**
	 * The module's `$policy`; what is not in it, the module fills with its own defaults.
	 *
	 * @param array $caller Who asks, see Access::caller().
	 */
	public static function current( array $caller ): array {
		$policy = get_option( self::OPTION, array() );
		$policy = is_array( $policy ) ? $policy : array();

		// So that a copy of the site for trying things out has keys and servers of its own, from the same settings.
		$policy += array( 'environment' => wp_get_environment_type() );

		// A client may have models, limits and budgets of its own, and so may whoever comes with a token.
		$door   = isset( $caller['token'] ) ? $policy['tokens'] ?? array() : $policy['clients'][ $caller['client'] ?? '' ] ?? array();
		$own    = $door['policy'] ?? array();
		$policy = array_replace( $policy, is_array( $own ) ? $own : array() );

		// A door asks before it knows who calls.
		$caller += array_fill_keys( array( 'role', 'ip', 'route', 'site', 'source' ), '' ) + array( 'user_id' => 0 );

		/**
		 * Filters the policy of one call, or that of a door, which knows no more than where a call comes from.
		 *
		 * @param array $policy The option aisp_settings, and the site's environment where the option names none.
		 * @param array $caller Who asks, see Access::caller().
		 */
		return apply_filters( 'aisp_policy', $policy, $caller );
	}
}
