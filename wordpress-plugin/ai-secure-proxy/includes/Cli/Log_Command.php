<?php
/**
 * `wp aisp log …`: reads the audit log from the command line.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Log\Paging;
use AI_Secure_Proxy\Log\Query;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

/**
 * Reads the audit log: who asked which model when, and what came of it.
 */
final class Log_Command {

	private const FIELDS = array( 'id', 'created_at', 'user_id', 'route', 'provider', 'model', 'cached', 'status_code', 'error', 'tokens_in', 'tokens_out', 'cost_microusd', 'attempts', 'duration_ms' );

	/**
	 * Lists log records.
	 *
	 * ## OPTIONS
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
	 * [--orderby=<field>]
	 * : What they are sorted by.
	 * ---
	 * default: created_at
	 * options:
	 *   - created_at
	 *   - duration_ms
	 *   - cost_microusd
	 *   - tokens
	 * ---
	 *
	 * [--order=<order>]
	 * : The largest or newest first, or the smallest or oldest.
	 * ---
	 * default: desc
	 * options:
	 *   - desc
	 *   - asc
	 * ---
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
	 *     wp aisp log list --status=429,5xx --after=2026-11-01
	 *     wp aisp log list --orderby=cost_microusd --source=shop
	 *     wp aisp log list --user-id=7 --format=csv --per-page=1000
	 *
	 * @subcommand list
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function list_( array $args, array $assoc_args ): void {
		$orderby = $assoc_args['orderby'] ?? 'created_at';
		$order   = $assoc_args['order'] ?? 'desc';
		Log_Input::choice( 'orderby', $orderby, Paging::ORDERS );
		Log_Input::choice( 'order', $order, array( 'desc', 'asc' ) );
		$page = Query::page( Log_Input::filter( $assoc_args ), Input::number( $assoc_args, 'page', 1 ) ?? 1, Input::number( $assoc_args, 'per-page', 1 ) ?? 20, $orderby, $order );
		Utils\format_items( $assoc_args['format'] ?? 'table', $page['rows'], self::FIELDS );
	}
}
