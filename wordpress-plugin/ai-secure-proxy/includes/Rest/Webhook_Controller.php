<?php
/**
 * POST /webhook and POST /webhook/{source}: events from outside, taken where their signature holds, and acknowledged once they
 * are safe in the inbox.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Policy;
use AI_Secure_Proxy\Webhook\Inbox;

defined( 'ABSPATH' ) || exit;

final class Webhook_Controller extends Controller {

	public const ROUTE = '/webhook';

	/** The source of events that come to the route without a name. */
	private const USUAL = 'default';

	/** When a sender should come again with what could not be kept. */
	private const COME_AGAIN_S = 30;

	public function register_routes(): void {
		foreach ( array( self::ROUTE, self::ROUTE . '/(?P<source>[a-z0-9_-]{1,64})' ) as $path ) {
			$this->route( $path, 'POST', array( $this, 'receive' ), '__return_true', array(), array( self::class, 'schema' ) );
		}
	}

	/**
	 * The signature is the permission. A source that there is not is refused like a signature that does not hold: nobody learns
	 * which ones there are.
	 *
	 * @throws \Aisp\Exception Answered by the base controller.
	 */
	public function receive( \WP_REST_Request $request ): \WP_REST_Response {
		if ( Signed::is_disguised( $request ) ) {
			return Answer::error( new \WP_Error( 'invalid_request', Signed::no_disguise(), array( 'status' => 400 ) ) );
		}
		$name   = $request->get_url_params()['source'] ?? self::USUAL;
		$caller = Access::nobody();
		$source = Policy::current( $caller )['webhooks'][ $name ] ?? array( 'scheme' => 'hex' );
		$about  = array(
			'source' => $name,
			'site'   => $caller['site'],
		);
		try {
			$event = aisp_webhook_receive( $request->get_body(), $request->get_headers(), $about + (array) $source );
		} catch ( \Aisp\StoreUnavailable $e ) {
			$data = array(
				'status'      => $e->getStatus(),
				'retry_after' => self::COME_AGAIN_S,
			);
			return Answer::error( new \WP_Error( $e->getSlug(), $e->getMessage(), $data ) );
		}
		Inbox::after_response();
		return Answer::data(
			array(
				'received'  => true,
				'duplicate' => $event['duplicate'],
			)
		);
	}

	/**
	 * Filter rest_request_before_callbacks: what counts is the raw body, also where WordPress finds that it is no JSON.
	 *
	 * @param mixed            $response A WP_Error where WordPress refused.
	 * @param array            $handler  Unused.
	 * @param \WP_REST_Request $request  The call.
	 * @return mixed
	 */
	public static function any_body( $response, $handler, \WP_REST_Request $request ) {
		$is_ours = str_starts_with( $request->get_route(), '/' . self::NAMESPACE . self::ROUTE );
		return $is_ours && is_wp_error( $response ) && 'rest_invalid_json' === $response->get_error_code() ? null : $response;
	}

	/** The answer, as a JSON schema. */
	public static function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-webhook',
			'type'       => 'object',
			'properties' => array(
				'received'  => array( 'type' => 'boolean' ),
				'duplicate' => array( 'type' => 'boolean' ),
			),
		);
	}
}
