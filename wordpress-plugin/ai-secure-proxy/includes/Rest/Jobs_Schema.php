<?php
/**
 * What the routes of jobs take and give. The module judges what is asked.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Jobs_Schema {

	private const STATES = array( 'queued', 'running', 'waiting', 'done', 'failed', 'cancelled' );

	/** The arguments of POST /jobs, for discovery; unchecked by WordPress, see Infer_Schema::args(). */
	public static function args(): array {
		$unchecked = array(
			'validate_callback' => null,
			'sanitize_callback' => null,
		);
		return Infer_Schema::args() + array_map( static fn( array $property ): array => $unchecked + $property, self::properties() );
	}

	/** What the client asks; a form's values in the types that a request declares. */
	public static function body( \WP_REST_Request $request ): array {
		$body = $request->get_json_params();
		if ( null !== $body ) {
			return $body;
		}
		$body = self::from_form( $request->get_body_params() );
		if ( is_array( $body['items'] ?? null ) ) {
			$body['items'] = array_map( static fn( $item ) => is_array( $item ) ? self::from_form( $item ) : $item, $body['items'] );
		}
		return $body;
	}

	/** The filters of GET /jobs. */
	public static function filters(): array {
		return Schema::checked(
			array(
				'state'    => array(
					'type'        => 'string',
					'enum'        => self::STATES,
					'description' => __( 'Only jobs in this state.', 'ai-secure-proxy' ),
				),
				'source'   => array(
					'type'        => 'string',
					'maxLength'   => 191,
					'description' => __( 'Only jobs of this plugin or feature.', 'ai-secure-proxy' ),
				),
				'user_id'  => array(
					'type'        => 'integer',
					'minimum'     => 0,
					'description' => __( 'Only jobs of this user; of others than yourself if you manage the proxy.', 'ai-secure-proxy' ),
				),
				'per_page' => array(
					'type'        => 'integer',
					'minimum'     => 1,
					'maximum'     => 100,
					'default'     => 20,
					'description' => __( 'Jobs a page.', 'ai-secure-proxy' ),
				),
				'before'   => array(
					'type'        => 'string',
					'pattern'     => '^job_[0-9a-f]{32}$',
					'description' => __( 'Only jobs that were enqueued before the one of this id: the last one of the page before.', 'ai-secure-proxy' ),
				),
			)
		);
	}

	/** The arguments of GET /jobs/{id}. */
	public static function window(): array {
		return Schema::checked(
			array(
				'items' => array(
					'type'        => 'integer',
					'minimum'     => 0,
					'maximum'     => 1000,
					'default'     => 0,
					'description' => __( 'How many items of the job to show.', 'ai-secure-proxy' ),
				),
				'from'  => array(
					'type'        => 'integer',
					'minimum'     => 0,
					'maximum'     => 99999,
					'default'     => 0,
					'description' => __( 'The place of the first of them, counted from 0.', 'ai-secure-proxy' ),
				),
			)
		);
	}

	/** A job, as it is answered: JSON has an object also where nothing was counted. */
	public static function shown( array $job ): array {
		if ( is_array( $job['result'] ?? null ) ) {
			$job['result'] = Infer_Schema::with_objects( $job['result'] );
		}
		foreach ( $job['items'] ?? array() as $i => $item ) {
			if ( is_array( $item['result'] ?? null ) ) {
				$job['items'][ $i ]['result'] = Infer_Schema::with_objects( $item['result'] );
			}
		}
		return $job;
	}

	/** The answer of POST /jobs, as a JSON schema. */
	public static function enqueued(): array {
		return Schema::of(
			'aisp-job-enqueued',
			array(
				'job_id' => array( 'type' => 'string' ),
				'job'    => array(
					'type'       => 'object',
					'properties' => self::job()['properties'],
				),
			) + Dry_Run::answer_properties()
		);
	}

	/** A job, as a JSON schema. */
	public static function job(): array {
		$types = array(
			'id'          => 'string',
			'state'       => 'string',
			'progress'    => 'object',
			'result'      => array( 'object', 'null' ),
			'items'       => 'array',
			'error'       => array( 'string', 'null' ),
			'attempts'    => 'integer',
			'due_at'      => 'integer',
			'created_at'  => 'integer',
			'started_at'  => array( 'integer', 'null' ),
			'ended_at'    => array( 'integer', 'null' ),
			'accepted_at' => array( 'integer', 'null' ),
			'caller'      => 'object',
			'store'       => array( 'object', 'null' ),
			'preview'     => 'boolean',
			'callback'    => array( 'string', 'null' ),
		);
		return Schema::of( 'aisp-job', Schema::types( $types ) );
	}

	/** What a job may say besides what is asked. */
	private static function properties(): array {
		$store = array(
			'type'        => 'object',
			'properties'  => array(
				'post_id'  => array( 'type' => 'integer' ),
				'meta_key' => array( 'type' => 'string' ), // phpcs:ignore WordPress.DB.SlowDBQuery -- The name of an argument.
			),
			'description' => __( 'The post, and the key of its meta data, that the answer is written to.', 'ai-secure-proxy' ),
		);
		return array(
			'items'           => array(
				'type'        => 'array',
				'items'       => array(
					'type'       => 'object',
					'properties' => Infer_Schema::properties() + array( 'store' => $store ),
				),
				'description' => __( 'Many requests instead of one; what stands beside them holds for each that does not say otherwise.', 'ai-secure-proxy' ),
			),
			'store'           => $store,
			'priority'        => array(
				'type'        => 'integer',
				'minimum'     => 0,
				'maximum'     => 9,
				'description' => __( 'The higher, the sooner.', 'ai-secure-proxy' ),
			),
			'run_at'          => array(
				'type'        => 'integer',
				'description' => __( 'A Unix time before which nothing is done.', 'ai-secure-proxy' ),
			),
			'idempotency_key' => array(
				'type'        => 'string',
				'maxLength'   => 191,
				'description' => __( 'The same key with the same request is the same job. Also as the header Idempotency-Key.', 'ai-secure-proxy' ),
			),
			'preview'         => array(
				'type'        => 'boolean',
				'description' => __( 'Whether the answers are written nowhere before somebody accepts the job.', 'ai-secure-proxy' ),
			),
			'callback'        => array(
				'type'        => 'string',
				'format'      => 'uri',
				'description' => __( 'An https address that is told of the end.', 'ai-secure-proxy' ),
			),
			'background'      => array(
				'type'        => 'boolean',
				'description' => __( 'Whether the provider may answer later, where it can: for one request that takes long.', 'ai-secure-proxy' ),
			),
			'within'          => array(
				'type'        => 'string',
				'enum'        => array( '24h' ),
				'description' => __( 'The provider may take a day for the items, for half the price.', 'ai-secure-proxy' ),
			),
		);
	}

	private static function from_form( array $body ): array {
		$body = Infer_Schema::from_form( $body, self::properties() );
		if ( is_array( $body['store'] ?? null ) ) {
			$body['store'] = Infer_Schema::from_form( $body['store'], self::properties()['store']['properties'] );
		}
		return $body;
	}
}
