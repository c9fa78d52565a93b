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

	/** Maps in which the order says something. */
	private const ORDERED = array( 'models', 'providers' );

	/**
	 * Every place that differs.
	 *
	 * @return array<int, array{path: string, before?: mixed, after?: mixed}> Without `before` it is new, without `after` it is gone;
	 *     of a map whose order alone differs they are the names in their order.
	 */
	public static function between( array $before, array $after, string $path = '' ): array {
		$changes = array();
		foreach ( array_keys( $before + $after ) as $key ) {
			$place = '' === $path ? (string) $key : "$path.$key";
			$old   = array_intersect_key( $before, array( $key => 0 ) );
			$new   = array_intersect_key( $after, array( $key => 0 ) );
			if ( $old && $new && self::is_map( $old[ $key ] ) && self::is_map( $new[ $key ] ) ) {
				$inner = self::between( $old[ $key ], $new[ $key ], $place );
				if ( ! $inner && in_array( $key, self::ORDERED, true ) && array_keys( $old[ $key ] ) !== array_keys( $new[ $key ] ) ) {
					$inner = array( self::change( $place, array( array_keys( $old[ $key ] ) ), array( array_keys( $new[ $key ] ) ) ) );
				}
				array_push( $changes, ...$inner );
			} elseif ( ! self::same( $old, $new ) ) {
				$changes[] = self::change( $place, array_values( $old ), array_values( $new ) );
			}
		}
		return $changes;
	}

	/**
	 * Whether two values are the same once they have been JSON, which has one kind of number.
	 *
	 * @param mixed $one   Anything.
	 * @param mixed $other Anything.
	 */
	public static function same( $one, $other ): bool {
		return wp_json_encode( $one ) === wp_json_encode( $other );
	}

	/** The values come in lists of one, or of none. */
	private static function change( string $path, array $before, array $after ): array {
		return compact( 'path' )
			+ ( $before ? array( 'before' => $before[0] ) : array() )
			+ ( $after ? array( 'after' => $after[0] ) : array() );
	}

	/** @param mixed $value Anything. */
	private static function is_map( $value ): bool {
		return is_array( $value ) && $value && ! array_is_list( $value );
	}
}
