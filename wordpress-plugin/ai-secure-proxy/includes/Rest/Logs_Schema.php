<?php
/**
 * The arguments of GET /logs and its like, and what they answer, as JSON schemas.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Log\Export;
use AI_Secure_Proxy\Log\Filter;
use AI_Secure_Proxy\Log\Paging;

defined( 'ABSPATH' ) || exit;

final class Logs_Schema {

	/** The filters, a page, and its order. */
	public static function page(): array {
		return self::filters() + self::checked(
			array(
				'orderby'  => array(
					'type'        => 'string',
					'enum'        => Paging::ORDERS,
					'default'     => 'created_at',
					'description' => __( 'What the records are sorted by; tokens are those of both ways.', 'ai-secure-proxy' ),
				),
				'order'    => array(
					'type'        => 'string',
					'enum'        => array( 'asc', 'desc' ),
					'default'     => 'desc',
					'description' => __( 'The smallest or oldest first, or the largest or newest.', 'ai-secure-proxy' ),
				),
				'page'     => array(
					'type'        => 'integer',
					'minimum'     => 1,
					'maximum'     => Paging::MOST,
					'default'     => 1,
					/* translators: %d: a number. */
					'description' => sprintf( __( 'Which page, down to the record number %d.', 'ai-secure-proxy' ), Paging::MOST ),
				),
				'per_page' => array(
					'type'        => 'integer',
					'minimum'     => 1,
					'maximum'     => 100,
					'default'     => 20,
					'description' => __( 'Records a page.', 'ai-secure-proxy' ),
				),
			)
		);
	}

	/** The filters, and a form. */
	public static function export(): array {
		return self::filters() + self::checked(
			array(
				'format' => array(
					'type'        => 'string',
					'enum'        => Export::FORMATS,
					'default'     => 'csv',
					'description' => __( 'The form of the file.', 'ai-secure-proxy' ),
				),
			)
		);
	}

	/** The filters that a request names, as the log takes them. */
	public static function filter( \WP_REST_Request $request ): array {
		$filter = array();
		foreach ( Filter::NAMES as $name ) {
			$filter[ $name ] = $request[ $name ];
		}
		return $filter;
	}

	/**
	 * Whether a filter's value can be searched for.
	 *
	 * @param mixed            $value   What the query says.
	 * @param \WP_REST_Request $request The call.
	 * @param string           $name    Which filter.
	 */
	public static function check( $value, \WP_REST_Request $request, string $name ): bool|\WP_Error {
		try {
			Filter::read( $name, $value );
			return true;
		} catch ( \InvalidArgumentException $e ) {
			return new \WP_Error( 'rest_invalid_param', $e->getMessage() );
		}
	}

	/**
	 * The value that is searched for.
	 *
	 * @param mixed            $value   What the query says; WordPress calls this also for what check() has refused.
	 * @param \WP_REST_Request $request The call.
	 * @param string           $name    Which filter.
	 */
	public static function read( $value, \WP_REST_Request $request, string $name ): mixed {
		try {
			return Filter::read( $name, $value );
		} catch ( \InvalidArgumentException $e ) {
			return null;
		}
	}

	private static function filters(): array {
		$said = array(
			'user'     => __( 'Only calls of these user ids; 0 is nobody.', 'ai-secure-proxy' ),
			'after'    => __( 'Only calls from this date or time on (UTC unless it names a zone).', 'ai-secure-proxy' ),
			'before'   => __( 'Only calls before this date or time (UTC unless it names a zone).', 'ai-secure-proxy' ),
			'status'   => __( 'Only calls answered with these HTTP statuses, such as 429, or classes of them, such as 5xx.', 'ai-secure-proxy' ),
			'model'    => __( 'Only calls of these models.', 'ai-secure-proxy' ),
			'provider' => __( 'Only calls that these providers answered or failed.', 'ai-secure-proxy' ),
			'route'    => __( 'Only calls that came in by these routes, such as /infer or cli.', 'ai-secure-proxy' ),
			'source'   => __( 'Only calls of these plugins or features.', 'ai-secure-proxy' ),
			'client'   => __( 'Only calls of these clients; token: is whoever came with a token.', 'ai-secure-proxy' ),
			'error'    => __( 'Only calls that ended with these errors, such as policy_quota; any is all that failed, none is the others.', 'ai-secure-proxy' ),
			'cached'   => __( 'Only calls that the cache answered, or only the others.', 'ai-secure-proxy' ),
			'search'   => __( 'A request id, or a hash or the first 8 or more digits of one.', 'ai-secure-proxy' ),
		);
		return array_map(
			static fn( string $description ): array => array(
				'description'       => $description,
				'validate_callback' => array( self::class, 'check' ),
				'sanitize_callback' => array( self::class, 'read' ),
			),
			$said
		);
	}

	private static function checked( array $args ): array {
		return array_map(
			static fn( array $arg ): array => $arg + array(
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'rest_sanitize_request_arg',
			),
			$args
		);
	}

	/** One record. */
	public static function record(): array {
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
		return self::schema( 'aisp-log-record', array_map( static fn( $type ): array => array( 'type' => $type ), $types ) );
	}

	/** One record by itself. */
	public static function detail(): array {
		$schema                            = self::record();
		$schema['properties']['user_name'] = array( 'type' => array( 'string', 'null' ) );
		return $schema;
	}

	/** What the log has seen. */
	public static function facets(): array {
		$properties = array();
		foreach ( array( 'models', 'providers', 'routes', 'sources', 'clients', 'errors', 'statuses', 'users' ) as $facet ) {
			$properties[ $facet ] = array(
				'type'  => 'array',
				'items' => array( 'type' => array( 'statuses' => 'integer', 'users' => 'object' )[ $facet ] ?? 'string' ), // phpcs:ignore WordPress.Arrays
			);
		}
		return self::schema( 'aisp-log-facets', $properties );
	}

	private static function schema( string $title, array $properties ): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => $title,
			'type'       => 'object',
			'properties' => $properties,
		);
	}
}
