<?php
/**
 * Jobs, for every front door: what may be asked for, whose a job is, and what can be done with it.
 *
 *     $job = AI_Secure_Proxy\Jobs\Queue::enqueue( array( 'prompt' => 'Say hi' ), AI_Secure_Proxy\Access::caller( 'my-plugin', 'my-plugin' ) );
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Jobs;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;
use AI_Secure_Proxy\Policy;
use AI_Secure_Proxy\Webhook\Inbox;

defined( 'ABSPATH' ) || exit;

final class Queue {

	/** What a request may say of the job, and not of what is asked. */
	public const KEYS = array( 'items', 'priority', 'run_at', 'idempotency_key', 'store', 'preview', 'callback' );

	/** Jobs that answer what is asked; others tell somebody outside, and are nobody's to look at. */
	public const KIND = 'infer';

	/** A job in one of these has ended. */
	public const ENDED = array( 'done', 'failed', 'cancelled' );

	/** As many items as are fetched at once. */
	private const PAGE = 100;

	/**
	 * Enqueues a job, and sees to it that somebody works on it.
	 *
	 * @param array $request What the client sent, as it is; the module judges it.
	 * @param array $caller  Who asks, see Access::caller().
	 * @return array The job.
	 * @throws \Aisp\Exception With a slug, a status and a message fit for the caller; nothing was stored.
	 */
	public static function enqueue( array $request, array $caller ): array {
		$request = self::asked( $request, $caller );
		self::check( $request, $caller );
		$key = $request['idempotency_key'] ?? null;
		if ( is_string( $key ) && '' !== $key && strlen( $key ) <= 191 && self::is_of_many( $caller ) ) {
			// Visitors share a client, but no keys: whoever tried the keys of others would learn what they asked.
			$request['idempotency_key'] = hash( 'sha256', ( $caller['token']['id'] ?? '' ) . ' ' . $key );
		}
		$policy = Policy::current( $caller );
		Inference::calling( $caller, $policy );
		$job = aisp_job_enqueue( $request, $caller, $policy );
		Runs::soon( $job );
		return $job;
	}

	/**
	 * Whether the caller may have the answers written where the request says.
	 *
	 * @throws \Aisp\Exception They may not.
	 */
	public static function check( array $request, array $caller ): void {
		// Whoever sees the page that holds a token can use it: it lets nobody write into posts.
		Rights::check( $request, isset( $caller['token'] ) ? 0 : (int) ( $caller['user_id'] ?? 0 ) );
	}

	/**
	 * Each request of a job by itself, with what stands beside `items`.
	 *
	 * @throws \Aisp\InvalidRequest There is none.
	 */
	public static function requests( array $request ): array {
		$shared = array_diff_key( $request, array_flip( self::KEYS ) );
		if ( ! isset( $request['items'] ) ) {
			return array( $shared );
		}
		if ( ! is_array( $request['items'] ) || ! $request['items'] ) {
			throw new \Aisp\InvalidRequest( __( 'items must be a list of requests.', 'ai-secure-proxy' ) );
		}
		return array_map( static fn( $item ): array => is_array( $item ) ? array_diff_key( $item, array( 'store' => 0 ) ) + $shared : $shared, $request['items'] );
	}

	/**
	 * One of this site's jobs.
	 *
	 * @param string     $id      Its id.
	 * @param array|null $caller  Who asks, who sees only their own; null for who sees all.
	 * @param array      $options `items` and `from`, see aisp_job_get().
	 * @return array|null Null where there is none of this id, or it is somebody else's: nobody can tell these apart.
	 * @throws \Aisp\Exception The store cannot be used.
	 */
	public static function find( string $id, ?array $caller, array $options = array() ): ?array {
		$site = array( 'site' => Access::site() );
		$job  = aisp_job_get( $id, $site );
		if ( null === $job || null !== $caller && ( self::KIND !== $job['kind'] || ! self::is_own( $job, $caller ) ) ) {
			return null;
		}
		return aisp_job_get( $id, $site + $options, Policy::current( Access::absent( $job['caller'] ) ) );
	}

	/**
	 * The newest of this site's jobs.
	 *
	 * @param array      $filter As for aisp_job_list().
	 * @param array|null $caller Who asks, who sees only their own; null for who sees all.
	 * @return array[]
	 * @throws \Aisp\Exception The filter is wrong, or the caller may not look at a list.
	 */
	public static function page( array $filter, ?array $caller ): array {
		if ( null !== $caller ) {
			if ( self::is_of_many( $caller ) ) {
				throw new \Aisp\Forbidden( __( 'Jobs of visitors are not listed; each is found by its id.', 'ai-secure-proxy' ) );
			}
			$filter = self::owner( $caller ) + $filter;
		}
		return aisp_job_list( array( 'site' => Access::site() ) + $filter );
	}

	/**
	 * Calls a job off.
	 *
	 * @return array The job as it stands now.
	 * @throws \Aisp\Conflict It had ended.
	 */
	public static function cancel( array $job ): array {
		$now = in_array( $job['state'], self::ENDED, true ) ? null : aisp_job_cancel( $job['id'], Access::site() );
		if ( 'cancelled' !== ( $now['state'] ?? null ) ) {
			throw new \Aisp\Conflict( __( 'The job has ended already.', 'ai-secure-proxy' ) );
		}
		return $now;
	}

	/**
	 * Puts a job back into the queue, for what was not answered.
	 *
	 * @return array The job as it stands now.
	 * @throws \Aisp\Conflict It neither failed nor was cancelled.
	 */
	public static function retry( array $job ): array {
		$now = in_array( $job['state'], array( 'failed', 'cancelled' ), true ) ? aisp_job_retry( $job['id'], Access::site() ) : null;
		if ( null === $now ) {
			throw new \Aisp\Conflict( __( 'Only a job that has failed or was cancelled can be tried again.', 'ai-secure-proxy' ) );
		}
		Runs::soon( $now );
		return $now;
	}

	/**
	 * Accepts the results of a job that waits for somebody's word; what it is to write is written then.
	 *
	 * @return array The job as it stands now.
	 * @throws \Aisp\Conflict It does not wait for that.
	 * @throws \Aisp\Exception Whoever enqueued it may not have its answers written any more.
	 */
	public static function accept( array $job ): array {
		if ( true !== $job['preview'] || 'done' !== $job['state'] ) {
			throw new \Aisp\Conflict( __( 'Only a job that was enqueued with preview and is done can be accepted.', 'ai-secure-proxy' ) );
		}
		$stores = array();
		foreach ( self::pages( $job ) as $items ) {
			foreach ( $items as $item ) {
				$stores[ 1 === $job['progress']['total'] ? 'store' : "items[$item[n]].store" ] = $item['store'];
			}
		}
		Rights::check_all( array_filter( $stores ), (int) $job['caller']['user_id'] );
		$now = aisp_job_accept( $job['id'], Access::site() );
		if ( null === ( $now['accepted_at'] ?? null ) ) {
			throw new \Aisp\Conflict( __( 'The job can no longer be accepted.', 'ai-secure-proxy' ) );
		}
		Inbox::after_response();
		Runs::soon( $now );
		return $now;
	}

	/**
	 * Drops this site's jobs that match and have ended.
	 *
	 * @param array $filter As for aisp_job_purge().
	 * @return int How many there were.
	 * @throws \Aisp\Exception The filter is wrong.
	 */
	public static function purge( array $filter ): int {
		return aisp_job_purge( array( 'site' => Access::site() ) + $filter );
	}

	/**
	 * The items of a job, a hundred at a time: no more of them are in memory.
	 *
	 * @return \Generator Lists of items.
	 */
	public static function pages( array $job ): \Generator {
		$policy = Policy::current( Access::absent( $job['caller'] ) );
		for ( $from = 0; $from < $job['progress']['total']; $from += self::PAGE ) {
			$options = array(
				'site'  => Access::site(),
				'from'  => $from,
				'items' => self::PAGE,
			);
			yield aisp_job_get( $job['id'], $options, $policy )['items'] ?? array();
		}
	}

	/** What the site has to say of what is asked, of each request by itself. Where it has nothing to say, nothing is spelt out. */
	private static function asked( array $request, array $caller ): array {
		if ( ! has_filter( 'aisp_request' ) ) {
			return $request;
		}
		$requests = array();
		foreach ( self::requests( $request ) as $n => $one ) {
			/** This filter is documented in Inference::asked(). */
			$requests[ $n ] = apply_filters( 'aisp_request', $one, $caller );
		}
		$job = array_intersect_key( $request, array_flip( self::KEYS ) );
		if ( ! isset( $request['items'] ) ) {
			return $job + $requests[0];
		}
		foreach ( $job['items'] as $n => $item ) {
			$job['items'][ $n ] = is_array( $item ) ? array_intersect_key( $item, array( 'store' => 0 ) ) + $requests[ $n ] : $item;
		}
		return $job;
	}

	private static function is_own( array $job, array $caller ): bool {
		$owner = self::owner( $caller );
		return array( 'client' => '' ) !== $owner && array_intersect_key( $job['caller'], $owner ) === $owner;
	}

	/** Whose jobs are a caller's own: a user's, or a client's where somebody without a login asks. */
	private static function owner( array $caller ): array {
		$is_client = isset( $caller['token'] ) || 0 === (int) $caller['user_id'];
		return $is_client ? array( 'client' => (string) ( $caller['client'] ?? '' ) ) : array( 'user_id' => (int) $caller['user_id'] );
	}

	/** Whether the caller is a client that stands for anybody: then only the id of a job, which nobody can guess, says whose it is. */
	private static function is_of_many( array $caller ): bool {
		return isset( $caller['token'] ) && 0 === (int) $caller['user_id'];
	}
}
