<?php
/**
 * `wp aisp log prune`: deletes old records now.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Log\Pruning;
use AI_Secure_Proxy\Log\Retention;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

final class Log_Prune_Command {

	/** Rows that one step of the bar stands for. */
	private const TICK = 1000;

	/**
	 * Deletes the oldest records: those before a date or an age, and those that are too many. Without either it does what the
	 * site does each night, by the option aisp_log. The deletes are small, and nobody waits for them; what calls came to stays in
	 * the metrics.
	 *
	 * ## OPTIONS
	 *
	 * [--before=<date>]
	 * : Delete what began before this date or time, UTC.
	 *
	 * [--days=<number>]
	 * : Delete what is older than so many days.
	 *
	 * [--keep-rows=<number>]
	 * : Keep so many records, the newest.
	 *
	 * [--dry-run]
	 * : Only say how many would go.
	 *
	 * [--yes]
	 * : Do not ask.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp log prune --days=30 --dry-run
	 *     wp aisp log prune --keep-rows=100000 --yes
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		$pruning = self::pruning( $assoc_args );
		$count   = $pruning->count();
		if ( $assoc_args['dry-run'] ?? false ) {
			/* translators: %d: a number. */
			WP_CLI::success( sprintf( _n( '%d record would be deleted.', '%d records would be deleted.', $count, 'ai-secure-proxy' ), $count ) );
			return;
		}
		if ( $count > 0 ) {
			/* translators: %d: a number. */
			WP_CLI::confirm( sprintf( _n( 'Delete %d record for good?', 'Delete %d records for good?', $count, 'ai-secure-proxy' ), $count ), $assoc_args );
		}
		$bar     = Utils\make_progress_bar( __( 'Deleting', 'ai-secure-proxy' ), (int) ceil( $count / self::TICK ) );
		$deleted = 0;
		foreach ( $pruning->run() as $rows ) {
			$deleted += $rows;
			if ( $rows > 0 ) {
				$bar->tick();
			}
		}
		$bar->finish();
		/* translators: %d: a number. */
		WP_CLI::success( sprintf( _n( '%d record is deleted.', '%d records are deleted.', $deleted, 'ai-secure-proxy' ), $deleted ) );
	}

	private static function pruning( array $options ): Pruning {
		$before = isset( $options['before'] ) ? Log_Input::filter( array( 'before' => $options['before'] ) )['before'] ?? null : null;
		$days   = Input::number( $options, 'days', 1 );
		$rows   = Input::number( $options, 'keep-rows', 1 );
		if ( null === $before && null === $days && null === $rows ) {
			return Retention::pruning();
		}
		if ( null !== $before && null !== $days ) {
			WP_CLI::error( __( '--before and --days say the same thing in two ways: use one of them.', 'ai-secure-proxy' ) );
		}
		return Pruning::by( $before ?? ( null === $days ? null : Pruning::days_ago( $days ) ), $rows );
	}
}
