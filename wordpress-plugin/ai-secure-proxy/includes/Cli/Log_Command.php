<?php
/**
 * `wp aisp log …`: reads the audit log from the command line.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Log\Query;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

/**
 * Reads the audit log: who asked which model when, and what came of it.
 */
final class Log_Command {

	private const FIELDS = array( 'id', 'created_at', 'user_id', 'route', 'provider', 'model', 'cached', 'status_code', 'error', 'tokens_in', 'tokens_out', 'cost_microusd', 'attempts', 'duration_ms' );

	/**
	 * Lists log records, newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--user-id=<id>]
	 * : Only calls of this user id; 0 is nobody.
	 *
	 * [--status=<code>]
	 * : Only calls answered with this HTTP status.
	 *
	 * [--model=<model>]
	 * : Only calls of this model.
	 *
	 * [--route=<route>]
	 * : Only calls that came in by this route, such as /infer or cli.
	 *
	 * [--after=<date>]
	 * : Only calls from this date or time on, UTC.
	 *
	 * [--before=<date>]
	 * : Only calls before this date or time, UTC.
	 *
	 * [--per-page=<number>]
	 * : Records a page.
	 * ---
	 * default: 20
	 * ---
	 *
	 * [--page=<number>]
	 * : Which page.
	 * ---
	 * default: 1
	 * ---
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
	 *     wp aisp log list --status=429 --after=2026-11-01
	 *     wp aisp log list --user-id=7 --format=csv --per-page=1000
	 *
	 * @subcommand list
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function list_( array $args, array $assoc_args ): void {
		$filter = array_intersect_key( $assoc_args, array_flip( array( 'model', 'route' ) ) );
		// Not --user: that one is WP-CLI's own, and says who runs the command.
		foreach ( array(
			'user-id' => 'user',
			'status'  => 'status',
		) as $option => $key ) {
			if ( isset( $assoc_args[ $option ] ) ) {
				$filter[ $key ] = Input::number( $assoc_args, $option, 0 );
			}
		}
		foreach ( array( 'after', 'before' ) as $key ) {
			if ( isset( $assoc_args[ $key ] ) ) {
				$filter[ $key ] = Query::utc( (string) $assoc_args[ $key ] );
				if ( null === $filter[ $key ] ) {
					/* translators: %s: name of an option. */
					WP_CLI::error( sprintf( __( '--%s wants a date such as 2026-11-23 or 2026-11-23T10:00:00Z.', 'ai-secure-proxy' ), $key ) );
					return;
				}
			}
		}
		$page = Query::page( $filter, Input::number( $assoc_args, 'page', 1 ) ?? 1, Input::number( $assoc_args, 'per-page', 1 ) ?? 20 );
		Utils\format_items( $assoc_args['format'] ?? 'table', $page['rows'], self::FIELDS );
	}
}
