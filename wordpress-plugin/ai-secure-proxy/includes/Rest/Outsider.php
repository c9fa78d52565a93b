<?php
/**
 * Requests without a login: what they bring along instead, a signature or a token, is all that they are judged by.
 *
 * A cookie or a password that comes as well counts for nothing: such a request is nobody's in WordPress.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Module;
use AI_Secure_Proxy\Policy;

defined( 'ABSPATH' ) || exit;

final class Outsider {

	/** The request that was judged last: a nonce must not be judged twice. */
	private static ?\WP_REST_Request $request = null;

	/** @var array|\WP_Error|null Who it is, or why the request is refused. */
	private static $outcome = null;

	/** Whether a request is an outsider's. Code that calls rest_do_request() is trusted, and brings nothing along. */
	public static function is( \WP_REST_Request $request ): bool {
		return Served::is( $request ) && ( Signed::is( $request ) || Token::is( $request ) );
	}

	/** The permission of such a request; where it has both, the signature alone decides. */
	public static function permission( \WP_REST_Request $request ): bool|\WP_Error {
		if ( self::$request !== $request ) {
			self::$request = $request;
			self::$outcome = self::judge( $request );
		}
		return is_wp_error( self::$outcome ) ? self::$outcome : true;
	}

	/** What Access::caller() is to say of whose request is being answered; null where somebody with a login asks. */
	public static function caller(): ?array {
		return is_array( self::$outcome ) ? self::$outcome : null;
	}

	/** Somebody with a login asks. */
	public static function nobody(): void {
		self::$request = null;
		self::$outcome = null;
	}

	/** Why nobody without a login is heard here; null where somebody may be. */
	public static function closed(): ?\WP_Error {
		if ( ! Module::present() ) {
			return Module::missing();
		}
		return Access::is_private() ? null : new \WP_Error( 'forbidden', __( 'Signed requests and tokens are taken over https only.', 'ai-secure-proxy' ), array( 'status' => 403 ) );
	}

	/**
	 * What an administrator should know of the doors for outsiders.
	 *
	 * @return string[]
	 */
	public static function warnings(): array {
		$policy   = Policy::current( Access::nobody() );
		$warnings = array_merge( Signed::warnings(), Token::warnings() );
		if ( ( ! empty( $policy['clients'] ) || ! empty( $policy['tokens'] ) ) && ! Access::is_private() ) {
			$warnings[] = __( 'This site is reached over plain http, where signed requests and tokens are refused.', 'ai-secure-proxy' );
		}
		return $warnings;
	}

	/** @return array|\WP_Error Who it is, or why the request is refused. */
	private static function judge( \WP_REST_Request $request ): array|\WP_Error {
		wp_set_current_user( 0 );
		$refusal = self::closed();
		if ( null !== $refusal ) {
			return $refusal;
		}
		try {
			return Signed::is( $request ) ? Signed::judge( $request ) : Token::judge( $request );
		} catch ( \Throwable $e ) {
			return Answer::failure( $e );
		}
	}
}
