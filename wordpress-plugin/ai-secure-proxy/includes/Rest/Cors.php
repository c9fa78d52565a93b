<?php
/**
 * Which pages of other sites may read our answers in a browser: those of the origins that the settings list, and no others.
 *
 * WordPress would let every origin read them, and send its cookies.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Policy;

defined( 'ABSPATH' ) || exit;

final class Cors {

	/** What a page may send. */
	private const REQUEST_HEADERS = array( Token::HEADER, 'X-AISP-Signature', 'X-AISP-Client', 'X-Sign', Jobs_Controller::KEY_HEADER );

	/** What a page may read. */
	private const RESPONSE_HEADERS = array( 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'Location' );

	/** Whether pages of this origin may read our answers. */
	public static function is_allowed( string $origin ): bool {
		$listed = Policy::current( Access::nobody() )['origins'] ?? array();
		return in_array( $origin, array_merge( self::own(), is_array( $listed ) ? $listed : array() ), true );
	}

	/**
	 * The site's own origins: of its pages, and of its admin where that is elsewhere.
	 *
	 * @return string[]
	 */
	public static function own(): array {
		$origin = static function ( string $url ): string {
			$parts = wp_parse_url( strtolower( $url ) );
			return ( $parts['scheme'] ?? '' ) . '://' . ( $parts['host'] ?? '' ) . ( isset( $parts['port'] ) ? ':' . $parts['port'] : '' );
		};
		return array_values( array_unique( array( $origin( home_url() ), $origin( admin_url() ) ) ) );
	}

	/**
	 * Filter rest_allowed_cors_headers.
	 *
	 * @param mixed                 $headers WordPress's.
	 * @param \WP_REST_Request|null $request The call.
	 * @return mixed
	 */
	public static function request_headers( $headers, $request = null ) {
		return self::concerns( $request ) ? array_merge( (array) $headers, self::REQUEST_HEADERS ) : $headers;
	}

	/**
	 * Filter rest_exposed_cors_headers.
	 *
	 * @param mixed                 $headers WordPress's.
	 * @param \WP_REST_Request|null $request The call.
	 * @return mixed
	 */
	public static function response_headers( $headers, $request = null ) {
		return self::concerns( $request ) ? array_merge( (array) $headers, self::RESPONSE_HEADERS ) : $headers;
	}

	/**
	 * Filter rest_pre_serve_request, after WordPress has reflected the origin: takes that back, unless it may be.
	 *
	 * @param mixed             $served  Kept as it is.
	 * @param \WP_HTTP_Response $result  Unused.
	 * @param \WP_REST_Request  $request The call.
	 * @return mixed
	 */
	public static function serve( $served, $result, $request ) {
		$origin = get_http_origin();
		if ( ! self::concerns( $request ) || '' === $origin ) {
			return $served;
		}
		if ( ! self::is_allowed( $origin ) ) {
			foreach ( array( 'Access-Control-Allow-Origin', 'Access-Control-Allow-Methods', 'Access-Control-Allow-Headers', 'Access-Control-Expose-Headers' ) as $name ) {
				header_remove( $name );
			}
		}
		// Tokens and signatures need no cookies; they are for the site's own pages.
		if ( ! in_array( $origin, self::own(), true ) ) {
			header_remove( 'Access-Control-Allow-Credentials' );
		}
		return $served;
	}

	/** @param mixed $request The call, if there is one. */
	private static function concerns( $request ): bool {
		return $request instanceof \WP_REST_Request && null !== Controller::path( $request );
	}
}
