<?php
/**
 * Fills an empty database: `install.php SITE`, once for each site.
 * The password is thrown away: users.php sets one that it keeps.
 *
 * WP_INSTALLING must stand before wp-load.php, or an empty database redirects to the installer in the browser and ends.
 */

define( 'WP_INSTALLING', true );
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install( 'AI Secure Proxy', 'admin', 'admin@example.test', false, '', wp_generate_password( 24 ) );
