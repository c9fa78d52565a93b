<?php
/**
 * Values of a provider's `headers`, which may be secrets: they are entered and never shown again.
 *
 * A value that is null stands for the one that is stored.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Settings;

defined( 'ABSPATH' ) || exit;

final class Headers {

	/** The settings with each value as null. */
	public static function hidden( array $settings ): array {
		return self::each( $settings, static fn( array $headers ): array => array_fill_keys( array_keys( $headers ), null ) );
	}

	/** The settings with stored values in the place of nulls. */
	public static function filled( array $settings, array $stored ): array {
		return self::each(
			$settings,
			static fn( array $headers, array $old ): array => array_replace( $headers, array_intersect_key( $old, array_filter( $headers, 'is_null' ) ) ),
			$stored
		);
	}

	/**
	 * The settings without headers.
	 *
	 * @param string[] $left_out Gets where there were any.
	 */
	public static function removed( array $settings, array &$left_out ): array {
		return self::each(
			$settings,
			static function ( array $headers, array $old, string $path ) use ( &$left_out ): ?array {
				if ( $headers ) {
					$left_out[] = $path;
				}
				return null;
			}
		);
	}

	/** The settings with the stored headers of providers that come without any. */
	public static function kept( array $settings, array $stored ): array {
		return self::each( $settings, static fn( array $headers, array $old ): array => $headers ? $headers : $old, $stored );
	}

	/** The settings with a word for each value: one for those that are as before, another for those that are not. */
	public static function named( array $settings, string $same, string $other, array $before ): array {
		return self::each(
			$settings,
			static function ( array $headers, array $old ) use ( $same, $other ): array {
				foreach ( $headers as $name => $value ) {
					$headers[ $name ] = ( $old[ $name ] ?? $value ) === $value ? $same : $other;
				}
				return $headers;
			},
			$before
		);
	}

	/**
	 * Applies something to the headers of every provider, also of those that clients and tokens have of their own.
	 *
	 * @param callable $change ( array $headers, array $old, string $path ) -> array, or null for none.
	 * @param array    $old    Other settings, whose headers of the same place come as `$old`.
	 */
	private static function each( array $settings, callable $change, array $old = array(), string $path = '' ): array {
		foreach ( self::maps( $settings, 'providers' ) as $name => $provider ) {
			if ( ! is_array( $provider['headers'] ?? array() ) ) {
				continue;
			}
			$headers = $change( $provider['headers'] ?? array(), self::map( $old['providers'][ $name ]['headers'] ?? null ), "{$path}providers.$name.headers" );
			if ( null === $headers || ( ! $headers && ! isset( $provider['headers'] ) ) ) {
				unset( $settings['providers'][ $name ]['headers'] );
			} else {
				$settings['providers'][ $name ]['headers'] = $headers;
			}
		}
		foreach ( self::maps( $settings, 'clients' ) as $name => $client ) {
			if ( is_array( $client['policy'] ?? null ) ) {
				$settings['clients'][ $name ]['policy'] = self::each( $client['policy'], $change, self::map( $old['clients'][ $name ]['policy'] ?? null ), "{$path}clients.$name.policy." );
			}
		}
		if ( is_array( $settings['tokens']['policy'] ?? null ) ) {
			$settings['tokens']['policy'] = self::each( $settings['tokens']['policy'], $change, self::map( $old['tokens']['policy'] ?? null ), "{$path}tokens.policy." );
		}
		return $settings;
	}

	/** @return array[] Those entries of a map that are maps; what else there is, the module will name. */
	private static function maps( array $settings, string $key ): array {
		return array_filter( self::map( $settings[ $key ] ?? null ), 'is_array' );
	}

	/** @param mixed $value Anything. */
	private static function map( $value ): array {
		return is_array( $value ) ? $value : array();
	}
}
