<?php
/**
 * `wp aisp log verify`: whether the log is whole.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Log\Verify;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

final class Log_Verify_Command {

	private const FIELDS = array( 'check', 'result', 'detail' );

	/**
	 * Checks that all records have come into the table, each of them once, that filters find them, and that they are as many as
	 * the metrics have counted in the last 24 hours. Ends with 1 where there is trouble.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : How to print it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp log verify || mail -s 'The log of AI calls' admin@example.com < /dev/null
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		try {
			$checks = Verify::checks();
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		Utils\format_items( $assoc_args['format'] ?? 'table', $checks, self::FIELDS );
		$troubles = count( array_keys( array_column( $checks, 'result' ), Verify::TROUBLE, true ) );
		if ( $troubles > 0 ) {
			/* translators: %d: a number. */
			WP_CLI::error( sprintf( _n( '%d check found trouble.', '%d checks found trouble.', $troubles, 'ai-secure-proxy' ), $troubles ) );
		}
	}
}
