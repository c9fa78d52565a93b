<?php
/**
 * Real HTTP to the site: as somebody by application password, as somebody in a browser (cookie, nonce), or as nobody.
 */

declare( strict_types=1 );

final class Http {

	private const API = '/wp-json/ai-secure-proxy/v1';

	/** POST /infer. An array goes as JSON, a string as it is. */
	public static function infer( array|string $body, ?string $login = 'editor', array $options = array() ): Reply {
		return self::send( self::infer_call( $body, $login, $options ) );
	}

	/** The same call, for send_all(). */
	public static function infer_call( array|string $body, ?string $login = 'editor', array $options = array() ): array {
		return self::post_call( '/infer', $body, $login, $options );
	}

	/** POST /batch. */
	public static function batch( array|string $body, ?string $login = 'editor', array $options = array() ): Reply {
		return self::send( self::post_call( '/batch', $body, $login, $options ) );
	}

	/** POST to one of the routes. */
	public static function post_call( string $route, array|string $body, ?string $login = 'editor', array $options = array() ): array {
		$options['headers'][] = 'Content-Type: ' . ( $options['type'] ?? 'application/json' );
		return array(
			'method' => 'POST',
			'path'   => self::API . $route . ( $options['query'] ?? '' ),
			'login'  => $login,
			'body'   => is_array( $body ) ? json_encode( $body, JSON_THROW_ON_ERROR ) : $body,
		) + $options;
	}

	public static function get( string $path, ?string $login = 'admin', array $options = array() ): Reply {
		return self::send( self::get_call( $path, $login ) + $options );
	}

	public static function get_call( string $path, ?string $login = 'admin' ): array {
		return array(
			'method' => 'GET',
			'path'   => self::API . $path,
			'login'  => $login,
		);
	}

	/** One call: method, path, login, and perhaps body, headers, password, session. */
	public static function send( array $call ): Reply {
		return self::send_all( array( $call ) )[0];
	}

	/**
	 * All of the calls at the same time.
	 *
	 * @param array[] $calls Like those of infer_call().
	 * @return Reply[] In the order of the calls.
	 */
	public static function send_all( array $calls ): array {
		$multi   = curl_multi_init();
		$handles = array();
		$headers = array();
		foreach ( array_values( $calls ) as $i => $call ) {
			$headers[ $i ] = array();
			$handle        = self::handle( $call );
			curl_setopt(
				$handle,
				CURLOPT_HEADERFUNCTION,
				static function ( $handle, string $line ) use ( &$headers, $i ): int {
					$parts = explode( ':', $line, 2 );
					if ( isset( $parts[1] ) ) {
						$name                   = strtolower( $parts[0] );
						$headers[ $i ][ $name ] = ( isset( $headers[ $i ][ $name ] ) ? $headers[ $i ][ $name ] . "\n" : '' ) . trim( $parts[1] );
					}
					return strlen( $line );
				}
			);
			curl_multi_add_handle( $multi, $handle );
			$handles[ $i ] = $handle;
		}
		do {
			$state = curl_multi_exec( $multi, $running );
			if ( $running ) {
				curl_multi_select( $multi );
			}
		} while ( $running && CURLM_OK === $state );
		$replies = array();
		foreach ( $handles as $i => $handle ) {
			if ( curl_errno( $handle ) ) {
				throw new RuntimeException( curl_error( $handle ) );
			}
			$replies[ $i ] = new Reply( (int) curl_getinfo( $handle, CURLINFO_RESPONSE_CODE ), $headers[ $i ], (string) curl_multi_getcontent( $handle ) );
			curl_multi_remove_handle( $multi, $handle );
		}
		curl_multi_close( $multi );
		return $replies;
	}

	/** Logs in like a browser: the cookies, and the nonce that WordPress hands to its own scripts. */
	public static function session( string $login ): array {
		$page    = self::send(
			array(
				'method' => 'POST',
				'path'   => '/wp-login.php',
				'login'  => null,
				'body'   => http_build_query(
					array(
						'log'        => $login,
						'pwd'        => Site::user( $login )['password'],
						'testcookie' => '1',
					)
				),
				'cookie' => 'wordpress_test_cookie=WP%20Cookie%20check',
			)
		);
		$cookies = array();
		foreach ( explode( "\n", (string) $page->header( 'set-cookie' ) ) as $line ) {
			$cookies[] = explode( ';', $line )[0];
		}
		$session          = array( 'cookie' => implode( '; ', $cookies ) );
		$session['nonce'] = self::page( '/wp-admin/admin-ajax.php?action=rest-nonce', $session )->body;
		return $session;
	}

	/** A page of the site as a browser with this session gets it. */
	public static function page( string $path, array $session ): Reply {
		return self::send(
			array(
				'method' => 'GET',
				'path'   => $path,
				'login'  => null,
				'cookie' => $session['cookie'],
			)
		);
	}

	/** For a call of post_call() or get_call(). */
	public static function handle( array $call ): CurlHandle {
		$headers = $call['headers'] ?? array();
		if ( isset( $call['nonce'] ) ) {
			$headers[] = 'X-WP-Nonce: ' . $call['nonce'];
		}
		$options = array(
			CURLOPT_URL            => getenv( 'SITE_URL' ) . $call['path'],
			CURLOPT_CUSTOMREQUEST  => $call['method'],
			CURLOPT_HTTPHEADER     => $headers,
			CURLOPT_RETURNTRANSFER => true,
			CURLOPT_TIMEOUT        => 60,
			CURLOPT_PROXY          => '',
		);
		if ( isset( $call['body'] ) ) {
			$options[ CURLOPT_POSTFIELDS ] = $call['body'];
		}
		if ( isset( $call['cookie'] ) ) {
			$options[ CURLOPT_COOKIE ] = $call['cookie'];
		}
		if ( null !== $call['login'] ) {
			$options[ CURLOPT_USERPWD ] = $call['login'] . ':' . ( $call['password'] ?? Site::user( $call['login'] )['app_password'] );
		}
		$handle = curl_init();
		curl_setopt_array( $handle, $options );
		return $handle;
	}
}
