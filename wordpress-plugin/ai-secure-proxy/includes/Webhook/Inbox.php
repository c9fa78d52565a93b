<?php
/**
 * Hands the events of the inbox to whoever listens, once the sender has its answer.
 *
 *     add_action( 'aisp_webhook_received', function ( $payload, array $event ) {
 *         if ( 'openai' === $event['source'] && 'response.completed' === $event['type'] ) {
 *             my_plugin_fetch( $payload['data']['id'] );
 *         }
 *     }, 10, 2 );
 *
 * A listener that throws is asked again later, eight times over half a day; then the event is dead until somebody replays it.
 * One that dies on its way is asked again as well, so whatever it does should bear being done twice.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Webhook;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Module;

defined( 'ABSPATH' ) || exit;

final class Inbox {

	/** How much one run does at most. */
	private const MAX_EVENTS  = 50;
	private const MAX_SECONDS = 20;

	/** Called by a request that has received an event. */
	public static function after_response(): void {
		if ( ! has_action( 'shutdown', array( self::class, 'when_answered' ) ) ) {
			add_action( 'shutdown', array( self::class, 'when_answered' ), 95 );
		}
	}

	/** Where the answer cannot be sent before, the next minute's run has time. */
	public static function when_answered(): void {
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request();
			self::work();
		}
	}

	/** WP-Cron. */
	public static function each_minute(): void {
		self::work();
	}

	/**
	 * Hands out what is due.
	 *
	 * @param int $max How many events at most.
	 * @return int How many were handed out.
	 */
	public static function work( int $max = self::MAX_EVENTS ): int {
		$until = microtime( true ) + self::MAX_SECONDS;
		$count = 0;
		while ( Module::present() && $count < $max && microtime( true ) < $until ) {
			try {
				$events = aisp_webhook_claim(
					array(
						'max'  => 1,
						'site' => Access::site(),
					)
				);
			} catch ( \Throwable $e ) {
				break; // They stay where they are; aisp_status() warns of a store that is down.
			}
			if ( ! $events ) {
				break;
			}
			self::hand_out( $events[0] );
			++$count;
		}
		return $count;
	}

	private static function hand_out( array $event ): void {
		$about = array_intersect_key( $event, array_flip( array( 'source', 'type', 'timestamp', 'received_at', 'attempts', 'body' ) ) ) + array( 'id' => $event['event'] );
		try {
			/**
			 * Fires for each event that came by a verified webhook, after the sender has its answer.
			 *
			 * @param mixed $payload The body, decoded; null where it is no JSON.
			 * @param array $event   source, id (the event's own), type, timestamp, received_at, attempts, body (as it came).
			 */
			do_action( 'aisp_webhook_received', json_decode( $event['body'], true ), $about );
			aisp_webhook_done( $event['id'], $event['lease'] );
		} catch ( \Throwable $e ) {
			error_log( sprintf( 'AI Secure Proxy: aisp_webhook_received: %s in %s:%d', get_class( $e ), $e->getFile(), $e->getLine() ) ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- The one trace of a fault for who runs the site.
			self::failed( $event, get_class( $e ) );
		}
	}

	private static function failed( array $event, string $error ): void {
		try {
			aisp_webhook_failed( $event['id'], $event['lease'], $error );
		} catch ( \Throwable $e ) { // phpcs:ignore Generic.CodeAnalysis.EmptyStatement -- Its lease ends, and it is handed out again.
		}
	}
}
