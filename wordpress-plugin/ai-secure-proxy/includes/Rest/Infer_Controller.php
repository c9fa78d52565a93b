<?php
/**
 * POST /infer: one prompt in, one answer out.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;

defined( 'ABSPATH' ) || exit;

final class Infer_Controller extends Controller {

	public const ROUTE  = '/infer';
	public const SOURCE = 'rest';

	public function register_routes(): void {
		$this->route( self::ROUTE, 'POST', array( $this, 'infer' ), array( Access::class, 'may_infer' ), Infer_Schema::args(), array( Infer_Schema::class, 'answer' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function infer( \WP_REST_Request $request ): \WP_REST_Response {
		$body   = Infer_Schema::body( $request );
		$caller = Access::caller( self::ROUTE, Source::of( $request ) );
		if ( Dry_Run::take( $body ) ) {
			return Dry_Run::one( $body, $caller );
		}
		$result = Inference::infer( $body, $caller );
		return Answer::data( Infer_Schema::answered( $result ), $result['limits'] );
	}
}
