<?php
/**
 * `wp aisp restore`: the log and the settings of a backup, and how to restore the store.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Backup\Restore;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Restore_Command {

	/**
	 * Checks a backup, writes the log records that are not there yet, puts its settings in the place of those that are, and says
	 * how to put the store in its place: PHP has to be stopped for that.
	 *
	 * ## OPTIONS
	 *
	 * <path>
	 * : The folder that `wp aisp backup` has made.
	 *
	 * [--skip-settings]
	 * : Leave the settings as they are.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp restore /var/backups/aisp-2026-11-25
	 *
	 * @param string[] $args       The path.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		try {
			$restore  = Restore::from( $args[0] );
			$manifest = $restore->manifest();
			/* translators: 1: number of log records, 2: address of a site, 3: a date and time. */
			WP_CLI::confirm( sprintf( _n( 'Restore %1$d log record, and the settings, of %2$s as of %3$s?', 'Restore %1$d log records, and the settings, of %2$s as of %3$s?', $manifest['rows'], 'ai-secure-proxy' ), $manifest['rows'], $manifest['site'], $manifest['made_at'] ), $assoc_args );
			$rows = $restore->log();
			if ( ! ( $assoc_args['skip-settings'] ?? false ) ) {
				$restore->settings();
				foreach ( $manifest['left_out'] as $place ) {
					/* translators: %s: place in the settings, such as providers.acme.headers. */
					WP_CLI::warning( sprintf( __( '%s may hold a secret, and is not in the backup: what this site has stays, or has to be set.', 'ai-secure-proxy' ), $place ) );
				}
			}
		} catch ( \JsonException $e ) {
			WP_CLI::error( __( 'The log of the backup is not whole.', 'ai-secure-proxy' ) );
			return;
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		} catch ( \RuntimeException $e ) {
			WP_CLI::error( $e->getMessage() );
			return;
		}
		/* translators: %d: number of log records. */
		WP_CLI::success( sprintf( _n( '%d log record came in.', '%d log records came in.', $rows, 'ai-secure-proxy' ), $rows ) );
		WP_CLI::line( __( 'For answers, jobs, limits and metrics, put the store in its place:', 'ai-secure-proxy' ) );
		foreach ( $restore->how() as $step ) {
			WP_CLI::line( "  {$step}" );
		}
	}
}
