<?php
/**
 * A stream of Server-Sent Events as a browser gets it: which frames came, what was in them, and when.
 */

declare( strict_types=1 );

final class Events {

	public int $status = 0;

	/** @var array<string, string> By lower-case name. */
	public array $headers = array();

	/** As it came. */
	public string $body = '';

	/** @var array[] at (seconds since the call), name (of the event, or ':' for a comment), data (decoded, or the comment). */
	public array $frames = array();

	private string $rest = '';
	private float $began;

	/**
	 * POST /infer/stream, to its end.
	 *
	 * @param callable|null $leave Gets each frame; true closes the connection at once.
	 */
	public static function of( array|string $body, ?string $login = 'editor', array $options = array(), ?callable $leave = null ): self {
		return self::read( Http::post_call( '/infer/stream', $body, $login, $options ), $leave );
	}

	public static function read( array $call, ?callable $leave = null ): self {
		$events        = new self();
		$events->began = microtime( true );
		$handle        = Http::handle( $call );
		$left          = false;
		curl_setopt_array(
			$handle,
			array(
				CURLOPT_HEADERFUNCTION => static function ( $handle, string $line ) use ( $events ): int {
					$parts = explode( ':', $line, 2 );
					if ( isset( $parts[1] ) ) {
						$events->headers[ strtolower( $parts[0] ) ] = trim( $parts[1] );
					}
					return strlen( $line );
				},
				CURLOPT_WRITEFUNCTION  => static function ( $handle, string $bytes ) use ( $events, $leave, &$left ): int {
					foreach ( $events->take( $bytes ) as $frame ) {
						$left = $left || ( $leave && $leave( $frame ) );
					}
					return $left ? 0 : strlen( $bytes );
				},
			)
		);
		curl_exec( $handle );
		if ( curl_errno( $handle ) && ! $left ) {
			throw new RuntimeException( curl_error( $handle ) );
		}
		$events->status = (int) curl_getinfo( $handle, CURLINFO_RESPONSE_CODE );
		return $events;
	}

	/** The names of the frames, in order; equal ones beside each other once. */
	public function course(): array {
		$course = array();
		foreach ( array_column( $this->frames, 'name' ) as $name ) {
			if ( end( $course ) !== $name ) {
				$course[] = $name;
			}
		}
		return $course;
	}

	/** The frames of one name. */
	public function all( string $name ): array {
		return array_values( array_filter( $this->frames, static fn( array $frame ): bool => $name === $frame['name'] ) );
	}

	/** What is in the one frame of this name. */
	public function one( string $name ): array {
		$frames = $this->all( $name );
		if ( 1 !== count( $frames ) ) {
			throw new RuntimeException( count( $frames ) . " frames $name in: $this->body" );
		}
		return $frames[0]['data'];
	}

	/** What a reader has in the end who does as he is told: the deltas since the last restart. */
	public function text(): string {
		$text = '';
		foreach ( $this->frames as $frame ) {
			$text = match ( $frame['name'] ) {
				'delta'   => $text . $frame['data']['text'],
				'restart' => '',
				default   => $text,
			};
		}
		return $text;
	}

	/** @return array[] The frames that these bytes complete. */
	private function take( string $bytes ): array {
		$this->body .= $bytes;
		$this->rest .= $bytes;
		$new         = array();
		while ( preg_match( '/^(.*?)\n\n/s', $this->rest, $found ) ) {
			$this->rest = substr( $this->rest, strlen( $found[0] ) );
			$new[]      = $this->frame( $found[1] );
		}
		$this->frames = array( ...$this->frames, ...$new );
		return $new;
	}

	/** Frames of exactly one of our two forms; JSON that is not UTF-8 would throw. */
	private function frame( string $text ): array {
		if ( preg_match( '/^: (.*)$/D', $text, $comment ) ) {
			list( $name, $data ) = array( ':', $comment[1] );
		} elseif ( preg_match( '/^event: ([a-z]+)\ndata: (.*)$/D', $text, $event ) ) {
			list( $name, $data ) = array( $event[1], json_decode( $event[2], true, 512, JSON_THROW_ON_ERROR ) );
		} else {
			throw new RuntimeException( "no frame: $text" );
		}
		return array(
			'at'   => microtime( true ) - $this->began,
			'name' => $name,
			'data' => $data,
		);
	}
}
