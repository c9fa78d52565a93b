<?php
/**
 * What a client without a login sends as X-AISP-Signature: made by the book and not by the module.
 */

declare( strict_types=1 );

final class Signature {

	/** Of the client shop; run.sh puts it into the environment as AISP_TEST_CLIENT. */
	public const SECRET = 'the-secret-of-a-shop';

	/**
	 * The header.
	 *
	 * @param string $path    `/wp-json/…`, without the query.
	 * @param string $body    As it is sent.
	 * @param array  $changes Parts that are not as usual: method, host, path, query, time or offset, nonce, client, secret.
	 */
	public static function of( string $path, string $body, array $changes = array() ): string {
		$url   = parse_url( (string) getenv( 'SITE_URL' ) );
		$parts = $changes + array(
			'method' => 'POST',
			'host'   => $url['host'] . ':' . $url['port'],
			'path'   => $path,
			'query'  => '',
			'time'   => (string) ( time() + ( $changes['offset'] ?? 0 ) ), // Not in a provider of data: that runs long before the test.
			'nonce'  => bin2hex( random_bytes( 16 ) ),
			'client' => 'shop',
			'secret' => self::SECRET,
		);
		$lines = array( 'aisp-v2', $parts['method'], $parts['host'], $parts['path'], $parts['query'], $parts['time'], $parts['nonce'], $parts['client'], hash( 'sha256', $body ), '' );
		$sign  = hash_hmac( 'sha256', implode( "\n", $lines ), $parts['secret'] );
		return "X-AISP-Signature: v2;k={$parts['client']};t={$parts['time']};n={$parts['nonce']};s=$sign";
	}
}
