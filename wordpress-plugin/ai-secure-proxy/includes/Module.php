<?php
/**
 * The native module: is it here, and what to say when it is not.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Module {

	public static function present(): bool {
		return function_exists( 'aisp_infer' );
	}

	public static function missing(): \WP_Error {
		return new \WP_Error(
			'module_missing',
			__( 'The aisp PHP module is not loaded on this server.', 'ai-secure-proxy' ),
			array( 'status' => 503 )
		);
	}

	/** Plain text; who prints it escapes it. */
	public static function how_to_install(): string {
		return __( 'AI Secure Proxy needs the native PHP module “aisp”, and PHP did not load it. Install the module (run “make install” in its source folder, or add “extension=aisp.so” to php.ini), then restart PHP.', 'ai-secure-proxy' );
	}
}
