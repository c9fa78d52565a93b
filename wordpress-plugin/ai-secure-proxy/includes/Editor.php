<?php
/**
 * What writers find in the block editor: the block “Generate with AI”, and a panel that summarises the post. Only those who may ask have them.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

use AI_Secure_Proxy\Admin\Assets;

defined( 'ABSPATH' ) || exit;

final class Editor {

	/** Hook action init: for others the block is unknown, and one that is left in a post shows nothing to anybody. */
	public static function block(): void {
		if ( ! self::is_for_user() || ! is_file( Assets::BUILD . '/block/block.json' ) ) {
			return;
		}
		$block = register_block_type( Assets::BUILD . '/block' );
		if ( $block ) {
			foreach ( $block->editor_script_handles as $handle ) {
				wp_set_script_translations( $handle, 'ai-secure-proxy', AI_SECURE_PROXY_DIR . '/languages' );
			}
		}
	}

	/** Hook action enqueue_block_editor_assets, which the editors of templates and widgets share: they have no post to summarise. */
	public static function panel(): void {
		if ( self::is_for_user() && 'post' === ( get_current_screen()->base ?? '' ) ) {
			Assets::enqueue( 'sidebar' );
		}
	}

	private static function is_for_user(): bool {
		return Module::present() && current_user_can( Access::INFER );
	}
}
