<?php
/**
 * What the log can be filtered by: values as people write them, in a query or on a command line, become what Selection takes.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Filter {

	/** The names of all filters. */
	public const NAMES = array( 'user', 'after', 'before', 'status', 'model', 'provider', 'route', 'source', 'client', 'error', 'cached', 'search' );

	/** Of one filter. */
	private const MOST_VALUES = 50;

	/** In bytes: what the columns take. */
	private const LONGEST = 191;

	/**
	 * A value as it is searched for; null where it filters nothing.
	 *
	 * @param string $name  One of NAMES.
	 * @param mixed  $value What somebody wrote.
	 * @throws \InvalidArgumentException With what is wrong with it.
	 */
	public static function read( string $name, mixed $value ): mixed {
		return match ( $name ) {
			'after', 'before' => self::date( $value ),
			'cached'          => self::boolean( $value ),
			'search'          => self::needle( $value ),
			'user'            => self::each( $value, '/^\d{1,18}$/D', __( 'A user is an id, and 0 is nobody.', 'ai-secure-proxy' ), 'intval' ),
			'status'          => self::each( $value, '/^[1-5](\d\d|xx)$/Di', __( 'A status is a number such as 429, or a class such as 4xx.', 'ai-secure-proxy' ), 'strtolower' ),
			'error'           => self::each( $value, '/^[a-z_]{1,64}$/D', __( 'An error is a code of the log such as policy_quota, or any, or none.', 'ai-secure-proxy' ), 'strval' ),
			default           => self::each( $value, '/^.+$/Dsu', __( 'A value is a text in UTF-8.', 'ai-secure-proxy' ), 'strval' ),
		};
	}

	/**
	 * A date or a date and time as the table keeps it, or null where it is none.
	 *
	 * @param string $text 2026-11-23, 2026-11-23T10:00:00Z, …; without a zone it is UTC, as the log is.
	 */
	public static function utc( string $text ): ?string {
		if ( ! preg_match( '/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?)?$/Di', $text ) ) {
			return null;
		}
		$utc    = new \DateTimeZone( 'UTC' );
		$time   = date_create_immutable( $text, $utc );
		$faults = \DateTimeImmutable::getLastErrors();
		if ( ! $time || ( $faults && $faults['warning_count'] ) ) {
			return null; // The 31st of February.
		}
		return $time->setTimezone( $utc )->format( 'Y-m-d H:i:s' );
	}

	private static function date( mixed $value ): ?string {
		if ( '' === $value || null === $value ) {
			return null;
		}
		$date = is_string( $value ) ? self::utc( $value ) : null;
		return $date ?? throw new \InvalidArgumentException( __( 'A date is written 2026-11-23 or 2026-11-23T10:00:00Z.', 'ai-secure-proxy' ) );
	}

	private static function boolean( mixed $value ): ?bool {
		if ( '' === $value || null === $value ) {
			return null;
		}
		if ( ! rest_is_boolean( $value ) ) {
			throw new \InvalidArgumentException( __( 'It is true or false.', 'ai-secure-proxy' ) );
		}
		return rest_sanitize_boolean( $value );
	}

	/** A fingerprint or the beginning of one, or an id. */
	private static function needle( mixed $value ): ?string {
		$needle = is_string( $value ) ? trim( $value ) : $value;
		if ( '' === $needle || null === $needle ) {
			return null;
		}
		if ( ! is_string( $needle ) || ! preg_match( '/^[\w.:-]{8,64}$/D', $needle ) ) {
			throw new \InvalidArgumentException( __( 'Search takes a whole request id, or a hash or the first 8 or more digits of one.', 'ai-secure-proxy' ) );
		}
		return $needle;
	}

	/**
	 * One value or several.
	 *
	 * @param mixed    $value   Joined by commas, or in an array where one has a comma of its own.
	 * @param string   $form    A regular expression that each of them matches.
	 * @param string   $problem What to say of one that does not.
	 * @param callable $typed   Turns the text into what is searched for.
	 * @return array|null Null where there is none.
	 */
	private static function each( mixed $value, string $form, string $problem, callable $typed ): ?array {
		$given  = is_array( $value ) ? array_values( $value ) : array( $value );
		$values = array();
		foreach ( $given as $one ) {
			if ( ! is_scalar( $one ) && null !== $one ) {
				throw new \InvalidArgumentException( $problem );
			}
			$values = array( ...$values, ...( is_array( $value ) ? array( (string) $one ) : explode( ',', (string) $one ) ) );
		}
		$values = array_values( array_unique( array_filter( array_map( 'trim', $values ), static fn( string $one ): bool => '' !== $one ) ) );
		if ( count( $values ) > self::MOST_VALUES ) {
			/* translators: %d: a number. */
			throw new \InvalidArgumentException( sprintf( __( 'At most %d values.', 'ai-secure-proxy' ), self::MOST_VALUES ) );
		}
		foreach ( $values as $one ) {
			if ( strlen( $one ) > self::LONGEST || ! preg_match( $form, $one ) ) {
				throw new \InvalidArgumentException( $problem );
			}
		}
		return $values ? array_map( $typed, $values ) : null;
	}
}
