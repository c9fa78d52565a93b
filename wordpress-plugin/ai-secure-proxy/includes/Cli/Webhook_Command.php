<?php
/**
 * `wp aisp webhook …`: the inbox of events from outside.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Json;
use AI_Secure_Proxy\Webhook\Events;
use AI_Secure_Proxy\Webhook\Inbox;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

/**
 * Looks at the events that came in by webhook, has them handled, and forgets them.
 */
final class Webhook_Command {

	private const FIELDS = array( 'id', 'source', 'event', 'type', 'state', 'attempts', 'error', 'received_at', 'due_at' );

	/** As many as a run handles where nobody says how many. */
	private const RUN = 1000;

	/**
	 * Lists this site's events, newest first.
	 *
	 * Jobs tell of their end in the same inbox. Those events are shown where --source=:job or --state=dead asks for them; else
	 * they would be most of the list.
	 *
	 * ## OPTIONS
	 *
	 * [--source=<source>]
	 * : Only events of this source.
	 *
	 * [--state=<state>]
	 * : Only events in this state: waiting, leased, done or dead.
	 *
	 * [--max=<number>]
	 * : How many at most, up to 1000.
	 * ---
	 * default: 100
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
	 *     wp aisp webhook list --source=stripe --format=json
	 *
	 * @subcommand list
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function list_( array $args, array $assoc_args ): void {
		Input::need_module();
		$filter = Event_Filter::of( $assoc_args, array( 'waiting', 'leased', 'done', 'dead' ) );
		try {
			$events = Event_Filter::listed( $filter, Input::number( $assoc_args, 'max', 1 ) ?? 100 );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		Utils\format_items( $assoc_args['format'] ?? 'table', array_map( array( self::class, 'row' ), $events ), self::FIELDS );
	}

	/**
	 * Shows one event with what came in it, which is kept until it is handled.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The event's number in the list.
	 *
	 * [--format=<format>]
	 * : How to print it. What came in it is JSON on one line in a table; what is no JSON is a text.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp webhook show 17
	 *     wp aisp webhook show 17 --format=json
	 *
	 * @param string[] $args       The number.
	 * @param array    $assoc_args The options.
	 */
	public function show( array $args, array $assoc_args ): void {
		Input::need_module();
		$filter = Event_Filter::numbered( $args );
		try {
			$event = Events::find( $filter['id'] );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		if ( null === $event ) {
			/* translators: %d: a number. */
			WP_CLI::error( sprintf( __( 'No event has the number %d.', 'ai-secure-proxy' ), $filter['id'] ) );
			return;
		}
		$format  = $assoc_args['format'] ?? 'table';
		$payload = Events::payload( $event['body'] );
		if ( 'table' === $format && '' !== $event['body'] ) {
			$payload = Json::line( $payload );
		}
		Output::fields( self::row( $event ) + array( 'payload' => $payload ), $format );
	}

	/**
	 * Lets dead events be handled once more, from the first attempt on.
	 *
	 * ## OPTIONS
	 *
	 * [<id>]
	 * : The event's number in the list.
	 *
	 * [--all]
	 * : All that are dead.
	 *
	 * [--source=<source>]
	 * : Of those only the events of this source.
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
		Input::need_module();
		$filter = Event_Filter::of( $assoc_args, array() ) + Event_Filter::numbered( $args );
		if ( isset( $filter['id'] ) === (bool) ( $assoc_args['all'] ?? false ) ) {
			WP_CLI::error( __( 'Say which: the number of an event, or --all.', 'ai-secure-proxy' ) );
			return;
		}
		try {
			$count = Events::replay( $filter );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		if ( ! $count && isset( $filter['id'] ) ) {
			/* translators: %d: a number. */
			WP_CLI::error( sprintf( __( 'No dead event has the number %d.', 'ai-secure-proxy' ), $filter['id'] ) );
			return;
		}
		/* translators: %d: how many. */
		WP_CLI::success( sprintf( _n( '%d event will be handled again.', '%d events will be handled again.', $count, 'ai-secure-proxy' ), $count ) );
	}

	/**
	 * Forgets events that are not being handled. One that is forgotten is accepted should its sender repeat it.
	 *
	 * ## OPTIONS
	 *
	 * [<id>]
	 * : The event's number in the list.
	 *
	 * [--state=<state>]
	 * : All events in this state: waiting, done or dead.
	 *
	 * [--source=<source>]
	 * : Of those only the events of this source.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp webhook forget 17
	 *     wp aisp webhook forget --state=dead --yes
	 *
	 * @param string[] $args       The number.
	 * @param array    $assoc_args The options.
	 */
	public function forget( array $args, array $assoc_args ): void {
		Input::need_module();
		$filter = Event_Filter::of( $assoc_args, array( 'waiting', 'done', 'dead' ) ) + Event_Filter::numbered( $args );
		if ( isset( $filter['id'] ) === isset( $filter['state'] ) ) {
			WP_CLI::error( __( 'Say which: the number of an event, or --state.', 'ai-secure-proxy' ) );
			return;
		}
		/* translators: %s: the number of an event, or a state and perhaps a source. */
		WP_CLI::confirm( sprintf( __( 'Forget what is %s?', 'ai-secure-proxy' ), implode( ', ', array_diff_key( $filter, array( 'site' => 0 ) ) ) ), $assoc_args );
		try {
			$count = Events::forget( $filter );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		/* translators: %d: how many. */
		WP_CLI::success( sprintf( _n( '%d event forgotten.', '%d events forgotten.', $count, 'ai-secure-proxy' ), $count ) );
	}

	/**
	 * Hands the events that are due to the site's handlers, as WP-Cron does each minute.
	 *
	 * ## OPTIONS
	 *
	 * [--max=<number>]
	 * : How many at most.
	 * ---
	 * default: 1000
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
		try {
			$count = Inbox::work( Input::number( $assoc_args, 'max', 1 ) ?? self::RUN );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		/* translators: 1: how many, 2: how many. */
		$said = sprintf( __( '%1$d handled, %2$d failed.', 'ai-secure-proxy' ), $count['handled'], $count['failed'] );
		if ( $count['failed'] ) {
			WP_CLI::warning( $said );
		} else {
			WP_CLI::success( $said );
		}
	}

	/** One event, for people: times in UTC. */
	private static function row( array $event ): array {
		foreach ( array( 'received_at', 'due_at' ) as $key ) {
			$event[ $key ] = gmdate( 'Y-m-d H:i:s', $event[ $key ] );
		}
		return array_replace( array_flip( self::FIELDS ), array_intersect_key( $event, array_flip( self::FIELDS ) ) );
	}
}
