<?php
/**
 * Joins the wp-config.php of the site under test: a second WordPress, a network, in the same database, or a site that is
 * not for trying things out, for the processes that ask for it by an environment variable.
 */

if ( getenv( 'AISP_TEST_ENVIRONMENT' ) ) {
	define( 'WP_ENVIRONMENT_TYPE', getenv( 'AISP_TEST_ENVIRONMENT' ) );
}

$aisp_network = getenv( 'AISP_TEST_NETWORK' );
if ( $aisp_network ) {
	$table_prefix = 'net_';
	if ( 'ready' === $aisp_network ) {
		define( 'MULTISITE', true );
		define( 'SUBDOMAIN_INSTALL', false );
		define( 'DOMAIN_CURRENT_SITE', $_SERVER['HTTP_HOST'] );
		define( 'PATH_CURRENT_SITE', '/' );
		define( 'SITE_ID_CURRENT_SITE', 1 );
		define( 'BLOG_ID_CURRENT_SITE', 1 );
	}
}
unset( $aisp_network );
