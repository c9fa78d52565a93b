<?php
/**
 * JSON bodies that WordPress cannot take: no object at all, or not UTF-8.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Json_Body {

	/** The arguments that are texts; a fault in any other one is put down to the main one. */
	private const TEXTS = array( 'prompt', 'system', 'model' );

	/**
	 * The body as the route should see it, or null where WordPress's own "Invalid JSON" says it all.
	 *
	 * @param string $body What the client sent; not a JSON object or list that PHP can read.
	 * @param string $main The argument that the route cannot do without.
	 */
	public static function mended( string $body, string $main ): ?array {
		json_decode( $body, true );
		return match ( json_last_error() ) {
			JSON_ERROR_NONE  => array(), // A number, a word: nothing that has a prompt, and WordPress would trip over it.
			JSON_ERROR_UTF8  => self::with_bad_bytes( $body, $main ),
			JSON_ERROR_UTF16 => array( $main => "\xFF" ), // Half a surrogate pair, wherever it stands.
			default          => null,
		};
	}

	/** Keeps what can be read, and puts one byte that is not UTF-8 where such bytes were: it is refused by name. */
	private static function with_bad_bytes( string $body, string $main ): array {
		$replaced = json_decode( $body, true, 512, JSON_INVALID_UTF8_SUBSTITUTE );
		$dropped  = json_decode( $body, true, 512, JSON_INVALID_UTF8_IGNORE );
		if ( ! is_array( $replaced ) || ! is_array( $dropped ) ) {
			return array( $main => "\xFF" );
		}
		foreach ( self::TEXTS as $key ) {
			if ( ( $replaced[ $key ] ?? null ) !== ( $dropped[ $key ] ?? null ) ) {
				return array( $key => "\xFF" ) + $replaced;
			}
		}
		return array( $main => "\xFF" ) + $replaced;
	}
}
