<?php
/**
 * Gives the bench's site its policy.
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';
require getenv( 'SITE_ROOT' ) . '/wp-load.php';

update_option( 'aisp_settings', bench_policy() );
