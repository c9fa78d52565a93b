<?php
/**
 * Plugin Name:       AI Secure Proxy
 * Description:       The WordPress front door of the native aisp module: AI inference over REST with a cache, limits and an audit log, and no provider key in PHP or in the browser.
 * Version:           0.1.0
 * Requires at least: 6.6
 * Requires PHP:      8.1
 * Author:            The AI Secure Proxy contributors
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       ai-secure-proxy
 * Domain Path:       /languages
 *
 * This file alone is kept to syntax that PHP 5.6 can parse, so that an old server gets a notice and not a fatal error.
 *
 * @package AI_Secure_Proxy
 */

defined( 'ABSPATH' ) || exit;

define( 'AI_SECURE_PROXY_VERSION', '0.1.0' );
define( 'AI_SECURE_PROXY_DIR', __DIR__ );

if ( version_compare( PHP_VERSION, '8.1', '<' ) || version_compare( $GLOBALS['wp_version'], '6.6', '<' ) ) {
	add_action( 'admin_notices', 'ai_secure_proxy_too_old' );
	return;
}

require __DIR__ . '/includes/Autoloader.php';
AI_Secure_Proxy\Autoloader::register();
AI_Secure_Proxy\Plugin::start( __FILE__ );

/**
 * Says why the plugin does nothing here.
 */
function ai_secure_proxy_too_old() {
	printf(
		'<div class="notice notice-error"><p>%s</p></div>',
		esc_html__( 'AI Secure Proxy needs PHP 8.1 and WordPress 6.6 or newer, and is switched off on this server.', 'ai-secure-proxy' )
	);
}
