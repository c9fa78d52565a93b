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
use AI_Secure_Proxy\Module;
use AI_Secure_Proxy\Rest\Infer_Schema;
use WP_CLI;
use WP_CLI\Utils;

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
		self::need_module();
		$request = array( 'prompt' => '-' === $args[0] ? (string) stream_get_contents( STDIN ) : $args[0] );
		foreach ( array(
			'model'       => 'model',
			'system'      => 'system',
			'max-tokens'  => 'max_tokens',
			'temperature' => 'temperature',
			'cache'       => 'cache',
		) as $option => $key ) {
			if ( isset( $assoc_args[ $option ] ) ) {
				$request[ $key ] = $assoc_args[ $option ];
			}
		}
		try {
			// The options are texts like the fields of a form, and --no-cache comes as cache => false.
			$result = Inference::infer( Infer_Schema::from_form( $request ), Access::caller( 'cli', 'cli' ) );
		} catch ( \Aisp\Exception $e ) {
			WP_CLI::error( $e->getSlug() . ': ' . $e->getMessage() );
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
		self::need_module();
		try {
			$status = aisp_status();
		} catch ( \Aisp\Exception $e ) {
			WP_CLI::error( $e->getSlug() . ': ' . $e->getMessage() );
			return;
		}
		$format = $assoc_args['format'] ?? 'table';
		if ( in_array( $format, array( 'json', 'yaml' ), true ) ) {
			WP_CLI::print_value( $status, array( 'format' => $format ) );
			return;
		}
		$rows = array();
		foreach ( $status as $field => $value ) {
			$rows[] = array(
				'field' => $field,
				'value' => is_array( $value ) ? (string) wp_json_encode( $value, JSON_UNESCAPED_SLASHES ) : (string) $value,
			);
		}
		Utils\format_items( $format, $rows, array( 'field', 'value' ) );
	}

	private static function need_module(): void {
		if ( ! Module::present() ) {
			WP_CLI::error( Module::how_to_install() );
		}
	}
}
