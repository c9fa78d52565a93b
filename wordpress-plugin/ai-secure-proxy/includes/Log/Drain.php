<?php
/**
 * Moves log records from the module's spool into the table.
 *
 * A record leaves the spool only after it is in the table, and a unique uid keeps it there once: at least once on the
 * wire, exactly once in the log, however many drains run at the same time and wherever one of them dies.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Module;

defined( 'ABSPATH' ) || exit;

final class Drain {

	public const EVENT    = 'aisp_drain_log';
	public const SCHEDULE = 'aisp_minute';

	private const BATCH       = 500;
	private const MAX_BATCHES = 40;

	/** Looking for a full batch has its price too: one request in so many does it for the others. */
	private const ONE_LOOKS_IN = 32;

	/**
	 * Drains until the spool is empty, at most 40 batches of 500.
	 *
	 * @param int $wait_s  How long to wait for another drain to end; a reader waits, so that it sees what the other moved.
	 * @param int $batches At most.
	 * @return int Records moved.
	 */
	public static function run( int $wait_s = 0, int $batches = self::MAX_BATCHES ): int {
		if ( ! Module::present() || ! Lock::take( $wait_s ) ) {
			return 0;
		}
		$moved = 0;
		try {
			while ( $batches-- > 0 ) {
				$records = aisp_log_drain( self::BATCH, Access::site() );
				if ( ! $records || ! Table::insert( $records ) ) {
					break;
				}
				aisp_log_ack( array_column( $records, 'uid' ) );
				$moved += count( $records );
			}
		} catch ( \Throwable $e ) { // phpcs:ignore Generic.CodeAnalysis.EmptyStatement -- The records stay in the spool for the next drain; aisp_status() warns of a store that is down.
		} finally {
			Lock::give();
		}
		return $moved;
	}

	/** WP-Cron. */
	public static function each_minute(): void {
		self::run();
	}

	/** Called by a request that uses the module: may look at the spool once its answer is sent. */
	public static function after_response(): void {
		if ( function_exists( 'fastcgi_finish_request' ) && 1 === wp_rand( 1, self::ONE_LOOKS_IN ) ) {
			add_action( 'shutdown', array( self::class, 'when_worth_it' ), 100 );
		}
	}

	public static function when_worth_it(): void {
		fastcgi_finish_request();
		try {
			if ( count( aisp_log_drain( self::BATCH, Access::site() ) ) === self::BATCH ) {
				self::run( 0, 4 );
			}
		} catch ( \Throwable $e ) { // phpcs:ignore Generic.CodeAnalysis.EmptyStatement -- Nobody waits for this any more; the next drain does it.
		}
	}

	/** @param mixed $schedules WP-Cron's intervals. */
	public static function schedules( $schedules ): array {
		$schedules                   = (array) $schedules;
		$schedules[ self::SCHEDULE ] = array(
			'interval' => MINUTE_IN_SECONDS,
			'display'  => __( 'Every minute', 'ai-secure-proxy' ),
		);
		return $schedules;
	}
}
