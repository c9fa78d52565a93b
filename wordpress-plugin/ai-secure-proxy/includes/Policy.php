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

	/** An array in wp-config.php: each of its keys takes the place of the option's, and no screen changes it. */
	public const CONSTANT = 'AISP_SETTINGS';

	/** The settings of the site: the option, and over it what wp-config.php sets. */
	public static function settings(): array {
		return array_replace( self::stored(), self::locked() );
	}

	/** The option alone. */
	public static function stored(): array {
		$settings = get_option( self::OPTION, array() );
		return is_array( $settings ) ? $settings : array();
	}

	/** What wp-config.php sets. Where that is no array, the module refuses the policy by the constant's name: nobody believes limits to hold that are not there. */
	public static function locked(): array {
		if ( ! defined( self::CONSTANT ) ) {
			return array();
		}
		$settings = constant( self::CONSTANT );
		return is_array( $settings ) ? $settings : array( self::CONSTANT => null );
	}

	/** Addresses and networks of the site's own proxies: asked before it is known who calls. */
	public static function proxies(): array {
		$proxies = self::settings()['proxies'] ?? array();

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
		$policy = self::whole( self::settings() );

		// A client may have models, limits and budgets of its own, and so may whoever comes with a token.
		$door   = isset( $caller['token'] ) ? $policy['tokens'] ?? array() : $policy['clients'][ $caller['client'] ?? '' ] ?? array();
		$own    = $door['policy'] ?? array();
		$policy = array_replace( $policy, is_array( $own ) ? $own : array() );

		// A door asks before it knows who calls.
		$caller += array_fill_keys( array( 'role', 'ip', 'route', 'site', 'source' ), '' ) + array( 'user_id' => 0 );

		/**
		 * Filters the policy of one call, or that of a door, which knows no more than where a call comes from.
		 *
		 * @param array $policy The settings of the site, and its environment where they name none.
		 * @param array $caller Who asks, see Access::caller().
		 */
		return apply_filters( 'aisp_policy', $policy, $caller );
	}

	/**
	 * Settings as the module gets them: a copy of the site for trying things out has keys and servers of its own, from the same settings.
	 *
	 * @param array $settings Those of the site, or some to be tried.
	 */
	public static function whole( array $settings ): array {
		return $settings + array( 'environment' => wp_get_environment_type() );
	}
}
