<?php
/**
 * What would make another request of it than the one that was signed, or another answer: refused where no login is asked for.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Disguise {

	private const PARAMETERS = array( '_method', '_envelope', '_jsonp' );

	/**
	 * Filter rest_pre_dispatch: before anything is done, and before WordPress looks for a route by a method that was not sent.
	 *
	 * @param mixed            $result  Kept as it is, unless the request is refused.
	 * @param \WP_REST_Server  $server  Unused.
	 * @param \WP_REST_Request $request The call.
	 * @return mixed
	 */
	public static function refuse( $result, $server, \WP_REST_Request $request ) {
		$refusal = empty( $result ) ? self::refusal( $request ) : null;
		if ( null !== $refusal && Outsider::is( $request ) ) {
			wp_set_current_user( 0 ); // Whoever is logged in has not sent it.
		}
		return $refusal ?? $result;
	}

	/**
	 * Filter rest_pre_serve_request: an envelope is 200 whatever is in it, and whoever sent the request would take that for yes.
	 *
	 * @param mixed             $served  Whether the answer is sent already.
	 * @param \WP_HTTP_Response $result  Unused.
	 * @param \WP_REST_Request  $request The call.
	 * @return mixed
	 */
	public static function serve( $served, $result, \WP_REST_Request $request ) {
		$refusal = $served ? null : self::refusal( $request );
		if ( null === $refusal ) {
			return $served;
		}
		$response = Answer::error( $refusal );
		status_header( $response->get_status() );
		header( 'Content-Type: application/json; charset=UTF-8' );
		header( 'Cache-Control: no-store' );
		echo wp_json_encode( $response->get_data() );
		return true;
	}

	/** Why a request is refused, whoever sent it; null where it is not. */
	private static function refusal( \WP_REST_Request $request ): ?\WP_Error {
		$worn = array_intersect_key( $request->get_query_params(), array_flip( self::PARAMETERS ) ) || null !== $request->get_header( 'x_http_method_override' );
		if ( ! $worn || ! self::must_be_plain( $request ) ) {
			return null;
		}
		/* translators: %s: names of parameters. */
		return new \WP_Error( 'invalid_request', sprintf( __( 'A request without a login must not have %s or X-HTTP-Method-Override.', 'ai-secure-proxy' ), implode( ', ', self::PARAMETERS ) ), array( 'status' => 400 ) );
	}

	/** Whether it counts just as it was sent, because no login says who sent it. */
	private static function must_be_plain( \WP_REST_Request $request ): bool {
		$path = Controller::path( $request );
		return null !== $path && ( Token_Controller::ROUTE === $path || Webhook_Controller::is_ours( $request ) || Outsider::is( $request ) );
	}
}
