<?php
/**
 * Tokens of browsers: what the pages of one origin may ask for a few minutes, without a secret in them.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Policy;

defined( 'ABSPATH' ) || exit;

final class Token {

	/** How a page sends one. */
	public const HEADER = 'X-AISP-Token';

	/** How the clients begin that calls with a token count as; no client of the settings can have such a name. */
	public const CLIENT = 'token:';

	/** What tokens open where the settings do not say. */
	private const ROUTES = array( Infer_Controller::ROUTE, Stream_Controller::ROUTE );

	/** How long they live where the settings do not say, in seconds. */
	private const TTL_S = 300;

	/** The longest name of a client, in bytes: what the module and the log take. */
	private const MAX_CLIENT = 191;

	/** Whether a request says that it has one. */
	public static function is( \WP_REST_Request $request ): bool {
		return null !== $request->get_header( self::HEADER );
	}

	/** What the settings say of tokens; null where there are none. */
	public static function settings(): ?array {
		$tokens = Policy::current( Access::nobody() )['tokens'] ?? null;
		return is_array( $tokens ) && $tokens ? $tokens : null;
	}

	/**
	 * What a token is to say.
	 *
	 * @param string $origin Whose pages may use it.
	 * @param string $sub    Whom its calls count as: `user:7`, or any other name.
	 */
	public static function claims( string $origin, string $sub ): array {
		$tokens = (array) self::settings();
		$claims = array(
			'origin' => $origin,
			'site'   => Access::site(),
			'sub'    => $sub,
		);
		return $claims + array_intersect_key( $tokens, array_flip( array( 'routes', 'models', 'budget', 'epoch' ) ) ) + array( 'routes' => self::ROUTES );
	}

	/**
	 * Mints one.
	 *
	 * @param array $claims See claims().
	 * @return array{token: string, expires_in: int, routes: string[]}
	 * @throws \Aisp\ConfigError Where the settings are wrong, or the key is not set.
	 */
	public static function mint( array $claims ): array {
		$tokens  = (array) self::settings();
		$options = array_intersect_key( $tokens, array_flip( array( 'secret_env', 'ttl' ) ) ) + array( 'ttl' => self::TTL_S );
		return array(
			'token'      => aisp_mint_token( $claims, $options ),
			'expires_in' => $options['ttl'],
			'routes'     => $claims['routes'],
		);
	}

	/**
	 * Whom a request with a token counts as.
	 *
	 * @throws \Aisp\Exception Where the token does not hold, or not for this.
	 */
	public static function judge( \WP_REST_Request $request ): array|\WP_Error {
		$tokens = self::settings();
		if ( null === $tokens ) {
			return new \WP_Error( 'unauthorized', __( 'The request could not be verified.', 'ai-secure-proxy' ), array( 'status' => 401 ) );
		}
		$claims = aisp_verify_token(
			(string) $request->get_header( self::HEADER ),
			array_intersect_key( $tokens, array_flip( array( 'secret_env', 'epoch' ) ) ) + array(
				'route'  => self::route( $request ),
				'origin' => (string) $request->get_header( 'origin' ),
				'site'   => Access::site(),
			)
		);
		$user   = preg_match( '/^user:(\d{1,18})$/D', $claims['sub'], $match ) ? get_userdata( (int) $match[1] ) : false;
		return array(
			'user_id' => $user ? $user->ID : 0,
			'role'    => $user ? (string) ( array_values( $user->roles )[0] ?? '' ) : '',
			'client'  => mb_strcut( self::CLIENT . $claims['sub'], 0, self::MAX_CLIENT ),
			'token'   => $claims,
		);
	}

	/** What a token has to name for this request; whoever may enqueue may also ask for what became of it. */
	private static function route( \WP_REST_Request $request ): string {
		return Jobs_Controller::is_ours( $request ) ? Jobs_Controller::ROUTE : (string) Controller::path( $request );
	}

	/**
	 * What an administrator should know of them, beside the keys that are missing.
	 *
	 * @return string[]
	 */
	public static function warnings(): array {
		$tokens = self::settings();
		try {
			if ( null === $tokens || aisp_missing_secrets( array( 'tokens' => $tokens ) ) ) {
				return array();
			}
			self::mint( self::claims( Cors::own()[0], 'site-health' ) );
			return array();
		} catch ( \Aisp\Exception $e ) {
			/* translators: %s: what is wrong. */
			return array( sprintf( __( 'No tokens can be made for browsers: %s', 'ai-secure-proxy' ), $e->getMessage() ) );
		}
	}
}
