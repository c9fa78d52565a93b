<?php
/**
 * What POST /infer takes and gives, and with it POST /infer/stream and each request of POST /batch.
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
		foreach ( self::properties() + Dry_Run::property() as $key => $property ) {
			$args[ $key ] = $property + array(
				'validate_callback' => null,
				'sanitize_callback' => null,
			);
		}
		return $args;
	}

	/** What the client asks. The body alone counts: apiFetch and proxies add query parameters of their own. */
	public static function body( \WP_REST_Request $request ): array {
		return $request->get_json_params() ?? self::from_form( $request->get_body_params() );
	}

	/** A result, as it is answered. */
	public static function answered( array $result ): array {
		return array(
			'cached' => $result['cached'],
			'result' => self::with_objects( $result ),
		);
	}

	/** A result or preview, so that JSON has an object also where nothing was counted: PHP knows no empty object. */
	public static function with_objects( array $result ): array {
		return isset( $result['redacted'] ) ? array_replace( $result, array( 'redacted' => (object) $result['redacted'] ) ) : $result;
	}

	/**
	 * A form knows only strings: gives each value the type that its argument declares, where it can be read as one.
	 *
	 * @param array $body The form.
	 * @param array $more Arguments that the route has besides those of a request.
	 */
	public static function from_form( array $body, array $more = array() ): array {
		$properties = self::properties() + Dry_Run::property() + $more;
		foreach ( $body as $key => $value ) {
			if ( is_string( $value ) ) {
				$body[ $key ] = self::cast( $value, $properties[ $key ]['type'] ?? 'string' );
			}
		}
		return $body;
	}

	private static function cast( string $value, string $type ): string|int|float|bool|array {
		return match ( true ) {
			'object' === $type && is_array( json_decode( $value, true ) )              => json_decode( $value, true ),
			'integer' === $type && false !== filter_var( $value, FILTER_VALIDATE_INT ) => (int) $value,
			'number' === $type && is_numeric( $value )                                 => (float) $value,
			'boolean' === $type && rest_is_boolean( $value )                           => rest_sanitize_boolean( $value ),
			default                                                                    => $value,
		};
	}

	/** The keys of a request, as a JSON schema has them. */
	public static function properties(): array {
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
			'schema'      => array(
				'type'        => 'object',
				'description' => __( 'A JSON schema of the type object: the answer is held to it, and comes decoded in data.', 'ai-secure-proxy' ),
			),
			'restart'     => array(
				'type'        => 'boolean',
				'description' => __( 'Whether a stream that breaks may begin again, after an event that tells you to drop what you have.', 'ai-secure-proxy' ),
			),
			'moderate'    => array(
				'type'        => 'string',
				'enum'        => array( 'none', 'input', 'output', 'both' ),
				'description' => __( 'What moderation judges, besides what the site has it judge anyway.', 'ai-secure-proxy' ),
			),
		);
	}

	/** The answer, as a JSON schema. */
	public static function answer(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-inference',
			'type'       => 'object',
			'properties' => self::answer_properties() + Dry_Run::answer_properties(),
		);
	}

	/** The keys of an answer, as a JSON schema has them. */
	public static function answer_properties(): array {
		return array(
			'cached' => array( 'type' => 'boolean' ),
			'result' => array(
				'type'       => 'object',
				'properties' => array(
					'text'                => array( 'type' => 'string' ),
					'data'                => array( 'type' => array( 'object', 'array', 'null' ) ),
					'model'               => array( 'type' => 'string' ),
					'provider'            => array( 'type' => 'string' ),
					'provider_request_id' => array( 'type' => array( 'string', 'null' ) ),
					'cached'              => array( 'type' => 'boolean' ),
					'tokens_in'           => array( 'type' => 'integer' ),
					'tokens_in_cached'    => array( 'type' => 'integer' ),
					'tokens_out'          => array( 'type' => 'integer' ),
					'tokens_reasoning'    => array( 'type' => 'integer' ),
					'cost_usd'            => array( 'type' => array( 'number', 'null' ) ),
					'finish_reason'       => array(
						'type' => 'string',
						'enum' => array( 'stop', 'length', 'content_filter', 'refusal', 'cancelled' ),
					),
					'request_id'          => array( 'type' => 'string' ),
					'req_hash'            => array( 'type' => 'string' ),
					'attempts'            => array( 'type' => 'integer' ),
					'duration_ms'         => array( 'type' => 'integer' ),
					'stale'               => array( 'type' => 'boolean' ),
					'age_s'               => array( 'type' => array( 'integer', 'null' ) ),
					'redacted'            => array( 'type' => 'object' ),
					'limits'              => array( 'type' => 'array' ),
					'provider_limits'     => array( 'type' => array( 'object', 'null' ) ),
				),
			),
		);
	}
}
