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

	/** Why a request is refused, whoever sent it. */
	public static function refusal( \WP_REST_Request $request ): ?\WP_Error {
		if ( array_intersect_key( $request->get_query_params(), array_flip( self::PARAMETERS ) ) || null !== $request->get_header( 'x_http_method_override' ) ) {
			/* translators: %s: names of parameters. */
			return new \WP_Error( 'invalid_request', sprintf( __( 'A request without a login must not have %s or X-HTTP-Method-Override.', 'ai-secure-proxy' ), implode( ', ', self::PARAMETERS ) ), array( 'status' => 400 ) );
		}
		return null;
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
		$concerned = Webhook_Controller::is_ours( $request ) || Token_Controller::ROUTE === Controller::path( $request )
			|| null !== Controller::path( $request ) && Outsider::is( $request );
		$refusal   = $concerned ? self::refusal( $request ) : null;
		if ( $served || null === $refusal ) {
			return $served;
		}
		$response = Answer::error( $refusal );
		status_header( $response->get_status() );
		header( 'Content-Type: application/json; charset=UTF-8' );
		header( 'Cache-Control: no-store' );
		echo wp_json_encode( $response->get_data() );
		return true;
	}
}
