<?php
/**
 * GET /status: how the module is, for those who manage the proxy.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;

defined( 'ABSPATH' ) || exit;

final class Status_Controller extends Controller {

	public function register_routes(): void {
		$this->route( '/status', 'GET', array( $this, 'status' ), array( Access::class, 'may_manage' ), array(), array( self::class, 'schema' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function status(): \WP_REST_Response {
		return Answer::data( aisp_status( Access::site() ) + array( 'plugin' => AI_SECURE_PROXY_VERSION ) );
	}

	/** The answer, as a JSON schema. */
	public static function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-status',
			'type'       => 'object',
			'properties' => array(
				'version'  => array( 'type' => 'string' ),
				'build'    => array( 'type' => 'string' ),
				'store'    => array( 'type' => 'object' ),
				'cache'    => array( 'type' => 'object' ),
				'spool'    => array( 'type' => 'integer' ),
				'inbox'    => array( 'type' => 'object' ),
				'jobs'     => array( 'type' => 'object' ),
				'counters' => array( 'type' => 'object' ),
				'breakers' => array(
					'type'  => 'array',
					'items' => array( 'type' => 'object' ),
				),
				'warnings' => array(
					'type'  => 'array',
					'items' => array( 'type' => 'string' ),
				),
				'plugin'   => array( 'type' => 'string' ),
			),
		);
	}
}
