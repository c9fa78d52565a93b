<?php
/**
 * The settings are looked at when they are saved: what the module could not work with is refused, and the old ones stay.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Policy_Guard {

	private static bool $lets_pass = false;

	/**
	 * Filter sanitize_option_aisp_settings.
	 *
	 * @param mixed $value What is to be saved.
	 * @return mixed The same, or what there is where that is refused.
	 */
	public static function sanitize( $value ) {
		$old = get_option( Policy::OPTION );
		if ( self::$lets_pass || ! Module::present() || $value === $old ) { // WP-CLI has the old value looked at as well.
			return $value;
		}
		$flaws = self::flaws( $value );
		if ( ! $flaws ) {
			return $value;
		}
		/* translators: %s: what is wrong with them. */
		self::tell( sprintf( __( 'The settings of AI Secure Proxy stay as they are: %s', 'ai-secure-proxy' ), implode( ' ', $flaws ) ) );
		return $old;
	}

	/** Saves a change of our own; a flaw that has been there for longer is no reason against it. */
	public static function save( array $settings ): void {
		self::$lets_pass = true;
		try {
			update_option( Policy::OPTION, $settings );
		} finally {
			self::$lets_pass = false;
		}
	}

	/**
	 * What is wrong, in sentences that name the key.
	 *
	 * @param mixed $value What is to be saved.
	 * @return string[]
	 */
	private static function flaws( $value ): array {
		if ( ! is_array( $value ) ) {
			return array( __( 'aisp_settings must be an array.', 'ai-secure-proxy' ) );
		}
		return array_column( aisp_policy_check( $value ), 'message' );
	}

	/** Where whoever saves will see it; a script on the command line must not go on as if it had been saved. */
	private static function tell( string $message ): void {
		if ( defined( 'WP_CLI' ) && WP_CLI ) {
			\WP_CLI::error( $message );
		} elseif ( function_exists( 'add_settings_error' ) ) {
			add_settings_error( Policy::OPTION, 'aisp_policy', esc_html( $message ) );
		}
	}
}
