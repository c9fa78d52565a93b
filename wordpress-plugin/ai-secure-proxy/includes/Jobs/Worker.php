<?php
/**
 * What a worker does: it takes jobs that are due, works on them, and hands over what has ended.
 *
 * Any number of workers, of all kinds, may take turns at the same time: a job is one worker's alone as long as its lease
 * lasts, and the next one's once that worker is dead.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Jobs;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Policy;
use AI_Secure_Proxy\Webhook\Inbox;

defined( 'ABSPATH' ) || exit;

final class Worker {

	/** How many events, and for how many seconds, it hands over at once. */
	private const ENDS = array( 100, 10 );

	/**
	 * Takes a turn.
	 *
	 * @param int         $max         How many jobs at the same time, 1 to 64.
	 * @param int         $deadline_ms After so long what is left of them is handed back.
	 * @param string|null $id          Only this job.
	 * @return string[] The ids of the jobs that it had; none if nothing was due.
	 * @throws \Aisp\Exception The settings cannot be used, or the store; what was claimed comes again.
	 */
	public static function turn( int $max, int $deadline_ms, ?string $id = null ): array {
		// No job is taken as long as none can be worked on: each time would count against it.
		self::try_policy( Policy::current( Access::absent( array() ) ) );
		$options = array(
			'max'  => $max,
			'site' => Access::site(),
		);
		$claims  = aisp_job_claim( null === $id ? $options : array( 'id' => $id ) + $options );
		if ( $claims ) {
			aisp_job_work(
				array(
					'claims'      => array_values( array_filter( array_map( array( self::class, 'with_policy' ), $claims ) ) ),
					'deadline_ms' => $deadline_ms,
				)
			);
		}
		return array_column( $claims, 'id' );
	}

	/**
	 * Hands over what has ended, so that answers are where they belong at once.
	 *
	 * @throws \Aisp\Exception The inbox cannot be used; what is in it comes again.
	 */
	public static function tell(): void {
		Inbox::work( ...self::ENDS );
	}

	/**
	 * A claim with what is allowed now to whoever asked for the job, at the door that they came by. Null where a filter has made
	 * nothing usable of that: the others are not to suffer for it, and this one comes again.
	 */
	private static function with_policy( array $claim ): ?array {
		$policy = Policy::current( Access::absent( (array) $claim['caller'] ) );
		try {
			self::try_policy( $policy );
		} catch ( \Aisp\ConfigError $e ) {
			error_log( "AI Secure Proxy: $claim[id]: " . $e->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- The one trace of a fault for who runs the site.
			return null;
		}
		return array(
			'id'     => $claim['id'],
			'lease'  => $claim['lease'],
			'policy' => $policy,
		);
	}

	/** @throws \Aisp\ConfigError The module cannot use it. */
	private static function try_policy( array $policy ): void {
		aisp_request_hash( array( 'prompt' => 'Hi' ), $policy );
	}
}
