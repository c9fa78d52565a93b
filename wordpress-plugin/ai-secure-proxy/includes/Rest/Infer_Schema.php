<?php
/**
 * What POST /infer takes and gives.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Infer_Schema {

	/**
	 * The arguments, for discovery. The module validates them, so that every refusal reads alike and is in the log:
	 * nothing is required here, and the null callbacks keep WordPress from checking and casting by type.
	 */
	public static function args(): array {
		$args = array();
		foreach ( self::properties() as $key => $property ) {
			$args[ $key ] = $property + array(
				'validate_callback' => null,
				'sanitize_callback' => null,
			);
		}
		return $args;
	}

	/** A form knows only strings: gives each value the type that its argument declares, where it can be read as one. */
	public static function from_form( array $body ): array {
		$properties = self::properties();
		foreach ( $body as $key => $value ) {
			if ( is_string( $value ) ) {
				$body[ $key ] = self::cast( $value, $properties[ $key ]['type'] ?? 'string' );
			}
		}
		return $body;
	}

	private static function cast( string $value, string $type ): string|int|float|bool {
		return match ( true ) {
			'integer' === $type && false !== filter_var( $value, FILTER_VALIDATE_INT ) => (int) $value,
			'number' === $type && is_numeric( $value )                                 => (float) $value,
			'boolean' === $type && rest_is_boolean( $value )                           => rest_sanitize_boolean( $value ),
			default                                                                    => $value,
		};
	}

	private static function properties(): array {
		return array(
			'prompt'      => array(
				'type'        => 'string',
				'minLength'   => 1,
				'maxLength'   => 8000,
				'description' => __( 'The question, 1 to 8000 characters after trimming. Either this or messages.', 'ai-secure-proxy' ),
			),
			'messages'    => array(
				'type'        => 'array',
				'description' => __( 'A conversation instead of a prompt.', 'ai-secure-proxy' ),
				'items'       => array(
					'type'       => 'object',
					'properties' => array(
						'role'    => array(
							'type' => 'string',
							'enum' => array( 'system', 'user', 'assistant' ),
						),
						'content' => array( 'type' => 'string' ),
					),
				),
			),
			'system'      => array(
				'type'        => 'string',
				'description' => __( 'Instructions to the model.', 'ai-secure-proxy' ),
			),
			'model'       => array(
				'type'        => 'string',
				'description' => __( 'One of the models that the site allows; without it the site’s default.', 'ai-secure-proxy' ),
			),
			'max_tokens'  => array(
				'type'        => 'integer',
				'minimum'     => 1,
				'description' => __( 'The longest answer wanted, in tokens.', 'ai-secure-proxy' ),
			),
			'temperature' => array(
				'type'        => 'number',
				'minimum'     => 0,
				'maximum'     => 2,
				'description' => __( 'How freely the model chooses its words.', 'ai-secure-proxy' ),
			),
			'cache'       => array(
				'type'        => 'boolean',
				'description' => __( 'Whether an answer from the cache will do, and this one may be kept; true unless said otherwise.', 'ai-secure-proxy' ),
			),
			'cache_ttl'   => array(
				'type'        => 'integer',
				'minimum'     => 1,
				'description' => __( 'How long this answer may be kept, in seconds.', 'ai-secure-proxy' ),
			),
			'tags'        => array(
				'type'        => 'array',
				'items'       => array( 'type' => 'string' ),
				'description' => __( 'Names under which the cached answer can be dropped later, such as post:123.', 'ai-secure-proxy' ),
			),
			'timeout_ms'  => array(
				'type'        => 'integer',
				'minimum'     => 1,
				'description' => __( 'The deadline of the whole call, in milliseconds.', 'ai-secure-proxy' ),
			),
		);
	}

	/** The answer, as a JSON schema. */
	public static function answer(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-inference',
			'type'       => 'object',
			'properties' => array(
				'cached' => array( 'type' => 'boolean' ),
				'result' => array(
					'type'       => 'object',
					'properties' => array(
						'text'          => array( 'type' => 'string' ),
						'data'          => array( 'type' => array( 'object', 'array', 'null' ) ),
						'model'         => array( 'type' => 'string' ),
						'provider'      => array( 'type' => 'string' ),
						'cached'        => array( 'type' => 'boolean' ),
						'tokens_in'     => array( 'type' => 'integer' ),
						'tokens_out'    => array( 'type' => 'integer' ),
						'cost_usd'      => array( 'type' => array( 'number', 'null' ) ),
						'finish_reason' => array(
							'type' => 'string',
							'enum' => array( 'stop', 'length', 'content_filter', 'refusal' ),
						),
						'request_id'    => array( 'type' => 'string' ),
						'req_hash'      => array( 'type' => 'string' ),
						'attempts'      => array( 'type' => 'integer' ),
						'duration_ms'   => array( 'type' => 'integer' ),
						'limits'        => array( 'type' => 'array' ),
					),
				),
			),
		);
	}
}
