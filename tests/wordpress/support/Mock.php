<?php
/**
 * llmock: the provider of these tests. It misbehaves when told to, and remembers what it was asked.
 */

declare( strict_types=1 );

final class Mock {

	public static function reset(): void {
		self::call( 'POST', '/_llmock/reset' );
	}

	/** Queues what the next requests get, such as array( 'type' => 'fail', 'status' => 401 ). */
	public static function will( array ...$behaviors ): void {
		self::call( 'POST', '/_llmock/scenario', array( 'behaviors' => $behaviors ) );
	}

	/** @return array[] What reached it since the reset. */
	public static function requests(): array {
		return self::call( 'GET', '/_llmock/requests' )['requests'];
	}

	public static function verdict(): array {
		return self::call( 'GET', '/_llmock/verdict' );
	}

	private static function call( string $method, string $path, ?array $body = null ): array {
		$handle = curl_init( getenv( 'LLMOCK_URL' ) . $path );
		curl_setopt_array(
			$handle,
			array(
				CURLOPT_CUSTOMREQUEST  => $method,
				CURLOPT_RETURNTRANSFER => true,
				CURLOPT_TIMEOUT        => 10,
				CURLOPT_PROXY          => '',
				CURLOPT_POSTFIELDS     => null === $body ? '' : json_encode( $body, JSON_THROW_ON_ERROR ),
			)
		);
		$answer = curl_exec( $handle );
		if ( false === $answer || curl_getinfo( $handle, CURLINFO_RESPONSE_CODE ) >= 300 ) {
			throw new RuntimeException( "llmock: $method $path: " . ( $answer ?: curl_error( $handle ) ) );
		}
		return json_decode( $answer, true, 512, JSON_THROW_ON_ERROR );
	}
}
