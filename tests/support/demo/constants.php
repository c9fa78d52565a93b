<?php
// The demo is a site like any other: its log is drained each minute.
define( 'DISABLE_WP_CRON', false );
