<?php
/**
 * The settings as those who manage the proxy read and save them: all that is wrong is said at once, and nobody overwrites what somebody else has saved meanwhile.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Settings;

use AI_Secure_Proxy\Log\Retention;
use AI_Secure_Proxy\Policy;
use AI_Secure_Proxy\Policy_Guard;

defined( 'ABSPATH' ) || exit;

final class Settings {

	/** Who saves holds it; who died with it, holds it for so many seconds. */
	private const LOCK   = 'aisp_settings';
	private const LOCK_S = 30;

	/** What there is, without a secret in it. */
	public static function read(): array {
		$stored = Policy::stored();
		$flaws  = Policy_Guard::flaws( $stored );
		$whole  = Policy::whole( Policy::settings() );
		// What cannot be used has no effect to describe; the defaults are shown all the same.
		$described = aisp_policy_describe( $flaws ? array() : $whole );
		return array(
			'version'   => self::version( $stored ),
			'settings'  => (object) Headers::hidden( $stored ),
			'log'       => Retention::settings(),
			'locked'    => (object) Headers::hidden( Policy::locked() ),
			'constant'  => Policy::CONSTANT,
			'effective' => $flaws ? null : (object) Headers::hidden( $described['policy'] ),
			'defaults'  => array( 'log' => Retention::sanitize( array() ) ) + $described['defaults'],
			'secrets'   => $flaws ? array() : $described['secrets'],
			'flaws'     => $flaws,
			'filtered'  => (bool) has_filter( 'aisp_policy' ),
		);
	}

	/**
	 * Saves them all, or nothing.
	 *
	 * @param array      $settings Like `settings` of read().
	 * @param array|null $log      Like `log` of it; null leaves it alone.
	 * @param string     $version  That of the ones they were made from.
	 * @return array|\WP_Error As from read(); or invalid_settings with its `flaws`.
	 * @throws \Aisp\Conflict Somebody else has saved meanwhile.
	 */
	public static function save( array $settings, ?array $log, string $version ) {
		return self::alone(
			static function ( array $stored ) use ( $settings, $log, $version ) {
				self::must_be( $version, $stored );
				$settings = Headers::filled( $settings, $stored );
				$flaws    = array_merge( self::touched( $settings, $stored ), self::flaws( $settings, $log ) );
				if ( $flaws ) {
					return self::refused( $flaws );
				}
				self::keep( $settings, $log );
				return self::read();
			}
		);
	}

	/** @return array[] What is wrong with settings and with how long the log is kept, as of Policy_Guard::flaws(). */
	public static function flaws( array $settings, ?array $log ): array {
		$flaws = Policy_Guard::flaws( $settings );
		foreach ( $log ?? array() as $key => $value ) {
			$schema = Retention::schema()['properties'][ $key ] ?? null;
			/* translators: %s: name of a setting. */
			$valid = null === $schema ? new \WP_Error( 'unknown', sprintf( __( '%s is not known.', 'ai-secure-proxy' ), "log.$key" ) ) : rest_validate_value_from_schema( $value, $schema, "log.$key" );
			if ( is_wp_error( $valid ) ) {
				$flaws[] = array(
					'path'    => "log.$key",
					'message' => $valid->get_error_message(),
				);
			}
		}
		return $flaws;
	}

	/** Stores what has been looked at. */
	public static function keep( array $settings, ?array $log ): void {
		Policy_Guard::save( $settings );
		if ( null !== $log ) {
			update_option( Retention::OPTION, $log );
		}
	}

	/**
	 * Lets nobody else save while something is done about what is stored.
	 *
	 * @param callable $act ( array $stored ) -> mixed.
	 * @return mixed What it gives.
	 * @throws \Aisp\Conflict Somebody else is at it.
	 */
	public static function alone( callable $act ) {
		require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php'; // WordPress has its locks there.
		if ( ! \WP_Upgrader::create_lock( self::LOCK, self::LOCK_S ) ) {
			throw new \Aisp\Conflict( __( 'Somebody else is saving the settings right now. Try again in a moment.', 'ai-secure-proxy' ) );
		}
		try {
			// This request may have read them before another one saved.
			wp_cache_delete_multiple( array( 'alloptions', 'notoptions', Policy::OPTION, Retention::OPTION ), 'options' );
			return $act( Policy::stored() );
		} finally {
			\WP_Upgrader::release_lock( self::LOCK );
		}
	}

	/**
	 * Refuses what was made from other settings than those that are stored.
	 *
	 * @throws \Aisp\Conflict They have changed since.
	 */
	public static function must_be( string $version, array $stored ): void {
		if ( ! hash_equals( self::version( $stored ), $version ) ) {
			throw new \Aisp\Conflict( __( 'The settings were changed by somebody else since you opened them. Nothing was saved.', 'ai-secure-proxy' ) );
		}
	}

	/** @param array[] $flaws As of Policy_Guard::flaws(). */
	public static function refused( array $flaws ): \WP_Error {
		$count = count( $flaws );
		return new \WP_Error(
			'invalid_settings',
			/* translators: %d: how many things are wrong. */
			sprintf( _n( 'Nothing was saved: %d thing is wrong.', 'Nothing was saved: %d things are wrong.', $count, 'ai-secure-proxy' ), $count ),
			array(
				'status' => 400,
				'flaws'  => $flaws,
			)
		);
	}

	/** Tells settings apart. Keyed, so that it says nothing of a header's value in them. */
	private static function version( array $stored ): string {
		return substr( hash_hmac( 'sha256', serialize( array( $stored, Retention::settings() ) ), wp_salt() ), 0, 32 ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- Never read back.
	}

	/** @return array[] A flaw for each key that wp-config.php sets and that was changed all the same. */
	private static function touched( array $settings, array $stored ): array {
		$touched = array_filter( array_keys( Policy::locked() ), static fn( $key ): bool => ! Changes::same( $settings[ $key ] ?? null, $stored[ $key ] ?? null ) );
		return array_map(
			static fn( $key ): array => array(
				'path'    => (string) $key,
				/* translators: %s: name of a PHP constant. */
				'message' => sprintf( __( 'This is set by %s in wp-config.php and cannot be changed here.', 'ai-secure-proxy' ), Policy::CONSTANT ),
			),
			array_values( $touched )
		);
	}
}
