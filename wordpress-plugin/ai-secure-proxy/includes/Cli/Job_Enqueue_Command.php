<?php
/**
 * `wp aisp job enqueue`: a prompt, or a file of them, for a worker.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Jobs\Queue;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Job_Enqueue_Command {

	/**
	 * Enqueues a job of one prompt, or of a file of them.
	 *
	 * Each line of a file is a request, {"prompt": "…", "store": {"post_id": 12, "meta_key": "summary"}}, or a string, "…". What
	 * the options say holds for each of them that does not say otherwise.
	 *
	 * Where answers are to be written into posts, --user says who may do that.
	 *
	 * ## OPTIONS
	 *
	 * [<prompt>]
	 * : The question; - reads it from the standard input.
	 *
	 * [--file=<file>]
	 * : A file of requests instead, JSON lines; - reads the standard input.
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
	 * [--post=<id>]
	 * : Write the answer to the prompt into this post.
	 *
	 * [--meta-key=<key>]
	 * : The key of its meta data.
	 *
	 * [--priority=<number>]
	 * : 0 to 9, the higher the sooner.
	 *
	 * [--run-at=<date>]
	 * : Not before this date or time, UTC.
	 *
	 * [--key=<key>]
	 * : The same key with the same request is the same job.
	 *
	 * [--preview]
	 * : Write nothing before somebody accepts the job.
	 *
	 * [--callback=<url>]
	 * : An https address that is told of the end.
	 *
	 * [--porcelain]
	 * : Print the id alone.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp job enqueue "Summarise …" --user=editor --post=12 --meta-key=summary
	 *     wp aisp job enqueue --file=prompts.jsonl --system="Describe this product." --run-at=2026-11-24T22:00:00Z
	 *
	 * @param string[] $args       The prompt.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		if ( (bool) $args === isset( $assoc_args['file'] ) ) {
			WP_CLI::error( __( 'Say what is asked: a prompt, or --file.', 'ai-secure-proxy' ) );
			return;
		}
		$request  = $args ? array( 'prompt' => Input::text( $args[0] ) ) : array( 'items' => self::items( (string) $assoc_args['file'] ) );
		$request += self::order( $assoc_args ) + Input::request( $assoc_args );
		try {
			$job = Queue::enqueue( $request, Access::caller( 'cli', 'cli' ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		if ( ! empty( $assoc_args['porcelain'] ) ) {
			WP_CLI::line( $job['id'] );
			return;
		}
		/* translators: 1: an id, 2: how many. */
		WP_CLI::success( sprintf( _n( '%1$s with %2$d prompt.', '%1$s with %2$d prompts.', $job['progress']['total'], 'ai-secure-proxy' ), $job['id'], $job['progress']['total'] ) );
	}

	/** What the options say of the job. */
	private static function order( array $options ): array {
		$order = array(
			'priority'        => Input::number( $options, 'priority', 0 ),
			'run_at'          => isset( $options['run-at'] ) ? Job_Input::time( $options, 'run-at' ) : null,
			'idempotency_key' => $options['key'] ?? null,
			'callback'        => $options['callback'] ?? null,
			'preview'         => ! empty( $options['preview'] ) ? true : null,
		);
		if ( isset( $options['post'] ) || isset( $options['meta-key'] ) ) {
			$order['store'] = array(
				'post_id'  => Input::number( $options, 'post', 1 ),
				'meta_key' => (string) ( $options['meta-key'] ?? '' ), // phpcs:ignore WordPress.DB.SlowDBQuery -- The name of an argument.
			);
		}
		return array_filter( $order, static fn( $value ): bool => null !== $value );
	}

	/** @return array[] The requests of a file; ends the command where a line is none. */
	private static function items( string $name ): array {
		$file = @fopen( '-' === $name ? 'php://stdin' : $name, 'rb' ); // phpcs:ignore -- The failure is told below.
		if ( ! $file ) {
			/* translators: %s: a file. */
			WP_CLI::error( sprintf( __( '%s cannot be read.', 'ai-secure-proxy' ), $name ) );
			return array();
		}
		$items = array();
		foreach ( ( new Batch_Input( $file ) )->requests() as $line => $item ) {
			if ( isset( $item['error'] ) ) {
				/* translators: 1: number of a line, 2: what is wrong with it. */
				WP_CLI::error( sprintf( __( 'Line %1$d: %2$s', 'ai-secure-proxy' ), $line, $item['error']['message'] ) );
			}
			$items[] = $item['request'];
		}
		return $items;
	}
}
