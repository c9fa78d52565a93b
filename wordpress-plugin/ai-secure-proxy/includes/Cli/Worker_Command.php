<?php
/**
 * `wp aisp worker`: works on jobs until it is told to end.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Jobs\Queue;
use AI_Secure_Proxy\Jobs\Worker;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Worker_Command {

	/** A turn begins no call after so long: that is how soon a worker looks whether it is to end. */
	private const TURN_MS = 5000;

	/** The most jobs that the module takes at once. */
	private const MAX_CONCURRENCY = 64;

	private const MEBIBYTE = 1048576;

	private bool $is_told_to_end = false;

	/**
	 * Works on this site's jobs until it is told to end.
	 *
	 * Any number of workers may run at the same time, beside WP-Cron and Action Scheduler: each job is one worker's alone, and
	 * a dead worker's after a minute the next one's. On a network each site has its own (--url).
	 *
	 * SIGTERM and SIGINT end it in order: it begins no other call, waits for those under way, hands back what is left, and
	 * ends with 0. That needs PHP's pcntl; without it the signal kills the worker, and what it had is done by the next one. A
	 * setting that the module cannot use, or a store that is down, ends it with 1.
	 *
	 * A unit for systemd; calls under way may take two minutes:
	 *
	 *     [Service]
	 *     User=www-data
	 *     ExecStart=/usr/local/bin/wp --path=/var/www/html aisp worker --max-jobs=1000 --max-memory=256
	 *     Restart=always
	 *     RestartSec=5
	 *     TimeoutStopSec=150
	 *
	 * The same for supervisor:
	 *
	 *     [program:aisp-worker]
	 *     command=/usr/local/bin/wp --path=/var/www/html aisp worker --max-jobs=1000 --max-memory=256
	 *     user=www-data
	 *     autorestart=true
	 *     stopwaitsecs=150
	 *
	 * ## OPTIONS
	 *
	 * [--concurrency=<number>]
	 * : How many jobs it works on at the same time, 1 to 64. Each makes as many calls at the same time as the setting max_parallel says.
	 * ---
	 * default: 4
	 * ---
	 *
	 * [--max-jobs=<number>]
	 * : End after so many jobs have ended.
	 *
	 * [--max-memory=<megabytes>]
	 * : End once PHP has taken more memory than this.
	 *
	 * [--stop-when-empty]
	 * : End once no job is due.
	 *
	 * [--sleep=<seconds>]
	 * : How long to wait where no job is due.
	 * ---
	 * default: 1
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp worker
	 *     wp aisp worker --stop-when-empty --concurrency=8
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		$concurrency = Input::number( $assoc_args, 'concurrency', 1 ) ?? 4;
		if ( $concurrency > self::MAX_CONCURRENCY ) {
			/* translators: %d: a number. */
			WP_CLI::error( sprintf( __( '--concurrency wants a whole number up to %d.', 'ai-secure-proxy' ), self::MAX_CONCURRENCY ) );
			return;
		}
		$max_jobs   = Input::number( $assoc_args, 'max-jobs', 1 ) ?? PHP_INT_MAX;
		$max_memory = Input::number( $assoc_args, 'max-memory', 1 ) ?? PHP_INT_MAX;
		$sleep      = Input::number( $assoc_args, 'sleep', 1 ) ?? 1;
		$this->listen();
		/* translators: 1: address of the site, 2: how many. */
		WP_CLI::log( sprintf( __( 'Working on the jobs of %1$s, %2$d at a time.', 'ai-secure-proxy' ), Access::site(), $concurrency ) );
		$ended = 0;
		try {
			while ( true ) {
				self::forget();
				$ids    = $this->is_told_to_end ? array() : Worker::turn( min( $concurrency, $max_jobs - $ended ), self::TURN_MS );
				$ended += self::report( $ids );
				Worker::tell();
				$reason = match ( true ) {
					$this->is_told_to_end                      => __( 'told to', 'ai-secure-proxy' ),
					$ended >= $max_jobs                        => __( 'that was the last job wanted', 'ai-secure-proxy' ),
					self::megabytes() > $max_memory            => __( 'too much memory is taken', 'ai-secure-proxy' ),
					! $ids && ! empty( $assoc_args['stop-when-empty'] ) => __( 'no job is due', 'ai-secure-proxy' ),
					default                                    => null,
				};
				if ( null !== $reason ) {
					break;
				}
				if ( ! $ids ) {
					$this->rest( $sleep );
				}
			}
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		/* translators: 1: how many jobs, 2: why. */
		WP_CLI::log( sprintf( _n( 'Ends after %1$d job: %2$s.', 'Ends after %1$d jobs: %2$s.', $ended, 'ai-secure-proxy' ), $ended, $reason ) );
	}

	private function listen(): void {
		if ( ! function_exists( 'pcntl_async_signals' ) ) {
			return;
		}
		pcntl_async_signals( true );
		foreach ( array( SIGTERM, SIGINT ) as $signal ) {
			pcntl_signal(
				$signal,
				function (): void {
					$this->is_told_to_end = true;
				}
			);
		}
	}

	/** In short naps, so that a signal is heard also where a system call goes on after one. */
	private function rest( int $seconds ): void {
		$until = microtime( true ) + $seconds;
		while ( ! $this->is_told_to_end && microtime( true ) < $until ) {
			usleep( 100000 );
		}
	}

	/**
	 * Says how jobs stand after a turn.
	 *
	 * @param string[] $ids Those that it had.
	 * @return int How many have ended.
	 */
	private static function report( array $ids ): int {
		$ended = 0;
		foreach ( $ids as $id ) {
			$job = aisp_job_get( $id, array( 'site' => Access::site() ) );
			if ( null === $job ) {
				continue;
			}
			$ended += (int) in_array( $job['state'], Queue::ENDED, true );
			WP_CLI::log( sprintf( '%s %s %d/%d%s', $id, $job['state'], $job['progress']['done'], $job['progress']['total'], null === $job['error'] ? '' : " $job[error]" ) );
		}
		return $ended;
	}

	/** A worker outlives settings, roles and posts: it must not go by what it read an hour ago, nor keep it all. */
	private static function forget(): void {
		global $wpdb;
		if ( wp_cache_supports( 'flush_runtime' ) ) {
			wp_cache_flush_runtime();
		}
		wp_roles()->for_site( get_current_blog_id() );
		$wpdb->queries = array();
	}

	private static function megabytes(): int {
		return (int) ( memory_get_usage( true ) / self::MEBIBYTE );
	}
}
