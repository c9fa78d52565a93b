<?php
/**
 * JSON on one line: for frames of a stream and lines of a file, neither of which can hold a line break or fail halfway.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Json {

	/** What cannot be written (bytes that are not UTF-8, an infinite number) is replaced: half a line helps nobody. */
	private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION
		| JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR;

	/** @param mixed $value Anything; the line has no line break at its end. */
	public static function line( $value ): string {
		return (string) wp_json_encode( $value, self::FLAGS );
	}
}
