<?php
/**
 * Requests of clients that have no login: signed as aisp_sign_request() does it, and judged by the signature alone.
 *
 * Whatever else such a request brings along, a cookie or a password, counts for nothing: it is nobody's in WordPress.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Module;
use AI_Secure_Proxy\Policy;

defined( 'ABSPATH' ) || exit;

final class Signed {

	/** One of them makes a request a signed one. */
	private const HEADERS = array( 'x_aisp_signature', 'x_sign' );

	/** What would make another request of it than the one that was signed, or another answer. */
	private const DISGUISES = array( '_method', '_envelope', '_jsonp' );

	/** The request that was judged last: its nonce must not be judged twice. */
	private static ?\WP_REST_Request $request = null;

	/** @var string|\WP_Error|null Its client, or why it is refused. */
	private static $outcome = null;

	/** Whether a request is to be judged by its signature. Code that calls rest_do_request() is trusted, and signs nothing. */
	public static function is( \WP_REST_Request $request ): bool {
		return Served::is( $request ) && array_filter( self::HEADERS, static fn( string $name ): bool => null !== $request->get_header( $name ) );
	}

	/** The permission of a signed request. */
	public static function permission( \WP_REST_Request $request ): bool|\WP_Error {
		if ( self::$request !== $request ) {
			self::$request = $request;
			self::$outcome = self::judge( $request );
		}
		return is_wp_error( self::$outcome ) ? self::$outcome : true;
	}

	/** Why a request is refused that WordPress would make another one of, whoever signed it. */
	public static function disguise( \WP_REST_Request $request ): ?\WP_Error {
		if ( array_intersect_key( $request->get_query_params(), array_flip( self::DISGUISES ) ) || null !== $request->get_header( 'x_http_method_override' ) ) {
			/* translators: %s: names of parameters. */
			return new \WP_Error( 'invalid_request', sprintf( __( 'A signed request must not have %s or X-HTTP-Method-Override.', 'ai-secure-proxy' ), implode( ', ', self::DISGUISES ) ), array( 'status' => 400 ) );
		}
		return null;
	}

	/** The client whose request is being answered; null where somebody else asks. */
	public static function client(): ?string {
		return is_string( self::$outcome ) ? self::$outcome : null;
	}

	/** Somebody with a login asks. */
	public static function nobody(): void {
		self::$request = null;
		self::$outcome = null;
	}

	/**
	 * What an administrator should know of the site's clients.
	 *
	 * @return string[]
	 */
	public static function warnings(): array {
		$clients  = self::door()['clients'];
		$clients  = is_array( $clients ) ? $clients : array();
		$plain    = array_keys( array_filter( $clients, static fn( $client ): bool => true === ( $client['plain'] ?? false ) ) );
		$warnings = array();
		if ( $plain ) {
			/* translators: %s: names of clients. */
			$warnings[] = sprintf( __( 'These clients may sign plainly, so that a request of theirs that is caught can be sent again: %s.', 'ai-secure-proxy' ), implode( ', ', $plain ) );
		}
		if ( $clients && ! Access::is_private() ) {
			$warnings[] = __( 'This site is reached over plain http, where signed requests are refused.', 'ai-secure-proxy' );
		}
		return $warnings;
	}

	/** @return string|\WP_Error The client, or why it is refused. */
	private static function judge( \WP_REST_Request $request ): string|\WP_Error {
		wp_set_current_user( 0 );
		if ( ! Module::present() ) {
			return Module::missing();
		}
		$disguise = self::disguise( $request );
		if ( null !== $disguise ) {
			return $disguise;
		}
		if ( ! Access::is_private() ) {
			return new \WP_Error( 'forbidden', __( 'Signed requests are taken over https only.', 'ai-secure-proxy' ), array( 'status' => 403 ) );
		}
		try {
			return aisp_verify_request( $request->get_method(), Access::target(), $request->get_body(), $request->get_headers(), self::door() )['client'];
		} catch ( \Aisp\Exception $e ) {
			return new \WP_Error( $e->getSlug(), $e->getMessage(), array( 'status' => $e->getStatus() ) );
		} catch ( \Throwable $e ) {
			error_log( sprintf( 'AI Secure Proxy: %s in %s:%d', get_class( $e ), $e->getFile(), $e->getLine() ) ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- The one trace of a fault for who runs the site.
			return new \WP_Error( 'internal_error', __( 'The AI proxy failed on this request.', 'ai-secure-proxy' ), array( 'status' => 500 ) );
		}
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
