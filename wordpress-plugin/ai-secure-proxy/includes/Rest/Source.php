<?php
/**
 * Which of the plugin's own screens a call comes from, as its script says in a header: for the log, and for what is counted by source.
 *
 * It tells features apart and not people: whoever may ask at all may ask as any of them.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Source {

	private const HEADER = 'X-AISP-Source';

	/** Besides the one of every other call. */
	private const SCREENS = array( 'playground', 'block', 'sidebar' );

	public static function of( \WP_REST_Request $request ): string {
		$said = $request->get_header( self::HEADER );
		return in_array( $said, self::SCREENS, true ) && ! Outsider::is( $request ) ? $said : Infer_Controller::SOURCE;
	}
}
