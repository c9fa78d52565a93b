<?php
/**
 * The block `ai-secure-proxy/generate` and the panel beside a post, for who may ask.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

use AI_Secure_Proxy\Admin\Assets;

defined( 'ABSPATH' ) || exit;

final class Block {

	/** Action init. Who may not ask has no such block; what of it stands in a post is nothing in the page either way. */
	public static function register(): void {
		if ( ! Module::present() || ! Assets::built( 'block/index' ) || ! current_user_can( Access::INFER ) ) {
			return;
		}
		$block = register_block_type( Assets::BUILD . '/block' );
		foreach ( $block ? $block->editor_script_handles : array() as $handle ) {
			wp_set_script_translations( $handle, 'ai-secure-proxy', AI_SECURE_PROXY_DIR . '/languages' );
		}
	}
}
