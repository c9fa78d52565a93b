<?php
/**
 * Loaded by PHPUnit. The site and the provider are up already: run.sh started them and says where they are.
 */

declare( strict_types=1 );

foreach ( array( 'SITE_DIR', 'SITE_URL', 'SITE_ROOT', 'SITE_USERS', 'SITE_PHP', 'SITE_TESTS', 'SITE_DB_SOCKET', 'SITE_LOG', 'SITE_DEBUG_LOG', 'LLMOCK_URL' ) as $aisp_name ) {
	if ( ! getenv( $aisp_name ) ) {
		fwrite( STDERR, "$aisp_name is not set: start these tests with tests/wordpress/run.sh\n" );
		exit( 1 );
	}
}
unset( $aisp_name );

require __DIR__ . '/Reply.php';
require __DIR__ . '/Http.php';
require __DIR__ . '/Events.php';
require __DIR__ . '/Limits.php';
require __DIR__ . '/Mock.php';
require __DIR__ . '/Site.php';
require __DIR__ . '/SiteTestCase.php';
require __DIR__ . '/Webhook.php';
require __DIR__ . '/WebhookTestCase.php';
require __DIR__ . '/Signature.php';
require __DIR__ . '/JobTestCase.php';
