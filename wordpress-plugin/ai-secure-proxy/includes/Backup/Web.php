<?php
/**
 * What a web server might hand out.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Backup;

defined( 'ABSPATH' ) || exit;

final class Web {

	/** Whether a path is one of the folders of the website, or in one of them. */
	public static function serves( string $path ): bool {
		$path = trailingslashit( self::real( $path ) );
		foreach ( array( ABSPATH, WP_CONTENT_DIR, wp_upload_dir( null, false )['basedir'] ) as $folder ) {
			if ( str_starts_with( $path, trailingslashit( self::real( $folder ) ) ) ) {
				return true;
			}
		}
		return false;
	}

	private static function real( string $path ): string {
		$real = realpath( $path );
		return wp_normalize_path( false === $real ? $path : $real );
	}
}
