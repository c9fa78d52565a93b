<?php
/**
 * `wp aisp stream`: an answer that is printed as it comes.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Stream_Command {

	/** Whether the cursor stands at the end of a piece of the answer. */
	private bool $in_line = false;

	/**
	 * Asks a model and prints its answer as it comes.
	 *
	 * Where the provider breaks off in the middle, a warning says so and the answer begins again: what stands after the
	 * last warning is the whole answer.
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
	 * ## EXAMPLES
	 *
	 *     wp aisp stream "Tell me a story of a lighthouse"
	 *     cat letter.txt | wp aisp stream - --system="Answer this letter."
	 *
	 * @param string[] $args       The prompt.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		$request = array(
			'prompt'  => Input::text( $args[0] ),
			'restart' => true,
		) + Input::request( $assoc_args );
		try {
			Inference::stream( $request, Access::caller( 'cli', 'cli' ), array( $this, 'show' ) );
			$this->end_line();
		} catch ( \Aisp\Exception $e ) {
			$this->end_line();
			Input::refused( $e );
		}
	}

	/**
	 * One event of aisp_stream().
	 *
	 * @param array $event Its type, and what is in it.
	 */
	public function show( array $event ): void {
		if ( 'delta' === $event['type'] ) {
			echo $event['text']; // phpcs:ignore WordPress.Security.EscapeOutput -- A terminal, and no HTML.
			flush();
			$this->in_line = true;
		} elseif ( 'restart' === $event['type'] ) {
			$this->end_line();
			WP_CLI::warning( __( 'The provider broke off. The answer begins again.', 'ai-secure-proxy' ) );
		}
	}

	private function end_line(): void {
		if ( $this->in_line ) {
			echo "\n";
			$this->in_line = false;
		}
	}
}
