<?php
/**
 * `wp aisp job …`: the queue of jobs.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Jobs\Queue;
use AI_Secure_Proxy\Rest\Jobs_Schema;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

/**
 * Looks at jobs, calls them off, puts them back, accepts what they brought, and drops them.
 */
final class Job_Command {

	/**
	 * Lists this site's jobs, newest first.
	 *
	 * ## OPTIONS
	 *
	 * [--state=<state>]
	 * : Only jobs in this state: queued, running, waiting, done, failed or cancelled.
	 *
	 * [--user-id=<id>]
	 * : Only jobs of this user id; 0 is nobody.
	 *
	 * [--client=<client>]
	 * : Only jobs of this client.
	 *
	 * [--source=<source>]
	 * : Only jobs of this plugin or feature.
	 *
	 * [--before=<id>]
	 * : Only jobs that were enqueued before the one of this id.
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
	 *     wp aisp job list --state=failed
	 *     wp aisp job list --user-id=7 --format=json
	 *
	 * @subcommand list
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function list_( array $args, array $assoc_args ): void {
		Input::need_module();
		$filter = Job_Input::filter( $assoc_args ) + array( 'max' => Input::number( $assoc_args, 'max', 1 ) ?? 100 );
		try {
			$jobs = Queue::page( $filter, null );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		Utils\format_items( $assoc_args['format'] ?? 'table', array_map( array( Job_Row::class, 'of' ), $jobs ), Job_Row::FIELDS );
	}

	/**
	 * Shows one job, and its items if they are asked for.
	 *
	 * ## OPTIONS
	 *
	 * <id>
	 * : The job's id.
	 *
	 * [--items=<number>]
	 * : How many of its items to show, up to 1000.
	 *
	 * [--from=<number>]
	 * : The place of the first of them, counted from 0.
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
	 *     wp aisp job get job_019abcde019abcde019abcde019abcde --format=json
	 *     wp aisp job get job_019abcde019abcde019abcde019abcde --items=100 --from=200
	 *
	 * @param string[] $args       The id.
	 * @param array    $assoc_args The options.
	 */
	public function get( array $args, array $assoc_args ): void {
		Input::need_module();
		$options = array_filter(
			array(
				'items' => Input::number( $assoc_args, 'items', 1 ),
				'from'  => Input::number( $assoc_args, 'from', 0 ),
			),
			'is_int'
		);
		try {
			$job = Job_Input::job( $args[0], $options );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		$format = $assoc_args['format'] ?? 'table';
		Output::fields( in_array( $format, array( 'json', 'yaml' ), true ) ? Jobs_Schema::shown( $job ) : Job_Row::with_times( $job ), $format );
	}

	/**
	 * Calls jobs off; what has been answered by then is not shown any more.
	 *
	 * ## OPTIONS
	 *
	 * [<id>...]
	 * : The ids of jobs.
	 *
	 * [--all]
	 * : All that have not ended.
	 *
	 * [--source=<source>]
	 * : Of those only the jobs of this plugin or feature.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp job cancel job_019abcde019abcde019abcde019abcde
	 *     wp aisp job cancel --all --source=my-plugin
	 *
	 * @param string[] $args       The ids.
	 * @param array    $assoc_args The options.
	 */
	public function cancel( array $args, array $assoc_args ): void {
		$count = Job_Input::each( $args, $assoc_args, array( 'queued', 'waiting', 'running' ), array( Queue::class, 'cancel' ) );
		/* translators: %d: how many. */
		WP_CLI::success( sprintf( _n( '%d job cancelled.', '%d jobs cancelled.', $count, 'ai-secure-proxy' ), $count ) );
	}

	/**
	 * Puts jobs that have failed or were cancelled back into the queue, for what was not answered.
	 *
	 * ## OPTIONS
	 *
	 * [<id>...]
	 * : The ids of jobs.
	 *
	 * [--all]
	 * : All that have failed.
	 *
	 * [--source=<source>]
	 * : Of those only the jobs of this plugin or feature.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp job retry job_019abcde019abcde019abcde019abcde
	 *     wp aisp job retry --all
	 *
	 * @param string[] $args       The ids.
	 * @param array    $assoc_args The options.
	 */
	public function retry( array $args, array $assoc_args ): void {
		$count = Job_Input::each( $args, $assoc_args, array( 'failed' ), array( Queue::class, 'retry' ) );
		/* translators: %d: how many. */
		WP_CLI::success( sprintf( _n( '%d job will be tried again.', '%d jobs will be tried again.', $count, 'ai-secure-proxy' ), $count ) );
	}

	/**
	 * Accepts what jobs brought that were enqueued with preview: what they are to write is written then.
	 *
	 * ## OPTIONS
	 *
	 * <id>...
	 * : The ids of jobs.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp job accept job_019abcde019abcde019abcde019abcde
	 *
	 * @param string[] $args The ids.
	 */
	public function accept( array $args ): void {
		$count = Job_Input::each( $args, array(), array(), array( Queue::class, 'accept' ) );
		/* translators: %d: how many. */
		WP_CLI::success( sprintf( _n( '%d job accepted.', '%d jobs accepted.', $count, 'ai-secure-proxy' ), $count ) );
	}

	/**
	 * Drops jobs that have ended, with their results.
	 *
	 * ## OPTIONS
	 *
	 * [<id>]
	 * : The id of a job.
	 *
	 * [--state=<state>]
	 * : All jobs in this state: done, failed or cancelled.
	 *
	 * [--user-id=<id>]
	 * : All jobs of this user id.
	 *
	 * [--client=<client>]
	 * : All jobs of this client.
	 *
	 * [--source=<source>]
	 * : All jobs of this plugin or feature.
	 *
	 * [--ended-before=<date>]
	 * : All jobs that ended before this date or time, UTC. Where several are named, what all of them say.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp job purge --state=done --ended-before=2026-11-01
	 *
	 * @param string[] $args       The id.
	 * @param array    $assoc_args The options.
	 */
	public function purge( array $args, array $assoc_args ): void {
		Input::need_module();
		$filter = Job_Input::filter( $assoc_args, Queue::ENDED ) + ( $args ? array( 'id' => $args[0] ) : array() );
		if ( ! $filter ) {
			WP_CLI::error( __( 'Say which: the id of a job, --state, --user-id, --client, --source or --ended-before.', 'ai-secure-proxy' ) );
			return;
		}
		WP_CLI::confirm( __( 'Drop these jobs with their results?', 'ai-secure-proxy' ), $assoc_args );
		try {
			$count = Queue::purge( $filter );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		/* translators: %d: how many. */
		WP_CLI::success( sprintf( _n( '%d job dropped.', '%d jobs dropped.', $count, 'ai-secure-proxy' ), $count ) );
	}

	/**
	 * Shows how long the queue is, of all sites that share the store: jobs by state, how many seconds the oldest is overdue,
	 * how often a provider was asked again because a worker had died, and how often a worker abandoned a job.
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
	 *     wp aisp job stats --format=json
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function stats( array $args, array $assoc_args ): void {
		Input::need_module();
		$status = aisp_status( Access::site() );
		if ( ! isset( $status['jobs'] ) ) {
			WP_CLI::error( implode( ' ', $status['warnings'] ) );
			return;
		}
		Output::fields( $status['jobs'], $assoc_args['format'] ?? 'table' );
	}
}
