<?php
/**
 * What the site answered.
 */

declare( strict_types=1 );

final class Reply {

	/**
	 * @param int                   $status  HTTP status.
	 * @param array<string, string> $headers By lower-case name.
	 * @param string                $body    As it came.
	 */
	public function __construct( public int $status, public array $headers, public string $body ) {}

	/** The body, decoded; null where it is no JSON. */
	public function json(): mixed {
		return json_decode( $this->body, true );
	}

	public function header( string $name ): ?string {
		return $this->headers[ strtolower( $name ) ] ?? null;
	}
}
