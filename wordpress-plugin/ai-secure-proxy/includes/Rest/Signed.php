<?php
/**
 * Requests of clients that have no login: signed as aisp_sign_request() does it.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Policy;

defined( 'ABSPATH' ) || exit;

final class Signed {

	/** One of them makes a request a signed one. */
	private const HEADERS = array( 'x_aisp_signature', 'x_sign' );

	/** Whether a request says that it is signed. */
	public static function is( \WP_REST_Request $request ): bool {
		return (bool) array_filter( self::HEADERS, static fn( string $name ): bool => null !== $request->get_header( $name ) );
	}

	/**
	 * Whose request it is.
	 *
	 * @throws \Aisp\Exception Where the signature does not hold, or the client may not come from there.
	 */
	public static function judge( \WP_REST_Request $request ): array {
		$verified = aisp_verify_request( $request->get_method(), Access::target(), $request->get_body(), $request->get_headers(), self::door() );
		return array( 'client' => $verified['client'] );
	}

	/**
	 * What an administrator should know of the site's clients.
	 *
	 * @return string[]
	 */
	public static function warnings(): array {
		$clients = self::door()['clients'];
		$clients = is_array( $clients ) ? $clients : array();
		$plain   = array_keys( array_filter( $clients, static fn( $client ): bool => true === ( $client['plain'] ?? false ) ) );
		if ( ! $plain ) {
			return array();
		}
		/* translators: %s: names of clients. */
		return array( sprintf( __( 'These clients may sign plainly, so that a request of theirs that is caught can be sent again: %s.', 'ai-secure-proxy' ), implode( ', ', $plain ) ) );
	}

	/** Who may come in here. */
	private static function door(): array {
		$caller = Access::nobody();
		return array(
			'clients' => Policy::current( $caller )['clients'] ?? array(),
			'host'    => Access::host(),
		) + $caller;
	}
}
