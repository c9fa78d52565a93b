<?php
/**
 * `wp aisp log export`: the log as a file.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Log\Export;
use AI_Secure_Proxy\Log\Query;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Log_Export_Command {

	/**
	 * Writes the log, or what a filter lets through, newest first. It takes no more memory for a million records than for one.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : The form of the file.
	 * ---
	 * default: csv
	 * options:
	 *   - csv
	 *   - json
	 *   - jsonl
	 * ---
	 *
	 * [--file=<path>]
	 * : A new file to write to; left out, it is the standard output.
	 *
	 * [--user-id=<ids>]
	 * : Only calls of these user ids; 0 is nobody. Several values of an option are separated by commas.
	 *
	 * [--status=<codes>]
	 * : Only calls answered with these HTTP statuses, or classes of them, such as 5xx.
	 *
	 * [--model=<models>]
	 * : Only calls of these models.
	 *
	 * [--provider=<providers>]
	 * : Only calls that these providers answered or failed.
	 *
	 * [--route=<routes>]
	 * : Only calls that came in by these routes, such as /infer or cli.
	 *
	 * [--source=<sources>]
	 * : Only calls of these plugins or features.
	 *
	 * [--client=<clients>]
	 * : Only calls of these clients; token: is whoever came with a token.
	 *
	 * [--error=<codes>]
	 * : Only calls that ended with these errors; any is all that failed, none is the others.
	 *
	 * [--cached=<bool>]
	 * : true or false: only calls that the cache answered, or only the others.
	 *
	 * [--search=<id>]
	 * : A request id, or a hash or the first 8 or more digits of one.
	 *
	 * [--after=<date>]
	 * : Only calls from this date or time on, UTC.
	 *
	 * [--before=<date>]
	 * : Only calls before this date or time, UTC.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp log export --file=november.csv --after=2026-11-01 --before=2026-12-01
	 *     wp aisp log export --format=jsonl --error=any | jq .error
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		$format = $assoc_args['format'] ?? 'csv';
		Log_Input::choice( 'format', $format, Export::FORMATS );
		$filter = Log_Input::filter( $assoc_args );
		$path   = (string) ( $assoc_args['file'] ?? 'php://output' );
		$file   = @fopen( $path, isset( $assoc_args['file'] ) ? 'x' : 'w' ); // phpcs:ignore -- The next line says what is wrong; WP_Filesystem cannot write piece by piece.
		if ( ! $file ) {
			/* translators: %s: path of a file. */
			WP_CLI::error( sprintf( __( '%s cannot be written, or is there already.', 'ai-secure-proxy' ), $path ) );
			return;
		}
		$whole = true;
		$count = Export::write(
			Query::each( $filter ),
			$format,
			static function ( string $piece ) use ( $file, &$whole ): void {
				$whole = $whole && fwrite( $file, $piece ) === strlen( $piece ); // phpcs:ignore WordPress.WP.AlternativeFunctions
			}
		);
		fclose( $file ); // phpcs:ignore WordPress.WP.AlternativeFunctions
		if ( ! $whole ) {
			/* translators: %s: path of a file. */
			WP_CLI::error( sprintf( __( '%s could not be written to its end.', 'ai-secure-proxy' ), $path ) );
		}
		if ( isset( $assoc_args['file'] ) ) {
			/* translators: 1: a number, 2: path of a file. */
			WP_CLI::success( sprintf( _n( '%1$d record is in %2$s.', '%1$d records are in %2$s.', $count, 'ai-secure-proxy' ), $count, $path ) );
		}
	}
}
