<?php
/**
 * `wp aisp …`: asks the module from the command line.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;
use AI_Secure_Proxy\Rest\Infer_Schema;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

/**
 * Asks language models through the aisp module, and shows how it is.
 */
final class Command {

	/**
	 * Asks a model and prints its answer.
	 *
	 * ## OPTIONS
	 *
	 * <prompt>
	 * : The question; - reads it from the standard input.
	 *
	 * [--model=<model>]
	 * : One of the models that the site allows.
	 *
	 * [--system=<text>]
	 * : Instructions to the model.
	 *
	 * [--max-tokens=<number>]
	 * : The longest answer wanted.
	 *
	 * [--temperature=<number>]
	 * : From 0 to 2.
	 *
	 * [--no-cache]
	 * : Ask the provider even if the answer is in the cache, and do not keep the new one.
	 *
	 * [--moderate=<stage>]
	 * : What moderation judges besides what the site has it judge: none, input, output or both.
	 *
	 * [--format=<format>]
	 * : How to print it.
	 * ---
	 * default: text
	 * options:
	 *   - text
	 *   - json
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp infer "Say hello in French"
	 *     cat letter.txt | wp aisp infer - --system="Summarise in one sentence." --format=json
	 *
	 * @param string[] $args       The prompt.
	 * @param array    $assoc_args The options.
	 */
	public function infer( array $args, array $assoc_args ): void {
		Input::need_module();
		$request = array( 'prompt' => Input::text( $args[0] ) ) + Input::request( $assoc_args );
		try {
			$result = Inference::infer( $request, Access::caller( 'cli', 'cli' ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		$format = $assoc_args['format'] ?? 'text';
		if ( 'text' === $format ) {
			WP_CLI::line( $result['text'] );
		} else {
			WP_CLI::print_value( $result, array( 'format' => $format ) );
		}
	}

	/**
	 * Shows what would be sent, to whom and at what cost, and sends nothing.
	 *
	 * ## OPTIONS
	 *
	 * <prompt>
	 * : The question; - reads it from the standard input.
	 *
	 * [--model=<model>]
	 * : One of the models that the site allows.
	 *
	 * [--system=<text>]
	 * : Instructions to the model.
	 *
	 * [--max-tokens=<number>]
	 * : The longest answer wanted.
	 *
	 * [--temperature=<number>]
	 * : From 0 to 2.
	 *
	 * [--no-cache]
	 * : As if the answer may not come from the cache.
	 *
	 * [--moderate=<stage>]
	 * : What moderation judges besides what the site has it judge: none, input, output or both.
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
	 *     wp aisp preview "Say hello in French"
	 *     wp aisp preview - --model=gpt-4o-mini --format=json < letter.txt
	 *
	 * @param string[] $args       The prompt.
	 * @param array    $assoc_args The options.
	 */
	public function preview( array $args, array $assoc_args ): void {
		Input::need_module();
		$request = array( 'prompt' => Input::text( $args[0] ) ) + Input::request( $assoc_args );
		try {
			$preview = Inference::preview( $request, Access::caller( 'cli', 'cli' ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		$format = $assoc_args['format'] ?? 'table';
		if ( in_array( $format, array( 'json', 'yaml' ), true ) ) {
			$preview = Infer_Schema::with_objects( $preview );
		} else {
			$preview['redacted'] = Standing::counts( $preview['redacted'] ?? array() );
			$preview['limits']   = Standing::cell( array( 'limits' => $preview['limits'] ) );
			$preview['budgets']  = Standing::cell( array( 'budgets' => $preview['budgets'] ) );
		}
		Output::fields( $preview, $format );
	}

	/**
	 * Shows the version, the store, the cache, the log records that wait, and warnings.
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
	 *     wp aisp status
	 *     wp aisp status --format=json
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function status( array $args, array $assoc_args ): void {
		Input::need_module();
		try {
			$status = aisp_status( Access::site() );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		Output::fields( $status, $assoc_args['format'] ?? 'table' );
	}
}
