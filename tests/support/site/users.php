<?php
/**
 * Brings a site to what its scripts promise: `users.php SITE`, users.json in on standard input and out on standard output.
 *
 * Four users, one a role, each with a password and an application password; pretty permalinks; the plugin active.
 * What is right already is left as it is: the application passwords of an earlier run stay good.
 */

require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';

if ( (int) get_option( 'db_version' ) < (int) $GLOBALS['wp_db_version'] ) {
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	wp_upgrade();
}
if ( '/%postname%/' !== get_option( 'permalink_structure' ) ) {
	$GLOBALS['wp_rewrite']->set_permalink_structure( '/%postname%/' );
	$GLOBALS['wp_rewrite']->flush_rules( false );
}
update_option( 'show_avatars', 0 ); // Or every admin page asks a server that cannot be reached.

$users = json_decode( (string) stream_get_contents( STDIN ), true );
$users = is_array( $users ) ? $users : array();
$roles = array(
	'admin'  => 'administrator',
	'editor' => 'editor',
	'author' => 'author',
	'reader' => 'subscriber',
);
foreach ( $roles as $login => $user_role ) {
	$user     = get_user_by( 'login', $login );
	$password = $users[ $login ]['password'] ?? wp_generate_password( 16, false );
	if ( ! $user ) {
		$id   = wp_insert_user(
			array(
				'user_login' => $login,
				'user_pass'  => $password,
				'user_email' => $login . '@example.test',
				'role'       => $user_role,
			)
		);
		$user = get_user_by( 'id', $id );
	} elseif ( ! isset( $users[ $login ]['password'] ) ) {
		wp_set_password( $password, $user->ID );
	}
	$known = $users[ $login ]['app_password'] ?? null;
	$kept  = WP_Application_Passwords::get_user_application_passwords( $user->ID );
	if ( ! $known || ! $kept ) {
		WP_Application_Passwords::delete_all_application_passwords( $user->ID );
		list( $known ) = WP_Application_Passwords::create_new_application_password( $user->ID, array( 'name' => 'site' ) );
	}
	$users[ $login ] = array(
		'id'           => $user->ID,
		'role'         => $user_role,
		'password'     => $password,
		'app_password' => $known,
	);
}

$file = 'ai-secure-proxy/ai-secure-proxy.php';
if ( is_file( WP_PLUGIN_DIR . '/' . $file ) && ! is_plugin_active( $file ) ) {
	$failed = activate_plugin( $file );
	if ( is_wp_error( $failed ) ) {
		fwrite( STDERR, 'the plugin was not activated: ' . $failed->get_error_message() . ' ' . wp_json_encode( $failed->get_error_data() ) . "\n" );
		exit( 1 );
	}
}

echo wp_json_encode( $users, JSON_PRETTY_PRINT ), "\n";
