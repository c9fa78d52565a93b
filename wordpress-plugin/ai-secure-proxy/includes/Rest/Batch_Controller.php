<?php
/**
 * POST /batch: many requests in one call, each with its own answer or error in its place.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;

defined( 'ABSPATH' ) || exit;

final class Batch_Controller extends Controller {

	public const ROUTE = '/batch';

	public function register_routes(): void {
		$this->route( self::ROUTE, 'POST', array( $this, 'batch' ), array( Access::class, 'may_infer' ), Batch_Schema::args(), array( Batch_Schema::class, 'answer' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function batch( \WP_REST_Request $request ): \WP_REST_Response {
		$body   = Batch_Schema::body( $request );
		$is_dry = Dry_Run::take( $body );
		$fault  = Batch_Schema::fault( $body );
		if ( null !== $fault ) {
			return Answer::error( new \WP_Error( 'invalid_request', $fault, array( 'status' => 400 ) ) );
		}
		$requests = $body['requests'];
		if ( $body['pack'] ?? false ) {
			$requests = array_map( static fn( array $one ): array => array( 'pack' => true ) + $one, $requests );
		}
		$caller = Access::caller( self::ROUTE, Infer_Controller::SOURCE );
		if ( $is_dry ) {
			return Dry_Run::many( $requests, $caller );
		}
		$results = array();
		foreach ( Inference::batch( $requests, $caller ) as $item ) {
			$results[] = isset( $item['error'] ) ? $item : Infer_Schema::answered( $item );
		}
		// Looked up anew: errors tell no limits, and of results that came at the same time nobody knows which was the last.
		return Answer::data( array( 'results' => $results ), Inference::limits() );
	}
}
