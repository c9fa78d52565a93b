<?php
/**
 * A file of requests, one a line: a JSON object as /infer takes it, or a JSON string, which is a prompt.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

defined( 'ABSPATH' ) || exit;

final class Batch_Input {

	/** @var resource */
	private $file;

	/** @param resource $file Open for reading. */
	public function __construct( $file ) {
		$this->file = $file;
	}

	/** How many lines there are to answer, where the file can be read twice; else 0. */
	public function count(): int {
		if ( ! stream_get_meta_data( $this->file )['seekable'] ) {
			return 0;
		}
		$count = 0;
		foreach ( $this->lines() as $text ) {
			++$count;
		}
		rewind( $this->file );
		return $count;
	}

	/**
	 * Line by line; what is no request is said to be none.
	 *
	 * @return \Generator Line number, from 1 => array( 'request' => … ) or array( 'error' => … ), in the module's form.
	 */
	public function requests(): \Generator {
		foreach ( $this->lines() as $line => $text ) {
			yield $line => self::request( $text );
		}
	}

	/** @return \Generator Line number => what stands there; blank lines are passed over. */
	private function lines(): \Generator {
		for ( $line = 1; false !== ( $text = fgets( $this->file ) ); $line++ ) { // phpcs:ignore -- The usual loop over a file.
			$text = trim( 1 === $line ? preg_replace( '/^\xEF\xBB\xBF/', '', $text ) : $text );
			if ( '' !== $text ) {
				yield $line => $text;
			}
		}
	}

	private static function request( string $text ): array {
		$value = json_decode( $text, true );
		if ( is_string( $value ) ) {
			return array( 'request' => array( 'prompt' => $value ) );
		}
		if ( is_array( $value ) && '{' === $text[0] ) {
			return array( 'request' => $value );
		}
		return array(
			'error' => array(
				'code'        => 'invalid_request',
				'message'     => __( 'This line is neither a JSON object nor a JSON string.', 'ai-secure-proxy' ),
				'status'      => 400,
				'retry_after' => null,
			),
		);
	}
}
