<?php
/**
 * GET /models: what whoever asks may name in a request, and how long a prompt may be.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Policy;

defined( 'ABSPATH' ) || exit;

final class Models_Controller extends Controller {

	public const ROUTE = '/models';

	public function register_routes(): void {
		$this->route( self::ROUTE, 'GET', array( $this, 'models' ), array( Access::class, 'may_infer' ), array(), array( self::class, 'schema' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function models( \WP_REST_Request $request ): \WP_REST_Response {
		$caller = Access::caller( self::ROUTE, Source::of( $request ) );
		$policy = aisp_policy_describe( Policy::current( $caller ) )['policy'];
		return Answer::data(
			array(
				'default_model'    => $policy['default_model'],
				'models'           => array_map( 'strval', array_keys( $policy['models'] ) ),
				'max_prompt_chars' => $policy['max_prompt_chars'],
			)
		);
	}

	/** The answer, as a JSON schema. */
	public static function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-models',
			'type'       => 'object',
			'properties' => array(
				'default_model'    => array( 'type' => 'string' ),
				'models'           => array(
					'type'  => 'array',
					'items' => array( 'type' => 'string' ),
				),
				'max_prompt_chars' => array( 'type' => 'integer' ),
			),
		);
	}
}
