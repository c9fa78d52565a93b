<?php
/**
 * Which jobs the commands are about.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Jobs\Queue;
use AI_Secure_Proxy\Log\Filter;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Job_Input {

	/** As many as the module lists at once. */
	private const PAGE = 1000;

	/**
	 * What the options say of them.
	 *
	 * @param array    $options The options.
	 * @param string[] $states  Those that may be named; any where it is empty.
	 */
	public static function filter( array $options, array $states = array() ): array {
		$states = $states ? $states : array( 'queued', 'running', 'waiting', ...Queue::ENDED );
		$filter = array_intersect_key( $options, array_flip( array( 'state', 'client', 'source', 'before' ) ) );
		if ( isset( $filter['state'] ) && ! in_array( $filter['state'], $states, true ) ) {
			/* translators: %s: names of states. */
			WP_CLI::error( sprintf( __( '--state must be one of %s.', 'ai-secure-proxy' ), implode( ', ', $states ) ) );
		}
		// Not --user: that one is WP-CLI's own, and says who runs the command.
		if ( isset( $options['user-id'] ) ) {
			$filter['user_id'] = Input::number( $options, 'user-id', 0 );
		}
		if ( isset( $options['ended-before'] ) ) {
			$filter['ended_before'] = self::time( $options, 'ended-before' );
		}
		return $filter;
	}

	/** The Unix time that an option names, in UTC unless it names a zone. */
	public static function time( array $options, string $key ): int {
		$time = Filter::utc( (string) $options[ $key ] );
		if ( null === $time ) {
			/* translators: %s: name of an option. */
			WP_CLI::error( sprintf( __( '--%s wants a date such as 2026-11-23 or 2026-11-23T10:00:00Z.', 'ai-secure-proxy' ), $key ) );
		}
		return (int) strtotime( "$time UTC" );
	}

	/** The job of this id; ends the command where there is none. */
	public static function job( string $id, array $options = array() ): array {
		$job = Queue::find( $id, null, $options );
		if ( null === $job ) {
			/* translators: %s: an id. */
			WP_CLI::error( sprintf( __( 'No job has the id %s.', 'ai-secure-proxy' ), $id ) );
		}
		return (array) $job;
	}

	/**
	 * Does something with each of the jobs that are named, or with all in some states.
	 *
	 * @param string[] $ids     Their ids.
	 * @param array    $options `all`, `source`.
	 * @param string[] $states  Which ones `all` means.
	 * @param callable $act     The job -> the job as it is then.
	 * @return int With how many.
	 */
	public static function each( array $ids, array $options, array $states, callable $act ): int {
		Input::need_module();
		if ( (bool) $ids === (bool) ( $options['all'] ?? false ) ) {
			WP_CLI::error( __( 'Say which: ids of jobs, or --all.', 'ai-secure-proxy' ) );
		}
		$count = 0;
		try {
			foreach ( $ids as $id ) {
				$act( self::job( $id ) );
				++$count;
			}
			foreach ( $ids ? array() : $states as $state ) {
				$count += self::all( array_intersect_key( $options, array( 'source' => 0 ) ) + array( 'state' => $state ), $act );
			}
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
		}
		return $count;
	}

	/** From the newest on, so that what has left the state meanwhile is not looked for again. */
	private static function all( array $filter, callable $act ): int {
		$count  = 0;
		$before = array();
		do {
			$jobs = Queue::page( $before + $filter + array( 'max' => self::PAGE ), null );
			foreach ( $jobs as $job ) {
				$before = array( 'before' => $job['id'] );
				try {
					$act( $job );
					++$count;
				} catch ( \Aisp\Conflict $e ) {
					continue; // It has ended, or goes on, since it was listed.
				}
			}
		} while ( count( $jobs ) === self::PAGE );
		return $count;
	}
}
