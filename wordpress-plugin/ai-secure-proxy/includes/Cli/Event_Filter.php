<?php
/**
 * Which events of the inbox the commands are about.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Jobs\Ended;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Event_Filter {

	/** As many as the module gives at once. */
	private const PAGE = 1000;

	/**
	 * Only this site's, and what the options say.
	 *
	 * @param array    $options The options.
	 * @param string[] $states  Those that may be named.
	 */
	public static function of( array $options, array $states ): array {
		if ( isset( $options['state'] ) && ! in_array( $options['state'], $states, true ) ) {
			/* translators: %s: names of states. */
			WP_CLI::error( sprintf( __( '--state must be one of %s.', 'ai-secure-proxy' ), implode( ', ', $states ) ) );
		}
		return array_intersect_key( $options, array_flip( array( 'source', 'state' ) ) ) + array( 'site' => Access::site() );
	}

	/** The event that is named by its number, if one is. */
	public static function numbered( array $args ): array {
		if ( ! $args ) {
			return array();
		}
		$id = filter_var( $args[0], FILTER_VALIDATE_INT, array( 'options' => array( 'min_range' => 1 ) ) );
		if ( false === $id ) {
			WP_CLI::error( __( 'The number of an event is one that `wp aisp webhook list` shows.', 'ai-secure-proxy' ) );
		}
		return array( 'id' => $id );
	}

	/**
	 * The newest events that match; those of jobs only where they are asked for, or are dead.
	 *
	 * @param array $filter See of().
	 * @param int   $max    How many at most.
	 * @return array[]
	 * @throws \Aisp\Exception The filter is wrong.
	 */
	public static function listed( array $filter, int $max ): array {
		if ( isset( $filter['source'] ) || 'dead' === ( $filter['state'] ?? '' ) || $max > self::PAGE ) {
			return aisp_webhook_list( array( 'max' => $max ) + $filter );
		}
		$events = aisp_webhook_list( array( 'max' => self::PAGE ) + $filter );
		$shown  = array_filter( $events, static fn( array $event ): bool => Ended::SOURCE !== $event['source'] );
		if ( count( $shown ) < $max && count( $events ) === self::PAGE ) {
			/* translators: %d: a number. */
			WP_CLI::warning( sprintf( __( 'Only the newest %d events were looked at, and jobs ended meanwhile; name a --source to see older ones.', 'ai-secure-proxy' ), self::PAGE ) );
		}
		return array_slice( array_values( $shown ), 0, $max );
	}
}
