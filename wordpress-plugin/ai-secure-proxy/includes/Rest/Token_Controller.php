<?php
/**
 * POST /token: a page of the site gets a token for its visitor, by the nonce that WordPress put into the page.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Token_Controller extends Controller {

	public const ROUTE = '/token';

	/** Whom calls of somebody without a login count as. */
	private const VISITOR = 'visitor';

	public function register_routes(): void {
		$this->route( self::ROUTE, 'POST', array( $this, 'mint' ), array( self::class, 'may_mint' ), array(), array( self::class, 'schema' ) );
	}

	/** Pages of the site, and of the origins that the settings list. */
	public static function may_mint( \WP_REST_Request $request ): bool|\WP_Error {
		$refusal = Outsider::closed();
		if ( null !== $refusal ) {
			return $refusal;
		}
		if ( null === Token::settings() ) {
			return self::forbidden( __( 'This site hands out no tokens.', 'ai-secure-proxy' ) );
		}
		if ( ! Cors::is_allowed( (string) $request->get_header( 'origin' ) ) ) {
			return self::forbidden( __( 'Tokens are for the pages of this site.', 'ai-secure-proxy' ) );
		}
		// WordPress itself refuses a wrong nonce, but not a missing one.
		if ( ! wp_verify_nonce( (string) $request->get_header( 'x_wp_nonce' ), 'wp_rest' ) ) {
			return self::forbidden( __( 'The page has no valid nonce: load it again.', 'ai-secure-proxy' ) );
		}
		return true;
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function mint( \WP_REST_Request $request ): \WP_REST_Response {
		$user   = get_current_user_id();
		$claims = Token::claims( (string) $request->get_header( 'origin' ), $user ? "user:$user" : self::VISITOR );

		/**
		 * Filters what a token is to say, before it is minted.
		 *
		 * @param array            $claims  See aisp_mint_token(). A WP_Error instead refuses: to whom no CAPTCHA was solved, say.
		 * @param \WP_REST_Request $request The page's request.
		 */
		$claims = apply_filters( 'aisp_token_claims', $claims, $request );
		return is_wp_error( $claims ) ? Answer::error( $claims ) : Answer::data( Token::mint( $claims ) );
	}

	/** The answer, as a JSON schema. */
	public static function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-token',
			'type'       => 'object',
			'properties' => array(
				'token'      => array(
					'description' => __( 'To be sent as the header X-AISP-Token.', 'ai-secure-proxy' ),
					'type'        => 'string',
				),
				'expires_in' => array(
					'description' => __( 'Seconds for which it is good.', 'ai-secure-proxy' ),
					'type'        => 'integer',
				),
				'routes'     => array(
					'description' => __( 'What it opens.', 'ai-secure-proxy' ),
					'type'        => 'array',
					'items'       => array( 'type' => 'string' ),
				),
			),
		);
	}

	private static function forbidden( string $message ): \WP_Error {
		return new \WP_Error( 'forbidden', $message, array( 'status' => 403 ) );
	}
}
