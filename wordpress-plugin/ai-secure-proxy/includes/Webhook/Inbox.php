<?php
/**
 * Hands the events of the module's inbox to the site: after the answer to the request that brought one, each minute by
 * WP-Cron, and by `wp aisp webhook work`.
 *
 *     add_action( 'aisp_webhook_received', function ( $payload, array $event ) {
 *         if ( 'response.completed' === $event['type'] ) {
 *             update_option( 'last_answer', $payload['data']['id'] );
 *         }
 *     }, 10, 2 );
 *
 * A handler that returns has done it. One that throws is called again later, with the same event; after the eighth time the
 * event is dead, and Site Health says so. One that dies, or takes longer than the lease, is taken for one that threw.
 *
 * The end of a job comes out of the same inbox, and is handed to Jobs\Ended.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Webhook;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Jobs\Ended;
use AI_Secure_Proxy\Module;

defined( 'ABSPATH' ) || exit;

final class Inbox {

	/** For how long an event is one handler's alone, in seconds. */
	private const LEASE_S = 60;

	/** Each run ends after so many events or seconds, whichever comes first: a request keeps a worker from the next visitor. */
	private const EACH_MINUTE    = array( 50, 20 );
	private const AFTER_RESPONSE = array( 10, 10 );

	/** Called by a request that made an event due: looks at the inbox once its answer is sent, where PHP can send it first. */
	public static function after_response(): void {
		if ( function_exists( 'fastcgi_finish_request' ) && ! has_action( 'shutdown', array( self::class, 'when_answered' ) ) ) {
			add_action( 'shutdown', array( self::class, 'when_answered' ), 110 );
		}
	}

	public static function when_answered(): void {
		ignore_user_abort( true );
		fastcgi_finish_request();
		wp_set_current_user( 0 ); // Handlers run as nobody, whoever replayed an event or accepted a job.
		self::run( ...self::AFTER_RESPONSE );
	}

	/** WP-Cron. */
	public static function each_minute(): void {
		self::run( ...self::EACH_MINUTE );
	}

	/**
	 * Hands over the events of this site that are due, one after the other.
	 *
	 * @param int $max     How many at most.
	 * @param int $seconds After so many no other one is begun.
	 * @return array{handled: int, failed: int}
	 * @throws \Aisp\Exception The inbox cannot be used; what was claimed comes again once its lease has run out.
	 */
	public static function work( int $max, int $seconds = PHP_INT_MAX ): array {
		$began = time();
		$count = array(
			'handled' => 0,
			'failed'  => 0,
		);
		while ( $max-- > 0 && time() - $began < $seconds ) {
			$events = aisp_webhook_claim(
				array(
					'max'     => 1,
					'lease_s' => self::LEASE_S,
					'site'    => Access::site(),
				)
			);
			if ( ! $events ) {
				break;
			}
			++$count[ self::hand_over( $events[0] ) ? 'handled' : 'failed' ];
		}
		return $count;
	}

	/** The same, where nobody looks. */
	private static function run( int $max, int $seconds ): void {
		if ( ! Module::present() ) {
			return;
		}
		try {
			self::work( $max, $seconds );
		} catch ( \Throwable $e ) { // phpcs:ignore Generic.CodeAnalysis.EmptyStatement -- The events stay in the inbox for the next run; aisp_status() warns of a store that is down.
		}
	}

	/** @return bool Whether the site has done with it. */
	private static function hand_over( array $event ): bool {
		$is_of_job = Ended::SOURCE === $event['source'];
		try {
			if ( $is_of_job ) {
				Ended::handle( (string) $event['type'], (string) ( json_decode( $event['body'], true )['id'] ?? '' ) );
			} else {
				self::fire( $event );
			}
		} catch ( \Throwable $e ) {
			$class = explode( "\0", get_class( $e ) )[0]; // An anonymous class has its file behind that.
			error_log( sprintf( 'AI Secure Proxy: %s: %s in %s:%d', $is_of_job ? (string) $event['type'] : 'aisp_webhook_received', $class, $e->getFile(), $e->getLine() ) ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- The one trace of a fault for who runs the site.
			aisp_webhook_failed( $event['id'], $event['lease'], $class );
			return false;
		}
		aisp_webhook_done( $event['id'], $event['lease'] );
		return true;
	}

	private static function fire( array $event ): void {
		$given = array(
			'source'      => $event['source'],
			'id'          => $event['event'],
			'type'        => $event['type'],
			'timestamp'   => $event['timestamp'],
			'received_at' => $event['received_at'],
			'attempts'    => $event['attempts'],
			'body'        => $event['body'],
		);

		/**
		 * Fires for each event that came in by a verified webhook, after it was acknowledged, until no handler throws.
		 *
		 * @param mixed $payload The body, decoded, objects as arrays; null where it is no JSON.
		 * @param array $event   source (its name in the settings), id (the event's own), type (or null), timestamp (when it was
		 *                       signed, or null), received_at, attempts (1 at first), body (as it came).
		 */
		do_action( 'aisp_webhook_received', json_decode( $event['body'], true, 512, JSON_BIGINT_AS_STRING ), $given );
	}
}
