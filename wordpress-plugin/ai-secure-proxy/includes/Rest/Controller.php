<?php
/**
 * What every route does alike: permission first, then the module, then an answer; never a fatal.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Module;

defined( 'ABSPATH' ) || exit;

abstract class Controller {

	public const NAMESPACE = 'ai-secure-proxy/v1';

	/** A request's route as it is registered, in small letters: WordPress does not tell them apart. Null where it is none of ours. */
	public static function path( \WP_REST_Request $request ): ?string {
		$route = strtolower( $request->get_route() );
		$base  = '/' . self::NAMESPACE;
		return $base === $route || str_starts_with( $route, "$base/" ) ? substr( $route, strlen( $base ) ) : null;
	}

	abstract public function register_routes(): void;

	/**
	 * Registers one route.
	 *
	 * @param string   $path       '/infer'.
	 * @param string   $method     'GET', 'POST', 'PUT' or 'DELETE'.
	 * @param callable $callback   WP_REST_Request -> WP_REST_Response; may throw.
	 * @param callable $permission -> true or the WP_Error to answer with.
	 * @param array    $args       The arguments, for WordPress and for who discovers the route.
	 * @param callable $schema     -> JSON schema of the answer.
	 */
	protected function route( string $path, string $method, callable $callback, callable $permission, array $args, callable $schema ): void {
		register_rest_route(
			self::NAMESPACE,
			$path,
			array(
				array(
					'methods'             => $method,
					'callback'            => static fn( \WP_REST_Request $request ): \WP_REST_Response => self::answer( static fn(): \WP_REST_Response => $callback( $request ) ),
					'permission_callback' => static fn( \WP_REST_Request $request ) => Access::from_here( $request ) ?? $permission( $request ),
					'args'                => $args,
				),
				'schema' => $schema,
			)
		);
	}

	/**
	 * What the work gives, or what is to be said instead.
	 *
	 * @param callable $work -> WP_REST_Response; may throw.
	 */
	protected static function answer( callable $work ): \WP_REST_Response {
		if ( ! Module::present() ) {
			return Answer::error( Module::missing() );
		}
		try {
			return $work();
		} catch ( \Aisp\Exception $e ) {
			return Answer::refused( $e );
		} catch ( \Throwable $e ) {
			return Answer::error( Answer::failure( $e ) );
		}
	}
}
