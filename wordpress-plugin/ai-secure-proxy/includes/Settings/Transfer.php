<?php
/**
 * Settings from one site to another, as JSON without secrets.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Settings;

use AI_Secure_Proxy\Log\Retention;
use AI_Secure_Proxy\Policy;

defined( 'ABSPATH' ) || exit;

final class Transfer {

	/** What an export says that it is. */
	private const FORMAT = 'ai-secure-proxy-settings';

	/** The settings as they are stored. Names of variables stay; values of headers may be secrets, and are left out. */
	public static function export(): array {
		$left_out = array();
		$settings = Headers::removed( Policy::stored(), $left_out );
		return array(
			'format'   => self::FORMAT,
			'plugin'   => AI_SECURE_PROXY_VERSION,
			'settings' => (object) $settings,
			'log'      => Retention::settings(),
			'left_out' => $left_out,
		);
	}

	/**
	 * Puts the settings of an export in the place of those that are stored.
	 *
	 * @param array  $export  As export() gave it, here or elsewhere.
	 * @param string $version That of the settings to be replaced.
	 * @param bool   $try     Whether to say only what would change.
	 * @return array|\WP_Error changes, locked (keys that are not taken over), left_out; and `settings` as from Settings::read() unless it was tried only.
	 * @throws \Aisp\Conflict Somebody else has saved meanwhile.
	 */
	public static function import( array $export, string $version, bool $try ) {
		if ( self::FORMAT !== ( $export['format'] ?? null ) || ! is_array( $export['settings'] ?? null ) ) {
			return new \WP_Error( 'invalid_request', __( 'export is no export of AI Secure Proxy’s settings.', 'ai-secure-proxy' ), array( 'status' => 400 ) );
		}
		return Settings::alone(
			static function ( array $stored ) use ( $export, $version, $try ) {
				Settings::must_be( $version, $stored );
				list( $settings, $log ) = self::merged( $export, $stored );

				$locked = Policy::locked();
				$flaws  = Settings::flaws( $settings, $log );
				if ( $flaws && ! $try ) {
					return Settings::refused( $flaws );
				}
				$said = array(
					'dry_run'  => $try,
					'changes'  => Changes::between( self::shown( $stored ), self::shown( $settings, $stored ) ),
					'locked'   => array_map( 'strval', array_keys( array_intersect_key( $export['settings'], $locked ) ) ),
					'left_out' => array_values( array_filter( (array) ( $export['left_out'] ?? array() ), 'is_string' ) ),
					'flaws'    => $flaws,
				);
				if ( $try ) {
					return $said;
				}
				Settings::keep( $settings, $log );
				return $said + array( 'settings' => Settings::read() );
			}
		);
	}

	/**
	 * The same for a backup, whatever is stored now.
	 *
	 * @param array $export As export() gave it.
	 * @return array[] What is wrong with it, as of Policy_Guard::flaws(); then nothing was changed.
	 * @throws \Aisp\Conflict Somebody else is saving the settings.
	 */
	public static function restore( array $export ): array {
		return Settings::alone(
			static function ( array $stored ) use ( $export ): array {
				list( $settings, $log ) = self::merged( $export, $stored );

				$flaws = Settings::flaws( $settings, $log );
				if ( ! $flaws ) {
					Settings::keep( $settings, $log );
				}
				return $flaws;
			}
		);
	}

	/**
	 * The settings of an export with what stays as it is here: what wp-config.php sets, and headers that an export does not have.
	 *
	 * @return array{0: array, 1: array|null} Settings, and how long the log is kept; null where the export does not say.
	 */
	private static function merged( array $export, array $stored ): array {
		$locked   = Policy::locked();
		$settings = array_diff_key( (array) ( $export['settings'] ?? array() ), $locked ) + array_intersect_key( $stored, $locked );
		return array( Headers::kept( $settings, $stored ), is_array( $export['log'] ?? null ) ? $export['log'] : null );
	}

	/** The settings with words for values of headers: whether they are others than before is all there is to see. */
	private static function shown( array $settings, ?array $before = null ): array {
		return Headers::named( $settings, __( 'not shown', 'ai-secure-proxy' ), __( 'another value, not shown', 'ai-secure-proxy' ), $before ?? $settings );
	}
}
