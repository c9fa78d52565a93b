<?php
/**
 * `wp aisp batch`: a file of prompts in, a file of answers out.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;
use AI_Secure_Proxy\Json;
use AI_Secure_Proxy\Policy;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

final class Batch_Command {

	/** What runs at the same time unless the site or an option says otherwise: the module's own number. */
	private const PARALLEL = 8;

	/** So many calls one after another are in a chunk, so that the last of it is not waited for too often. */
	private const ROUNDS = 4;

	private const LEAST_CHUNK = 16;

	/** The longest deadline that the module takes, in milliseconds. */
	private const MAX_TIMEOUT_MS = 600000;

	private array $counts = array(
		'answered' => 0,
		'cached'   => 0,
		'failed'   => 0,
		'before'   => 0,
	);

	/**
	 * Answers a file of prompts, many at a time.
	 *
	 * Each line of the file is a request, {"prompt": "…", "max_tokens": 50}, or a string, "…". Each line of the output is
	 * {"line": 1, "result": {…}} or {"line": 1, "error": {…}}, in the order of the file; blank lines have none.
	 *
	 * With --output the command can be run again: it goes on where it was stopped, asks once more what ended in an error,
	 * and leaves alone what has a result. It ends with 1 as long as there are errors.
	 *
	 * The limits of the site hold here as well: what goes beyond them is an error.
	 *
	 * ## OPTIONS
	 *
	 * <file>
	 * : The file of requests, JSON lines; - reads the standard input.
	 *
	 * [--output=<file>]
	 * : Where the answers go; without it, to the standard output.
	 *
	 * [--no-resume]
	 * : Empty the output first, and answer every line.
	 *
	 * [--parallel=<number>]
	 * : How many calls run at the same time.
	 *
	 * [--pack]
	 * : Let short prompts to the same model share one call to the provider.
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp batch prompts.jsonl --output=answers.jsonl
	 *     wp aisp batch prompts.jsonl --output=answers.jsonl --parallel=16 --pack
	 *     jq -c .title posts.json | wp aisp batch - > titles.jsonl
	 *
	 * @param string[] $args       The file.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		$policy = self::policy( Input::number( $assoc_args, 'parallel', 1 ) );
		$file   = @fopen( '-' === $args[0] ? 'php://stdin' : $args[0], 'rb' ); // phpcs:ignore -- The failure is told below.
		if ( ! $file ) {
			/* translators: %s: a file. */
			WP_CLI::error( sprintf( __( '%s cannot be read.', 'ai-secure-proxy' ), $args[0] ) );
			return;
		}
		try {
			$output = isset( $assoc_args['output'] ) ? new Batch_Output( (string) $assoc_args['output'], $assoc_args['resume'] ?? true ) : null;
			$this->run( new Batch_Input( $file ), $output, $policy, $assoc_args['pack'] ?? false );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		} catch ( \RuntimeException $e ) {
			WP_CLI::error( $e->getMessage() );
			return;
		}
		$this->conclude( null !== $output );
	}

	/** What this command allows itself: a chunk may take as long as its calls one after another. */
	private static function policy( ?int $parallel ): array {
		$policy   = Policy::current( Access::caller( 'cli', 'cli' ) );
		$parallel = $parallel ?? $policy['max_parallel'] ?? self::PARALLEL;
		$timeout  = (int) ( $policy['timeout_ms'] ?? ini_get( 'aisp.timeout_ms' ) );
		return array(
			'max_parallel' => $parallel,
			'timeout_ms'   => min( self::MAX_TIMEOUT_MS, $timeout * (int) ceil( self::chunk_size( $parallel ) / $parallel ) ),
		);
	}

	private static function chunk_size( int $parallel ): int {
		return max( self::LEAST_CHUNK, self::ROUNDS * $parallel );
	}

	/** Chunk by chunk: no more than one of them is in memory, or lost when the process is killed. */
	private function run( Batch_Input $input, ?Batch_Output $output, array $policy, bool $pack ): void {
		$progress = $output ? Utils\make_progress_bar( __( 'Asking', 'ai-secure-proxy' ), $input->count() ) : null;
		$chunk    = array();
		foreach ( $input->requests() as $line => $item ) {
			if ( $output && $output->has( $line ) ) {
				++$this->counts['before'];
				$progress->tick();
				continue;
			}
			if ( $pack && isset( $item['request'] ) ) {
				$item['request'] += array( 'pack' => true );
			}
			$chunk[ $line ] = $item;
			if ( count( $chunk ) >= self::chunk_size( $policy['max_parallel'] ) ) {
				$this->answer( $chunk, $output, $policy, $progress );
				$chunk = array();
			}
		}
		$this->answer( $chunk, $output, $policy, $progress );
		if ( $output ) {
			$progress->finish();
			$output->close();
		}
	}

	/** @param object|null $progress WP-CLI's bar. */
	private function answer( array $chunk, ?Batch_Output $output, array $policy, $progress ): void {
		$requests = array_filter( array_map( static fn( array $item ): ?array => $item['request'] ?? null, $chunk ), 'is_array' );
		$answers  = $requests ? Inference::batch( array_values( $requests ), Access::caller( 'cli', 'cli' ), $policy ) : array();
		foreach ( array_keys( $requests ) as $i => $line ) {
			$chunk[ $line ] = isset( $answers[ $i ]['error'] ) ? $answers[ $i ] : array( 'result' => $answers[ $i ] );
		}
		foreach ( $chunk as $line => $item ) {
			++$this->counts[ isset( $item['error'] ) ? 'failed' : 'answered' ];
			$this->counts['cached'] += (int) ( $item['result']['cached'] ?? 0 );
			if ( $output ) {
				$output->write( $line, $item );
				$progress->tick();
			} else {
				WP_CLI::line( Json::line( array( 'line' => $line ) + $item ) );
			}
		}
	}

	/** The sum of it: errors to the standard error and with an exit code, the rest not between answers. */
	private function conclude( bool $to_file ): void {
		$sum = sprintf(
			/* translators: numbers of requests. */
			__( '%1$d answered (%2$d from the cache), %3$d failed, %4$d done before.', 'ai-secure-proxy' ),
			$this->counts['answered'],
			$this->counts['cached'],
			$this->counts['failed'],
			$this->counts['before']
		);
		if ( $this->counts['failed'] ) {
			WP_CLI::error( $sum );
		} elseif ( $to_file ) {
			WP_CLI::success( $sum );
		}
	}
}
