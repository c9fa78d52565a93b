<?php
/**
 * `wp aisp cache …`: the cached answers.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Cache\Invalidation;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Looks at the cached answers, and forgets them.
 */
final class Cache_Command {

	/**
	 * Forgets this site's answers that match every option given.
	 *
	 * ## OPTIONS
	 *
	 * [--tag=<tag>]
	 * : Answers to requests with this tag, such as post:123.
	 *
	 * [--model=<model>]
	 * : Answers of this model.
	 *
	 * [--provider=<provider>]
	 * : Answers of this provider.
	 *
	 * [--hash=<hash>]
	 * : The answer with this req_hash.
	 *
	 * [--age=<seconds>]
	 * : Answers that are older than this.
	 *
	 * [--all]
	 * : All of them.
	 *
	 * [--epoch]
	 * : Begin a new epoch: no answer of before is used again, nor one that is under way.
	 *
	 * [--dry-run]
	 * : Say how many answers it would be, and forget none.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp cache invalidate --tag=post:123
	 *     wp aisp cache invalidate --all --dry-run
	 *     wp aisp cache invalidate --model=gpt-4o-mini --age=86400
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function invalidate( array $args, array $assoc_args ): void {
		Input::need_module();
		$selector = array_intersect_key( $assoc_args, array_flip( Invalidation::PARTS ) );
		if ( isset( $selector['age'] ) ) {
			$selector['age'] = Input::number( $assoc_args, 'age', 1 );
		}
		if ( 1 !== count( array_filter( array( (bool) $selector, isset( $assoc_args['all'] ), isset( $assoc_args['epoch'] ) ) ) ) ) {
			WP_CLI::error( __( 'Say what to forget: --tag, --model, --provider, --hash or --age; or --all; or --epoch.', 'ai-secure-proxy' ) );
			return;
		}
		$selector = $selector ? $selector : array( 'all' => true );
		try {
			if ( $assoc_args['dry-run'] ?? false ) {
				$matching = Invalidation::count( $selector );
				/* translators: %d: how many. */
				WP_CLI::success( sprintf( _n( '%d answer would be forgotten.', '%d answers would be forgotten.', $matching, 'ai-secure-proxy' ), $matching ) );
				return;
			}
			if ( isset( $assoc_args['epoch'] ) ) {
				/* translators: %d: a number that grows. */
				WP_CLI::success( sprintf( __( 'Epoch %d begins.', 'ai-secure-proxy' ), Invalidation::next_epoch() ) );
				return;
			}
			$dropped = Invalidation::by( $selector );
			/* translators: %d: how many. */
			WP_CLI::success( sprintf( _n( '%d answer forgotten.', '%d answers forgotten.', $dropped, 'ai-secure-proxy' ), $dropped ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
		}
	}

	/**
	 * Shows how many answers there are, their size, and how many calls of the last hour they answered.
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
	 *     wp aisp cache stats
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function stats( array $args, array $assoc_args ): void {
		Input::need_module();
		$status = aisp_status();
		$stats  = ( $status['cache'] ?? array() ) + array_intersect_key( $status['counters'] ?? array(), array_flip( array( 'calls', 'hits' ) ) );
		Output::fields( $stats, $assoc_args['format'] ?? 'table' );
	}
}
