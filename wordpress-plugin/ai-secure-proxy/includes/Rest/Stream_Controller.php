<?php
/**
 * POST /infer/stream: one prompt in, the answer out piece by piece as Server-Sent Events.
 *
 * The frames are start, delta, restart, result and error, and comments where there is long silence. What fails before the
 * first of them is answered like on any other route, with its own HTTP status.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;

defined( 'ABSPATH' ) || exit;

final class Stream_Controller extends Controller {

	public const ROUTE = '/infer/stream';

	public function register_routes(): void {
		$this->route( self::ROUTE, 'POST', array( $this, 'stream' ), array( Access::class, 'may_infer' ), Infer_Schema::args(), array( Infer_Schema::class, 'answer' ) );
	}

	/**
	 * Who calls rest_do_request() gets the whole answer, like from /infer; so does who wants it in an envelope.
	 *
	 * @throws \Aisp\Exception Answered by the base controller.
	 */
	public function stream( \WP_REST_Request $request ): \WP_REST_Response {
		$body   = Infer_Schema::body( $request );
		$caller = Access::caller( self::ROUTE, Source::of( $request ) );
		if ( Dry_Run::take( $body ) ) {
			return Dry_Run::one( $body, $caller );
		}
		if ( Served::plainly( $request ) ) {
			return new Stream_Response( $body, $caller );
		}
		$result = Inference::infer( $body, $caller );
		return Answer::data( Infer_Schema::answered( $result ), $result['limits'] );
	}

	/**
	 * Filter rest_pre_serve_request, after WordPress and others have set their headers: makes the answer and sends it.
	 *
	 * @param mixed            $served   Whether somebody has answered already.
	 * @param mixed            $response The answer; where nothing was streamed, it becomes what WordPress is to send.
	 * @param \WP_REST_Request $request  Unused.
	 * @param \WP_REST_Server  $server   Sends headers.
	 * @return mixed Whether somebody has answered.
	 */
	public static function serve( $served, $response, $request, $server ) {
		if ( $served || ! $response instanceof Stream_Response ) {
			return $served;
		}
		$stream = new Event_Stream();
		$stream->prepare();
		$answer = self::answer(
			static function () use ( $response, $stream ): \WP_REST_Response {
				$result = Inference::stream( $response->body, $response->caller, array( $stream, 'send' ) );
				return Answer::data( Infer_Schema::answered( $result ), $result['limits'] );
			}
		);
		if ( $stream->has_begun() ) {
			$stream->end( $answer );
			return true;
		}
		$response->set_status( $answer->get_status() );
		$response->set_data( $answer->get_data() );
		$server->send_headers( $answer->get_headers() );
		status_header( $answer->get_status() );
		return false;
	}
}
