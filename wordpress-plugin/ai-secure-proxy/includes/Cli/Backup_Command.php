<?php
/**
 * `wp aisp backup`: a copy of the store, the log and the settings.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Backup\Backup;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Backup_Command {

	/**
	 * Copies what the proxy keeps into a new folder, while calls go on: store.db (answers, jobs, webhook events, limits and
	 * metrics, of all sites that share the store), log.jsonl (the log of this site), settings.json (without what may be a secret),
	 * and manifest.json with versions, counts and checksums. Run it as the user that PHP runs as. It holds answers: keep it private.
	 *
	 * ## OPTIONS
	 *
	 * <path>
	 * : A folder that is not there yet, outside of the website.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp backup /var/backups/aisp-$(date +%F)
	 *
	 * @param string[] $args The path.
	 */
	public function __invoke( array $args ): void {
		Input::need_module();
		try {
			$manifest = Backup::make( $args[0] );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		} catch ( \RuntimeException $e ) {
			WP_CLI::error( $e->getMessage() );
			return;
		}
		foreach ( $manifest['left_out'] as $place ) {
			/* translators: %s: place in the settings, such as providers.acme.headers. */
			WP_CLI::warning( sprintf( __( '%s may hold a secret, and is not in the backup.', 'ai-secure-proxy' ), $place ) );
		}
		/* translators: 1: path of a folder, 2: number of log records, 3: size of the store. */
		WP_CLI::success( sprintf( _n( 'The backup is in %1$s: %2$d log record, and a store of %3$s.', 'The backup is in %1$s: %2$d log records, and a store of %3$s.', $manifest['rows'], 'ai-secure-proxy' ), $args[0], $manifest['rows'], size_format( $manifest['files']['store.db']['bytes'] ) ) );
	}
}
