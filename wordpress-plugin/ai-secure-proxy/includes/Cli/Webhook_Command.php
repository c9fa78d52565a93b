<?php
/**
 * `wp aisp webhook …`: the events that came in, and those that nobody could handle.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Webhook\Inbox;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

/**
 * Looks after the events of this site's inbox.
 */
final class Webhook_Command {

	private const FIELDS = array( 'id', 'source', 'event', 'type', 'state', 'attempts', 'error', 'received', 'due' );

	/**
	 * Lists events, the newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--source=<source>]
	 * : Only of this source.
	 *
	 * [--state=<state>]
	 * : Only in this state.
	 * ---
	 * options:
	 *   - waiting
	 *   - leased
	 *   - done
	 *   - dead
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
	 *     wp aisp webhook list --state=dead
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function list( array $args, array $assoc_args ): void {
		Input::need_module();
		try {
			$events = aisp_webhook_list( self::filter( $assoc_args ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		$row = static fn( array $event ): array => array(
			'received' => gmdate( 'c', $event['received_at'] ),
			'due'      => gmdate( 'c', $event['due_at'] ),
		) + $event;
		Utils\format_items( $assoc_args['format'] ?? 'table', array_map( $row, $events ), self::FIELDS );
	}

	/**
	 * Lets events that nobody could handle be handled once more.
	 *
	 * ## OPTIONS
	 *
	 * [<id>]
	 * : The event's number, as list shows it.
	 *
	 * [--all]
	 * : All that are dead.
	 *
	 * [--source=<source>]
	 * : Only of this source.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp webhook replay 17
	 *     wp aisp webhook replay --all --source=stripe
	 *
	 * @param string[] $args       The number.
	 * @param array    $assoc_args The options.
	 */
	public function replay( array $args, array $assoc_args ): void {
		$filter = self::named( $args, $assoc_args, isset( $assoc_args['all'] ) );
		if ( null === $filter ) {
			return;
		}
		try {
			/* translators: %d: how many. */
			WP_CLI::success( sprintf( __( 'Put back: %d.', 'ai-secure-proxy' ), aisp_webhook_replay( $filter ) ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
		}
	}

	/**
	 * Forgets events that are not being handled. One that was forgotten is taken again should it come again.
	 *
	 * ## OPTIONS
	 *
	 * [<id>]
	 * : The event's number, as list shows it.
	 *
	 * [--state=<state>]
	 * : All in this state.
	 * ---
	 * options:
	 *   - waiting
	 *   - done
	 *   - dead
	 * ---
	 *
	 * [--source=<source>]
	 * : Only of this source.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp webhook forget --state=dead --source=stripe
	 *
	 * @param string[] $args       The number.
	 * @param array    $assoc_args The options.
	 */
	public function forget( array $args, array $assoc_args ): void {
		$filter = self::named( $args, $assoc_args, isset( $assoc_args['state'] ) );
		if ( null === $filter ) {
			return;
		}
		WP_CLI::confirm( __( 'Forget them?', 'ai-secure-proxy' ), $assoc_args );
		try {
			/* translators: %d: how many. */
			WP_CLI::success( sprintf( __( 'Forgotten: %d.', 'ai-secure-proxy' ), aisp_webhook_forget( $filter ) ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
		}
	}

	/**
	 * Hands out the events that are due, now.
	 *
	 * ## OPTIONS
	 *
	 * [--max=<number>]
	 * : How many at most.
	 * ---
	 * default: 50
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp webhook work
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function work( array $args, array $assoc_args ): void {
		Input::need_module();
		/* translators: %d: how many. */
		WP_CLI::success( sprintf( __( 'Handed out: %d.', 'ai-secure-proxy' ), Inbox::work( Input::number( $assoc_args, 'max', 1 ) ?? 50 ) ) );
	}

	/** What is meant: an event by its number, or all that match; null where it was not said. */
	private static function named( array $args, array $options, bool $several ): ?array {
		Input::need_module();
		$filter = self::filter( $options );
		if ( isset( $args[0] ) && ctype_digit( $args[0] ) && (int) $args[0] > 0 ) {
			return array( 'id' => (int) $args[0] ) + $filter;
		}
		if ( $several && ! isset( $args[0] ) ) {
			return $filter;
		}
		WP_CLI::error( __( 'Name an event by its number, or say which are meant.', 'ai-secure-proxy' ) );
		return null;
	}

	private static function filter( array $options ): array {
		return array( 'site' => Access::site() ) + array_intersect_key( $options, array_flip( array( 'source', 'state' ) ) );
	}
}
