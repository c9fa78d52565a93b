<?php
/**
 * GET /models: which models may be asked, by the names that a request gives them.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Policy;

defined( 'ABSPATH' ) || exit;

final class Models_Controller extends Controller {

	private const ROUTE = '/models';

	public function register_routes(): void {
		$this->route( self::ROUTE, 'GET', array( $this, 'models' ), array( Access::class, 'may_infer' ), array(), array( self::class, 'schema' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function models(): \WP_REST_Response {
		$policy = aisp_policy_describe( Policy::current( Access::caller( self::ROUTE, Infer_Controller::SOURCE ) ) )['policy'];
		return Answer::data(
			array_map(
				static fn( $name ): array => array(
					'id'      => (string) $name,
					'default' => (string) $name === $policy['default_model'],
				),
				array_keys( $policy['models'] )
			)
		);
	}

	/** One model, as a JSON schema. */
	public static function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-model',
			'type'       => 'object',
			'properties' => array(
				'id'      => array( 'type' => 'string' ),
				'default' => array( 'type' => 'boolean' ),
			),
		);
	}
}
