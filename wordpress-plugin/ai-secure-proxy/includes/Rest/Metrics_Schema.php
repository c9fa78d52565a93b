<?php
/**
 * The answer of GET /metrics, field by field.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Metrics_Schema {

	/** Of calls that came to so many. */
	private const COUNTS = array( 'calls', 'hits', 'errors_4xx', 'errors_5xx', 'throttled', 'over_quota', 'over_budget', 'circuit_open', 'tokens_in', 'tokens_out', 'retries', 'failovers', 'breaker_opened', 'breaker_closed' );

	/** Of which there are percentiles. */
	private const TIMES = array( 'duration_ms', 'provider_ms', 'own_ms', 'first_token_ms' );

	private const JOBS = array( 'queued', 'running', 'waiting', 'done', 'failed', 'cancelled' );

	/** As a JSON schema. */
	public static function answer(): array {
		$sum = self::sum();
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-metrics',
			'type'       => 'object',
			'properties' => array(
				'since'    => self::integer( __( 'When the range begins, as a Unix time.', 'ai-secure-proxy' ) ),
				'until'    => self::integer( __( 'When it ends.', 'ai-secure-proxy' ) ),
				'step'     => array(
					'type'        => 'string',
					'enum'        => array( 'minute', 'hour', 'day' ),
					'description' => __( 'How much time is one of the points; days are those of UTC.', 'ai-secure-proxy' ),
				),
				'total'    => self::items( $sum, __( 'The range, a sum for each name of the group; empty without calls.', 'ai-secure-proxy' ) ),
				'previous' => self::items( $sum, __( 'The same length of time before.', 'ai-secure-proxy' ) ),
				'points'   => self::items( $sum, __( 'The range in steps; a step without calls is left out.', 'ai-secure-proxy' ) ),
				'by'       => array(
					'type'                 => 'object',
					'additionalProperties' => self::items( self::count(), '' ),
					'description'          => __( 'Counts in steps of each group that was asked for.', 'ai-secure-proxy' ),
				),
				'days'     => array(
					'type'        => 'object',
					'properties'  => array_fill_keys( array( 'today', 'yesterday' ), array( 'type' => array( 'object', 'null' ) ) + $sum ),
					'description' => __( 'Today, and yesterday until the same time of the day; null without calls.', 'ai-secure-proxy' ),
				),
				'queue'    => array(
					'type'        => 'object',
					'properties'  => array(
						'jobs'  => self::integers( self::JOBS ),
						'inbox' => self::integers( array( 'waiting', 'dead' ) ),
						'spool' => self::integer( __( 'Log records on their way to the log, of all sites of the store.', 'ai-secure-proxy' ) ),
					),
					'description' => __( 'What waits.', 'ai-secure-proxy' ),
				),
			),
		);
	}

	/** Counts, and how long it took. */
	private static function sum(): array {
		$number = array( 'type' => array( 'number', 'null' ) );
		$times  = array(
			'type'       => 'object',
			'properties' => array_fill_keys( array( 'p50', 'p95', 'p99' ), $number ),
		);
		$sum    = self::count();

		$sum['properties'] += array_fill_keys( self::TIMES, $times );
		return $sum;
	}

	private static function count(): array {
		$known = array(
			'time'      => array( 'type' => array( 'integer', 'null' ) ),
			'name'      => array( 'type' => array( 'string', 'null' ) ),
			'hit_ratio' => array( 'type' => 'number' ),
			'cost_usd'  => array( 'type' => 'number' ),
		);
		return array(
			'type'       => 'object',
			'properties' => $known + self::integers( self::COUNTS )['properties'],
		);
	}

	private static function items( array $item, string $description ): array {
		return array(
			'type'        => 'array',
			'items'       => $item,
			'description' => $description,
		);
	}

	private static function integer( string $description ): array {
		return array(
			'type'        => 'integer',
			'description' => $description,
		);
	}

	/** @param string[] $names */
	private static function integers( array $names ): array {
		return array(
			'type'       => 'object',
			'properties' => array_fill_keys( $names, array( 'type' => 'integer' ) ),
		);
	}
}
