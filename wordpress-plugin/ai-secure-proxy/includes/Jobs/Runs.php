<?php
/**
 * Sees to it that somebody works on jobs also where no `wp aisp worker` runs: WP-Cron each minute and once after jobs were
 * enqueued, and Action Scheduler where some plugin brings it along.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Jobs;

use AI_Secure_Proxy\Module;

defined( 'ABSPATH' ) || exit;

final class Runs {

	/** WP-Cron's single event. */
	public const EVENT = 'aisp_run_jobs';

	/** Action Scheduler's action; it gets the id of a job and never what is asked. */
	public const ACTION = 'aisp_job_run';
	public const GROUP  = 'aisp';

	/** A run by web requests ends after so many seconds, and has so many jobs at the same time: others need the server too. */
	private const SECONDS     = 20;
	private const CONCURRENCY = 4;

	/** A job is there to be worked on. */
	public static function soon( array $job ): void {
		if ( ! has_action( 'shutdown', array( self::class, 'spawn' ) ) ) {
			add_action( 'shutdown', array( self::class, 'spawn' ), 120 );
		}
		if ( in_array( $job['state'], Queue::ENDED, true ) || ! function_exists( 'as_enqueue_async_action' ) ) {
			return;
		}
		$args = array( 'job_id' => $job['id'] );
		if ( ! function_exists( 'as_has_scheduled_action' ) || ! as_has_scheduled_action( self::ACTION, $args, self::GROUP ) ) {
			self::schedule( $job );
		}
	}

	/** At the end of a request, however many jobs it enqueued. */
	public static function spawn(): void {
		if ( wp_next_scheduled( self::EVENT ) ) {
			return;
		}
		wp_schedule_single_event( time(), self::EVENT );
		// Who has switched WP-Cron off calls it by other means; the alternate one would send the visitor elsewhere.
		if ( ! ( defined( 'DISABLE_WP_CRON' ) && DISABLE_WP_CRON ) && ! ( defined( 'ALTERNATE_WP_CRON' ) && ALTERNATE_WP_CRON ) ) {
			spawn_cron();
		}
	}

	/** WP-Cron. */
	public static function cron(): void {
		$until = microtime( true ) + self::SECONDS;
		self::quietly(
			static function () use ( $until ): void {
				while ( true ) {
					$left_ms = (int) ( 1000 * ( $until - microtime( true ) ) );
					if ( $left_ms <= 0 || ! Worker::turn( self::CONCURRENCY, $left_ms ) ) {
						break;
					}
					Worker::tell();
				}
			}
		);
	}

	/** Action Scheduler: works on one job; what is left of it is for another action. */
	public static function action( string $job_id ): void {
		self::quietly(
			static function () use ( $job_id ): void {
				Worker::turn( 1, 1000 * self::SECONDS, $job_id );
				Worker::tell();
				$job = Queue::find( $job_id, null );
				if ( null !== $job && 'queued' === $job['state'] ) {
					self::schedule( $job );
				}
			}
		);
	}

	public static function unschedule(): void {
		wp_clear_scheduled_hook( self::EVENT );
		if ( function_exists( 'as_unschedule_all_actions' ) ) {
			as_unschedule_all_actions( self::ACTION, null, self::GROUP );
		}
	}

	private static function schedule( array $job ): void {
		$args = array( 'job_id' => $job['id'] );
		if ( $job['due_at'] > time() && function_exists( 'as_schedule_single_action' ) ) {
			as_schedule_single_action( $job['due_at'], self::ACTION, $args, self::GROUP );
		} else {
			as_enqueue_async_action( self::ACTION, $args, self::GROUP );
		}
	}

	/** Where nobody looks. */
	private static function quietly( callable $work ): void {
		if ( ! Module::present() ) {
			return;
		}
		try {
			$work();
		} catch ( \Throwable $e ) { // phpcs:ignore Generic.CodeAnalysis.EmptyStatement -- The jobs stay in the queue for the next run; Site Health tells of one that nobody works on.
		}
	}
}
