<?php
/**
 * Plugin Name: Offline
 * Description: A test site asks nobody for updates or news and sends no mail.
 */

foreach ( array( 'update_core', 'update_plugins', 'update_themes' ) as $aisp_site_name ) {
	add_filter(
		'pre_site_transient_' . $aisp_site_name,
		static function () {
			return (object) array(
				'last_checked'    => time(),
				'version_checked' => $GLOBALS['wp_version'],
				'updates'         => array(),
				'response'        => array(),
				'no_update'       => array(),
				'translations'    => array(),
			);
		}
	);
}
unset( $aisp_site_name );

add_filter( 'pre_wp_mail', '__return_true' );
add_action(
	'init',
	static function () {
		remove_action( 'admin_init', '_maybe_update_core' );
		remove_action( 'admin_init', '_maybe_update_plugins' );
		remove_action( 'admin_init', '_maybe_update_themes' );
	}
);
add_action(
	'wp_dashboard_setup',
	static function () {
		remove_meta_box( 'dashboard_primary', 'dashboard', 'side' );
	}
);
