<?php
/**
 * GET /logs: the audit log, for those who manage the proxy.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Log\Query;

defined( 'ABSPATH' ) || exit;

final class Logs_Controller extends Controller {

	public function register_routes(): void {
		$this->route( '/logs', 'GET', array( $this, 'logs' ), array( Access::class, 'may_manage' ), self::args(), array( self::class, 'schema' ) );
	}

	public function logs( \WP_REST_Request $request ): \WP_REST_Response {
		$filter = array();
		foreach ( array( 'user', 'after', 'before', 'status', 'model', 'route' ) as $key ) {
			$filter[ $key ] = $request[ $key ];
		}
		$page     = Query::page( $filter, $request['page'], $request['per_page'] );
		$response = Answer::data( $page['rows'] );
		$response->header( 'X-WP-Total', (string) $page['total'] );
		$response->header( 'X-WP-TotalPages', (string) (int) ceil( $page['total'] / $request['per_page'] ) );
		return $response;
	}

	private static function args(): array {
		$date = array(
			'type'              => 'string',
			'validate_callback' => array( self::class, 'is_date' ),
			'sanitize_callback' => array( Query::class, 'utc' ),
		);
		$args = array(
			'user'     => array(
				'type'        => 'integer',
				'minimum'     => 0,
				'description' => __( 'Only calls of this user id; 0 is nobody.', 'ai-secure-proxy' ),
			),
			'after'    => $date + array( 'description' => __( 'Only calls from this date or time on (UTC unless it names a zone).', 'ai-secure-proxy' ) ),
			'before'   => $date + array( 'description' => __( 'Only calls before this date or time (UTC unless it names a zone).', 'ai-secure-proxy' ) ),
			'status'   => array(
				'type'        => 'integer',
				'minimum'     => 100,
				'maximum'     => 599,
				'description' => __( 'Only calls answered with this HTTP status.', 'ai-secure-proxy' ),
			),
			'model'    => array(
				'type'        => 'string',
				'description' => __( 'Only calls of this model.', 'ai-secure-proxy' ),
			),
			'route'    => array(
				'type'        => 'string',
				'description' => __( 'Only calls that came in by this route, such as /infer or cli.', 'ai-secure-proxy' ),
			),
			'page'     => array(
				'type'        => 'integer',
				'minimum'     => 1,
				'maximum'     => 1000000,
				'default'     => 1,
				'description' => __( 'Which page.', 'ai-secure-proxy' ),
			),
			'per_page' => array(
				'type'        => 'integer',
				'minimum'     => 1,
				'maximum'     => 100,
				'default'     => 20,
				'description' => __( 'Records a page.', 'ai-secure-proxy' ),
			),
		);
		foreach ( $args as $key => $arg ) {
			$args[ $key ] = $arg + array(
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'rest_sanitize_request_arg',
			);
		}
		return $args;
	}

	/** @param mixed $value What the query says. */
	public static function is_date( $value ): bool|\WP_Error {
		if ( is_string( $value ) && null !== Query::utc( $value ) ) {
			return true;
		}
		return new \WP_Error( 'rest_invalid_date', __( 'A date is written 2026-11-23 or 2026-11-23T10:00:00Z.', 'ai-secure-proxy' ) );
	}

	/** One record, as a JSON schema. */
	public static function schema(): array {
		$types = array(
			'id'            => 'integer',
			'uid'           => 'string',
			'created_at'    => 'string',
			'user_id'       => 'integer',
			'client'        => 'string',
			'source'        => 'string',
			'route'         => 'string',
			'provider'      => 'string',
			'model'         => 'string',
			'cached'        => 'boolean',
			'status_code'   => 'integer',
			'error'         => array( 'string', 'null' ),
			'tokens_in'     => 'integer',
			'tokens_out'    => 'integer',
			'cost_microusd' => array( 'integer', 'null' ),
			'attempts'      => 'integer',
			'duration_ms'   => 'integer',
			'req_hash'      => 'string',
			'request_id'    => 'string',
		);
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-log-record',
			'type'       => 'object',
			'properties' => array_map( static fn( $type ): array => array( 'type' => $type ), $types ),
		);
	}
}
