<?php
/**
 * How settings differ from others: key by key where both have a map, and as a whole where there is a list.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Settings;

defined( 'ABSPATH' ) || exit;

final class Changes {

	/**
	 * Every place that differs.
	 *
	 * @return array<int, array{path: string, before?: mixed, after?: mixed}> Without `before` it is new, without `after` it is gone.
	 */
	public static function between( array $before, array $after, string $path = '' ): array {
		$changes = array();
		foreach ( array_keys( $before + $after ) as $key ) {
			$place = '' === $path ? (string) $key : "$path.$key";
			$old   = $before[ $key ] ?? null;
			$new   = $after[ $key ] ?? null;
			if ( $old === $new && array_key_exists( $key, $before ) === array_key_exists( $key, $after ) ) {
				continue;
			}
			if ( self::is_map( $old ) && self::is_map( $new ) ) {
				array_push( $changes, ...self::between( $old, $new, $place ) );
				continue;
			}
			$changes[] = array( 'path' => $place )
				+ ( array_key_exists( $key, $before ) ? array( 'before' => $old ) : array() )
				+ ( array_key_exists( $key, $after ) ? array( 'after' => $new ) : array() );
		}
		return $changes;
	}

	/** @param mixed $value Anything. */
	private static function is_map( $value ): bool {
		return is_array( $value ) && $value && ! array_is_list( $value );
	}
}
