<?php
/**
 * The one request that this PHP process answers over HTTP, as against those that code makes with rest_do_request().
 *
 * WordPress runs the callbacks of both alike. But only the one that is served can be streamed to a browser.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Served {

	private static ?\WP_REST_Request $request = null;

	/**
	 * Filter rest_exposed_cors_headers, which WordPress applies in WP_REST_Server::serve_request() and nowhere else.
	 *
	 * @param mixed                 $headers Kept as they are.
	 * @param \WP_REST_Request|null $request The one that is served.
	 * @return mixed
	 */
	public static function remember( $headers, $request = null ) {
		self::$request = $request;
		return $headers;
	}

	/** Whether it is the one that is served. */
	public static function is( \WP_REST_Request $request ): bool {
		return $request === self::$request;
	}

	/** Whether the answer to this request goes to the client as it is: not to PHP code, nor wrapped into something else. */
	public static function plainly( \WP_REST_Request $request ): bool {
		return self::is( $request ) && ! array_intersect_key( $request->get_query_params(), array_flip( array( '_envelope', '_jsonp' ) ) );
	}
}
