<?php
/**
 * What happens when a job has ended: its answers go where they were asked to, and then the site is told.
 *
 *     add_action( 'aisp_job_completed', function ( array $job ) {
 *         wp_mail( get_option( 'admin_email' ), 'Done', $job['progress']['done'] . ' descriptions are written.' );
 *     } );
 *
 * The end of a job comes out of the inbox of webhooks, at least once and until nobody throws: a listener's doing the same again
 * should do no harm. An answer is written once; what somebody writes over it stays.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Jobs;

use AI_Secure_Proxy\Access;

defined( 'ABSPATH' ) || exit;

final class Ended {

	/** What the module calls the source of such events; no webhook's source can have this name. */
	public const SOURCE = ':job';

	/** Beside an answer in a post: which one it is, as `job/item`. Behind it stands a digest of the answer's own key. */
	public const WRITTEN = '_aisp_written_';

	/**
	 * Deals with one event.
	 *
	 * @param string $type job.completed, job.failed or job.accepted.
	 * @param string $id   The job's.
	 * @throws \Throwable Whatever a listener throws; the database failed.
	 */
	public static function handle( string $type, string $id ): void {
		$job = Queue::find( $id, null );
		if ( null === $job || Queue::KIND !== $job['kind'] ) {
			return; // Somebody has dropped it with its answers; or it only told somebody else of another one's end.
		}
		$is_final = ! $job['preview'] || null !== $job['accepted_at'];
		$skipped  = array();
		$written  = $is_final ? self::write( $job, $skipped ) : 0;
		$job     += array(
			'written' => $written,
			'skipped' => count( $skipped ),
		);
		foreach ( $skipped as list( $item, $reason ) ) {
			/**
			 * Fires for each answer that could not be written where it was asked to; it stays in the job.
			 *
			 * @param array  $job    See "A job" in aisp.stub.php; and `written` and `skipped`, how many answers went into posts and
			 *                       how many could not.
			 * @param array  $item   See "items" there; without the result.
			 * @param string $reason gone (the post), forbidden (to the user who asked), or sealed (no key opens its private values).
			 */
			do_action( 'aisp_job_skipped', $job, $item, $reason );
		}
		match ( $type ) {
			/**
			 * Fires when a job is done, after what it had to write is written: at least once, until no listener throws. Where
			 * `preview` is true, nothing is written before somebody accepts the job.
			 *
			 * @param array $job As above.
			 */
			'job.completed' => do_action( 'aisp_job_completed', $job ),
			/**
			 * Fires when a job has ended and not all of it was answered; what was is written like that of a job that is done.
			 *
			 * @param array $job As above; `error` says why.
			 */
			'job.failed'    => do_action( 'aisp_job_failed', $job ),
			/**
			 * Fires when somebody has accepted a job, after what it had to write is written.
			 *
			 * @param array $job As above.
			 */
			'job.accepted'  => do_action( 'aisp_job_accepted', $job ),
			default         => null,
		};
	}

	/**
	 * Writes all that can be, before anybody is told who might throw.
	 *
	 * @param array   $job     The job.
	 * @param array[] $skipped Gets what could not: the item and the reason.
	 * @return int How many were written.
	 */
	private static function write( array $job, array &$skipped ): int {
		$written = 0;
		foreach ( Queue::pages( $job ) as $items ) {
			$items = array_filter( $items, static fn( array $item ): bool => null !== $item['store'] && 'done' === $item['state'] );
			_prime_post_caches( array_column( array_column( $items, 'store' ), 'post_id' ), false, true );
			foreach ( $items as $item ) {
				$reason = self::obstacle( $item, (int) $job['caller']['user_id'] );
				if ( null === $reason ) {
					$written += (int) self::put( $item['store'], $item['result'], $job['id'] . '/' . $item['n'] );
				} else {
					$skipped[] = array( array_diff_key( $item, array( 'result' => 0 ) ), $reason );
				}
			}
		}
		return $written;
	}

	/** Why an answer cannot be written, or null: gone (the post), forbidden (to the user who asked), sealed (no key opens its private values). */
	public static function obstacle( array $item, int $user ): ?string {
		return match ( true ) {
			! Rights::has_post( $item['store'] )          => 'gone',
			! Rights::may( $user, $item['store'] )        => 'forbidden',
			(bool) ( $item['result']['sealed'] ?? false ) => 'sealed',
			default                                       => null,
		};
	}

	/**
	 * Whether an answer was written, whatever became of it since.
	 *
	 * @param array  $store post_id and meta_key.
	 * @param string $which As `job/item`.
	 */
	public static function is_written( array $store, string $which ): bool {
		return get_post_meta( $store['post_id'], self::mark( $store ), true ) === $which;
	}

	/**
	 * Writes what the model said, as it said it: a text, or the array that it encodes.
	 *
	 * @return bool Whether it was not there before.
	 */
	private static function put( array $store, array $result, string $which ): bool {
		if ( self::is_written( $store, $which ) ) {
			return false;
		}
		self::set( $store['post_id'], $store['meta_key'], $result['data'] ?? $result['text'] );
		self::set( $store['post_id'], self::mark( $store ), $which );
		return true;
	}

	private static function mark( array $store ): string {
		return self::WRITTEN . md5( $store['meta_key'] );
	}

	/** @param string|array $value What to write. */
	private static function set( int $post, string $key, $value ): void {
		global $wpdb;
		$wpdb->last_error = ''; // Where the value is there already, WordPress says false and asks no database.
		if ( false === update_post_meta( $post, $key, wp_slash( $value ) ) && '' !== (string) $wpdb->last_error ) {
			throw new \RuntimeException( 'An answer could not be written into a post.' );
		}
	}
}
