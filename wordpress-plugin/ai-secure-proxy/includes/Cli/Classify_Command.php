<?php
/**
 * `wp aisp classify`: which of some labels fits a text.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Enrich;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Classify_Command {

	/**
	 * Prints which of the labels fits a text.
	 *
	 * ## OPTIONS
	 *
	 * <text>
	 * : The text; - reads it from the standard input.
	 *
	 * --labels=<labels>
	 * : The labels to choose from, 2 to 100, separated by commas.
	 *
	 * [--model=<model>]
	 * : One of the models that the site allows.
	 *
	 * [--no-cache]
	 * : Ask the provider even if the answer is in the cache, and do not keep the new one.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp classify "Where is my parcel?" --labels=question,praise,complaint
	 *     wp aisp classify - --labels=spam,ham < comment.txt
	 *
	 * @param string[] $args       The text.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		$labels = array_map( 'trim', explode( ',', (string) ( $assoc_args['labels'] ?? '' ) ) );
		try {
			WP_CLI::line( Enrich::classify( Input::text( $args[0] ), $labels, array( 'source' => 'cli' ) + Input::request( $assoc_args ) ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
		} catch ( \InvalidArgumentException | \UnexpectedValueException $e ) {
			WP_CLI::error( $e->getMessage() );
		}
	}
}
