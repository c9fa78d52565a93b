<?php
/**
 * Gives the bench's site its policy, and a REST route that does nothing, to compare with.
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';
require getenv( 'SITE_ROOT' ) . '/wp-load.php';

update_option( 'aisp_settings', bench_policy() );
copy( __DIR__ . '/trivial-route.php', WPMU_PLUGIN_DIR . '/trivial-route.php' );
