<?php
/**
 * What happens around our callbacks: WordPress refuses some calls before the module sees them, and the log wants those too.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;
use AI_Secure_Proxy\Log\Table;

defined( 'ABSPATH' ) || exit;

final class Refusals {

	/** The routes that ask a model => the argument that each cannot do without. */
	private const ROUTES = array(
		Infer_Controller::ROUTE  => 'prompt',
		Stream_Controller::ROUTE => 'prompt',
		Batch_Controller::ROUTE  => 'requests',
		Jobs_Controller::ROUTE   => 'prompt',
	);

	/** HTTP status => the log's word for it. Other refusals (no such route, module missing) are no calls of ours. */
	private const ERRORS = array(
		400 => 'caller_invalid',
		401 => 'caller_unauthorized',
		403 => 'caller_forbidden',
	);

	/**
	 * Filter rest_pre_dispatch: hands bodies that WordPress stumbles over to the module, in the form that it can judge.
	 *
	 * @param mixed            $result  Kept as it is.
	 * @param \WP_REST_Server  $server  Unused.
	 * @param \WP_REST_Request $request The call.
	 * @return mixed
	 */
	public static function mend_body( $result, $server, \WP_REST_Request $request ) {
		$route = self::route( $request );
		if ( null !== $route && ! Outsider::is( $request ) && $request->is_json_content_type() && ! is_array( $request->get_json_params() ) ) {
			$body = Json_Body::mended( $request->get_body(), self::ROUTES[ $route ] );
			if ( null !== $body ) {
				// As form fields: JSON could not carry the bytes that are not UTF-8.
				$request->remove_header( 'content-type' );
				$request->set_body( '' );
				$request->set_body_params( $body );
			}
		}
		return $result;
	}

	/**
	 * Filter rest_request_before_callbacks: WordPress finds a broken body before it asks who sent it; nobody gets 401 all the same.
	 *
	 * @param mixed            $response A WP_Error where WordPress refused.
	 * @param array            $handler  Unused.
	 * @param \WP_REST_Request $request  The call.
	 * @return mixed
	 */
	public static function permission_first( $response, $handler, \WP_REST_Request $request ) {
		if ( is_wp_error( $response ) && ( null !== self::route( $request ) || Jobs_Controller::is_ours( $request ) ) ) {
			$permission = Access::from_here( $request ) ?? Access::may_infer( $request );
			return is_wp_error( $permission ) ? $permission : $response;
		}
		return $response;
	}

	/**
	 * Filter rest_post_dispatch, which also sees refused log-ins: no answer of ours is kept by a cache or found by a search, who may come again hears when, no refusal is lost.
	 *
	 * @param \WP_REST_Response $response The answer.
	 * @param \WP_REST_Server   $server   Unused.
	 * @param \WP_REST_Request  $request  The call.
	 */
	public static function after_dispatch( $response, $server, \WP_REST_Request $request ) {
		if ( null !== Controller::path( $request ) ) {
			$response->header( 'Cache-Control', 'no-store' );
			$response->header( 'X-Robots-Tag', 'noindex' );
			// Who was refused at the door was so by a WP_Error, which has no headers.
			Answer::say_when( $response, $response->get_data()['data']['retry_after'] ?? null );
		}
		$route = self::route( $request );
		if ( null !== $route && ! Inference::called() && ! self::is_dry( $request, $response->get_status() ) && isset( self::ERRORS[ $response->get_status() ] ) ) {
			self::log( $route, $response->get_status(), Source::of( $request ) );
		}
		return $response;
	}

	/** A dry run is no call, whatever is wrong with it; but who may not ask has tried to. */
	private static function is_dry( \WP_REST_Request $request, int $status ): bool {
		return 400 === $status && Dry_Run::asked( $request );
	}

	/** Which of the routes that ask a model it is; null where it is none of them. */
	private static function route( \WP_REST_Request $request ): ?string {
		$route = 'POST' === $request->get_method() ? Controller::path( $request ) : null;
		return isset( self::ROUTES[ $route ] ) ? $route : null;
	}

	private static function log( string $route, int $status, string $source ): void {
		Table::insert(
			array(
				array(
					'uid'         => wp_generate_uuid4(),
					'user_id'     => get_current_user_id(),
					'route'       => $route,
					'status_code' => $status,
					'error'       => self::ERRORS[ $status ],
					'created_at'  => time(),
					'source'      => $source,
				),
			)
		);
	}
}
