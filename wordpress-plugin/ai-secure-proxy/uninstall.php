<?php
/**
 * Runs when the plugin is deleted; keeps everything unless the option aisp_uninstall_data says otherwise.
 *
 * @package AI_Secure_Proxy
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

if ( version_compare( PHP_VERSION, '8.1', '>=' ) ) {
	require_once __DIR__ . '/includes/Autoloader.php';
	AI_Secure_Proxy\Autoloader::register();
	AI_Secure_Proxy\Installer::uninstall();
}
