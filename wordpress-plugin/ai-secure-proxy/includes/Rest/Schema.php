<?php
/**
 * Arguments and answers of routes, in the words of WordPress.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Schema {

	/** Arguments that WordPress checks, and gives in their types. */
	public static function checked( array $args ): array {
		$by = array(
			'validate_callback' => 'rest_validate_request_arg',
			'sanitize_callback' => 'rest_sanitize_request_arg',
		);
		return array_map( static fn( array $arg ): array => $arg + $by, $args );
	}

	/** An object, as a JSON schema. */
	public static function of( string $title, array $properties ): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => $title,
			'type'       => 'object',
			'properties' => $properties,
		);
	}

	/** Properties of which no more is said than their types. */
	public static function types( array $types ): array {
		return array_map( static fn( $type ): array => array( 'type' => $type ), $types );
	}
}
