<?php
/**
 * A job for people: flat, and its times in UTC.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

defined( 'ABSPATH' ) || exit;

final class Job_Row {

	public const FIELDS = array( 'id', 'state', 'total', 'done', 'failed', 'attempts', 'error', 'user_id', 'client', 'source', 'created_at', 'due_at', 'ended_at' );

	private const TIMES = array( 'created_at', 'started_at', 'due_at', 'ended_at', 'accepted_at' );

	/** With FIELDS. */
	public static function of( array $job ): array {
		$row = array_replace( self::with_times( $job ), $job['progress'], $job['caller'] );
		return array_replace( array_flip( self::FIELDS ), array_intersect_key( $row, array_flip( self::FIELDS ) ) );
	}

	public static function with_times( array $job ): array {
		foreach ( self::TIMES as $key ) {
			$job[ $key ] = isset( $job[ $key ] ) ? gmdate( 'Y-m-d H:i:s', $job[ $key ] ) : '';
		}
		return $job;
	}
}
