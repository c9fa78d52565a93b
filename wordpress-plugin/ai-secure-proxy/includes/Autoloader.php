<?php
/**
 * Finds the plugin's classes: one class a file, the file named after the class.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Autoloader {

	public static function register(): void {
		spl_autoload_register( array( self::class, 'load' ) );
	}

	public static function load( string $name ): void {
		if ( ! str_starts_with( $name, __NAMESPACE__ . '\\' ) ) {
			return;
		}
		$path = __DIR__ . '/' . strtr( substr( $name, strlen( __NAMESPACE__ ) + 1 ), '\\', '/' ) . '.php';
		if ( is_file( $path ) ) {
			require $path;
		}
	}
}
