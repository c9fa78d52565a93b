<?php
/**
 * What PHP holds back of an answer that is sent while it is made.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Unbuffered {

	/**
	 * Nobody else waits for this request, and it has time.
	 *
	 * @param int $seconds At most.
	 */
	public static function prepare( int $seconds ): void {
		if ( function_exists( 'session_status' ) && PHP_SESSION_ACTIVE === session_status() ) {
			session_write_close();
		}
		if ( function_exists( 'set_time_limit' ) ) {
			set_time_limit( $seconds );
		}
	}

	/** Before the first byte. */
	public static function begin(): void {
		if ( function_exists( 'apache_setenv' ) ) {
			apache_setenv( 'no-gzip', '1' );
		}
		ini_set( 'zlib.output_compression', '0' ); // phpcs:ignore WordPress.PHP.IniSet -- A compressor waits for more than one piece.
		while ( ob_get_level() > 0 && @ob_end_clean() ) { // phpcs:ignore -- One that cannot be removed complains, and stays.
			continue;
		}
		ob_implicit_flush( true );
	}
}
