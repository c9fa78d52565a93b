<?php
/**
 * Tells an administrator that the module is missing, where that is looked for.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Notice {

	private const SCREENS = array( 'dashboard', 'plugins', 'dashboard-network', 'plugins-network' );

	public static function show(): void {
		$screen = get_current_screen();
		if ( Module::present() || ! current_user_can( Access::MANAGE ) || ! $screen || ! in_array( $screen->id, self::SCREENS, true ) ) {
			return;
		}
		printf( '<div class="notice notice-warning"><p>%s</p></div>', esc_html( Module::how_to_install() ) );
	}
}
