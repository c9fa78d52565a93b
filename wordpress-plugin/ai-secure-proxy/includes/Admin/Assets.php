<?php
/**
 * The scripts and styles of build/, which `npm run build` makes of src/.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Admin;

defined( 'ABSPATH' ) || exit;

final class Assets {

	public const BUILD = AI_SECURE_PROXY_DIR . '/build';

	public static function built( string $name ): bool {
		return is_file( self::BUILD . "/$name.asset.php" );
	}

	/** Puts a script and its style, by the name of its folder in src/, on the page that is being made. */
	public static function enqueue( string $name ): void {
		if ( ! self::built( $name ) ) {
			return;
		}
		$handle = "aisp-$name";
		$asset  = require self::BUILD . "/$name.asset.php";
		wp_enqueue_script( $handle, self::url( "$name.js" ), $asset['dependencies'], $asset['version'], array( 'in_footer' => true ) );
		wp_set_script_translations( $handle, 'ai-secure-proxy', AI_SECURE_PROXY_DIR . '/languages' );
		if ( is_file( self::BUILD . "/$name.css" ) ) {
			$bundles_components = ! in_array( 'wp-components', $asset['dependencies'], true );
			wp_enqueue_style( $handle, self::url( "$name.css" ), $bundles_components ? array() : array( 'wp-components' ), $asset['version'] );
			wp_style_add_data( $handle, 'rtl', 'replace' );
		}
	}

	private static function url( string $file ): string {
		return plugins_url( "build/$file", AI_SECURE_PROXY_DIR . '/ai-secure-proxy.php' );
	}
}
