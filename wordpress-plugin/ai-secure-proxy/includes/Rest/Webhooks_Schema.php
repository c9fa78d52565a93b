<?php
/**
 * What the routes of the inbox take and give.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Webhook\Events;

defined( 'ABSPATH' ) || exit;

final class Webhooks_Schema {

	/** A name in the settings, or what the ends of jobs are told under. */
	private const SOURCE = '^(:job|[a-z0-9_-]{1,64})$';

	/** Of an event as the module has it: the rest is its worker's. */
	private const FIELDS = array(
		'id'          => 'integer',
		'source'      => 'string',
		'event'       => 'string',
		'type'        => array( 'string', 'null' ),
		'timestamp'   => array( 'integer', 'null' ),
		'received_at' => 'integer',
		'state'       => 'string',
		'attempts'    => 'integer',
		'due_at'      => 'integer',
		'error'       => array( 'string', 'null' ),
	);

	/** The filters of GET /webhooks. */
	public static function filters(): array {
		return Schema::checked(
			array(
				'state'    => array(
					'type'        => 'string',
					'enum'        => Events::STATES,
					'description' => __( 'Only events in this state.', 'ai-secure-proxy' ),
				),
				'source'   => array(
					'type'        => 'string',
					'pattern'     => self::SOURCE,
					'description' => __( 'Only events of this source; :job is the ends of jobs.', 'ai-secure-proxy' ),
				),
				'jobs'     => array(
					'type'        => 'boolean',
					'default'     => false,
					'description' => __( 'Whether to list the ends of jobs too. Dead ones always are.', 'ai-secure-proxy' ),
				),
				'per_page' => array(
					'type'        => 'integer',
					'minimum'     => 1,
					'maximum'     => 100,
					'default'     => 20,
					'description' => __( 'Events a page.', 'ai-secure-proxy' ),
				),
				'before'   => array(
					'type'        => 'integer',
					'minimum'     => 1,
					'description' => __( 'Only events that came in before the one of this number: the last one of the page before.', 'ai-secure-proxy' ),
				),
			)
		);
	}

	/** The argument of the routes of one event. */
	public static function id(): array {
		return Schema::checked(
			array(
				'id' => array(
					'type'        => 'integer',
					'minimum'     => 1,
					'description' => __( 'The event’s number.', 'ai-secure-proxy' ),
				),
			)
		);
	}

	/** The arguments of POST /webhooks/replay. */
	public static function which(): array {
		return Schema::checked(
			array(
				'ids'    => array(
					'type'        => 'array',
					'items'       => array(
						'type'    => 'integer',
						'minimum' => 1,
					),
					'minItems'    => 1,
					'maxItems'    => 100,
					'description' => __( 'The dead events of these numbers.', 'ai-secure-proxy' ),
				),
				'source' => array(
					'type'        => 'string',
					'pattern'     => self::SOURCE,
					'description' => __( 'All dead events of this source.', 'ai-secure-proxy' ),
				),
				'all'    => array(
					'type'        => 'boolean',
					'description' => __( 'All dead events of this site.', 'ai-secure-proxy' ),
				),
			)
		);
	}

	/** An event, as it is answered. */
	public static function shown( array $event ): array {
		return array_intersect_key( $event, self::FIELDS );
	}

	/** An event, as a JSON schema. */
	public static function event(): array {
		$properties            = Schema::types( self::FIELDS );
		$properties['payload'] = array( 'description' => __( 'What came in it, until it is handled; only where one event is asked for.', 'ai-secure-proxy' ) );
		return Schema::of( 'aisp-webhook-event', $properties );
	}

	/** A source, as a JSON schema. */
	public static function source(): array {
		$properties                        = Schema::types(
			array(
				'name'       => 'string',
				'scheme'     => 'string',
				'url'        => 'string',
				'secret_env' => 'array',
				'secret_set' => 'boolean',
				'last_event' => array( 'object', 'null' ),
			)
		);
		$properties['secret_env']['items'] = array( 'type' => 'string' );
		return Schema::of( 'aisp-webhook-source', $properties );
	}

	/** How many there were, as a JSON schema. */
	public static function count(): array {
		return Schema::of(
			'aisp-webhook-count',
			Schema::types(
				array(
					'replayed'  => 'integer',
					'forgotten' => 'integer',
				)
			)
		);
	}
}
