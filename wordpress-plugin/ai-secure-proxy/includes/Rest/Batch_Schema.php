<?php
/**
 * What POST /batch takes and gives. The module judges each request; this looks at what is around them.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Batch_Schema {

	/** One HTTP request waits for all of them; the command line takes files of any length. */
	private const MAX_REQUESTS = 100;

	/** The arguments, for discovery; unchecked by WordPress, see Infer_Schema::args(). */
	public static function args(): array {
		$unchecked = array(
			'validate_callback' => null,
			'sanitize_callback' => null,
		);
		return array(
			'requests'   => $unchecked + array(
				'type'        => 'array',
				'minItems'    => 1,
				'maxItems'    => self::MAX_REQUESTS,
				'items'       => array(
					'type'       => 'object',
					'properties' => Infer_Schema::properties(),
				),
				'description' => __( 'The requests, each as /infer takes it.', 'ai-secure-proxy' ),
			),
			'pack'       => $unchecked + array(
				'type'        => 'boolean',
				'description' => __( 'Whether short prompts to the same model may share one call to the provider.', 'ai-secure-proxy' ),
			),
			Dry_Run::KEY => $unchecked + Dry_Run::property()[ Dry_Run::KEY ],
		);
	}

	/** What the client asks; a form's values in the types that a request declares. */
	public static function body( \WP_REST_Request $request ): array {
		$body = $request->get_json_params();
		if ( null !== $body ) {
			return $body;
		}
		$body = $request->get_body_params();
		if ( is_array( $body['requests'] ?? null ) ) {
			$body['requests'] = array_map( static fn( $one ) => is_array( $one ) ? Infer_Schema::from_form( $one ) : $one, $body['requests'] );
		}
		foreach ( array( 'pack', Dry_Run::KEY ) as $key ) {
			if ( isset( $body[ $key ] ) && rest_is_boolean( $body[ $key ] ) ) {
				$body[ $key ] = rest_sanitize_boolean( $body[ $key ] );
			}
		}
		return $body;
	}

	/** What is wrong with it as a whole, or null. */
	public static function fault( array $body ): ?string {
		$unknown = array_key_first( array_diff_key( $body, self::args() ) );
		if ( null !== $unknown ) {
			/* translators: %s: name of an argument. */
			return sprintf( __( '“%s” is not known; a batch has requests, pack and dry_run.', 'ai-secure-proxy' ), wp_check_invalid_utf8( (string) $unknown ) );
		}
		if ( ! is_bool( $body['pack'] ?? false ) ) {
			return __( 'pack must be true or false.', 'ai-secure-proxy' );
		}
		$requests = $body['requests'] ?? null;
		if ( "\xFF" === $requests ) {
			return __( 'requests must be UTF-8.', 'ai-secure-proxy' );
		}
		if ( ! is_array( $requests ) || ! array_is_list( $requests ) || ! $requests || count( $requests ) > self::MAX_REQUESTS ) {
			/* translators: %d: a number. */
			return sprintf( __( 'requests must be a list of 1 to %d requests.', 'ai-secure-proxy' ), self::MAX_REQUESTS );
		}
		foreach ( $requests as $i => $request ) {
			if ( ! is_array( $request ) ) {
				/* translators: %d: the place of a request in the list, from 0. */
				return sprintf( __( 'requests[%d] must be an object.', 'ai-secure-proxy' ), $i );
			}
		}
		return null;
	}

	/** The answer, as a JSON schema. */
	public static function answer(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-batch',
			'type'       => 'object',
			'properties' => array(
				Dry_Run::KEY => array( 'type' => 'boolean' ),
				'results'    => array(
					'type'  => 'array',
					'items' => array(
						'type'       => 'object',
						'properties' => Infer_Schema::answer_properties() + array(
							'preview' => array( 'type' => 'object' ),
							'error'   => array(
								'type'       => 'object',
								'properties' => array(
									'code'        => array( 'type' => 'string' ),
									'message'     => array( 'type' => 'string' ),
									'status'      => array( 'type' => 'integer' ),
									'retry_after' => array( 'type' => array( 'integer', 'null' ) ),
									'categories'  => array(
										'type'  => 'array',
										'items' => array( 'type' => 'string' ),
									),
								),
							),
						),
					),
				),
			),
		);
	}
}
