<?php
/**
 * Server-Sent Events to the browser that waits: each one leaves PHP and the web server at once, uncompressed.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Inference;
use AI_Secure_Proxy\Json;

defined( 'ABSPATH' ) || exit;

final class Event_Stream {

	/** The module's longest deadline and a minute; a call ends by its own deadline, this only ends what hangs. */
	private const MAX_SECONDS = 660;

	private bool $has_begun  = false;
	private bool $has_failed = false;

	/** Before the first event: nobody else waits for this request, and a browser that leaves does not kill it unlogged. */
	public function prepare(): void {
		ignore_user_abort( true );
		Unbuffered::prepare( self::MAX_SECONDS );
	}

	/** Whether the client has a status and headers by now, and can only be told by events what happens. */
	public function has_begun(): bool {
		return $this->has_begun;
	}

	/**
	 * Sends one event of aisp_stream().
	 *
	 * @return bool False once the client is gone: then the call ends.
	 */
	public function send( array $event ): bool {
		if ( ! $this->has_begun ) {
			$this->begin( $event['limits'] ?? array() );
		}
		$name = $event['type'];
		if ( 'heartbeat' === $name ) {
			return $this->write( ": heartbeat\n\n" );
		}
		$this->has_failed = $this->has_failed || 'error' === $name;
		unset( $event['type'] );
		$data = match ( $name ) {
			'result' => Infer_Schema::answered( $event['result'] ),
			'error'  => $event['error'],
			default  => $event,
		};
		return $this->write( "event: $name\ndata: " . Json::line( $data ) . "\n\n" );
	}

	/** Tells of a failure that the module has not told itself: a fault of the site in the middle of a stream. */
	public function end( \WP_REST_Response $answer ): void {
		if ( ! $answer->is_error() || $this->has_failed ) {
			return;
		}
		$error = $answer->get_data();
		$this->send(
			array(
				'type'  => 'error',
				'error' => array(
					'code'        => $error['code'],
					'message'     => $error['message'],
					'status'      => $answer->get_status(),
					'retry_after' => $error['data']['retry_after'] ?? null,
				) + array_intersect_key( $error['data'], array( 'categories' => true ) ),
			)
		);
	}

	private function begin( array $limits ): void {
		$this->has_begun = true;

		$headers = array(
			'Content-Type'      => 'text/event-stream; charset=utf-8',
			'Cache-Control'     => 'no-store, no-transform',
			'X-Accel-Buffering' => 'no', // For nginx, and whoever stands in front of it and knows its word.
		) + Answer::limit_headers( $limits ? $limits : Inference::limits() );
		foreach ( $headers as $name => $value ) {
			header( "$name: $value" );
		}
		Unbuffered::begin();
	}

	private function write( string $frame ): bool {
		echo $frame; // phpcs:ignore WordPress.Security.EscapeOutput -- Not HTML, and the type says so.
		flush();
		return ! connection_aborted();
	}
}
