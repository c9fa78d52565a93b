<?php
/**
 * Turns results and refusals into REST answers, limits and all.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Inference;

defined( 'ABSPATH' ) || exit;

final class Answer {

	/**
	 * A success.
	 *
	 * @param array        $data   The body.
	 * @param array[]|null $limits As the module gives them; null where nothing is limited.
	 */
	public static function data( array $data, ?array $limits = null ): \WP_REST_Response {
		$response = new \WP_REST_Response( $data );
		return null === $limits ? $response : self::with_limits( $response, $limits );
	}

	/** What the module refused: its slug, status and words are fit for the caller as they are. */
	public static function refused( \Aisp\Exception $e ): \WP_REST_Response {
		return self::with_limits( self::error( self::failure( $e ) ), $e->getLimits() );
	}

	/** The same as fields, like those that the module gives for one of many requests; `categories` where moderation named some. */
	public static function error_fields( \Aisp\Exception $e ): array {
		$fields     = array(
			'code'        => $e->getSlug(),
			'message'     => $e->getMessage(),
			'status'      => $e->getStatus(),
			'retry_after' => $e->getRetryAfter(),
		);
		$categories = method_exists( $e, 'getCategories' ) ? $e->getCategories() : array();
		return $categories ? $fields + array( 'categories' => $categories ) : $fields;
	}

	/** Whatever was thrown, as an error. Where it is no refusal of the module's its message may quote a prompt, so only its place is logged. */
	public static function failure( \Throwable $e ): \WP_Error {
		if ( $e instanceof \Aisp\Exception ) {
			$fields = self::error_fields( $e );
			$data   = array_filter( array_diff_key( $fields, array_flip( array( 'code', 'message' ) ) ), static fn( $value ): bool => null !== $value );
			return new \WP_Error( $fields['code'], $fields['message'], $data );
		}
		error_log( sprintf( 'AI Secure Proxy: %s in %s:%d', get_class( $e ), $e->getFile(), $e->getLine() ) ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- The one trace of a fault for who runs the site.
		return new \WP_Error( 'internal_error', __( 'The AI proxy failed on this request.', 'ai-secure-proxy' ), array( 'status' => 500 ) );
	}

	/** An error as a response, so that it can carry headers also for who calls rest_do_request(). */
	public static function error( \WP_Error $error ): \WP_REST_Response {
		$response = rest_convert_error_to_response( $error );
		self::say_when( $response, $error->get_error_data()['retry_after'] ?? null );
		return $response;
	}

	/**
	 * Says when a refusal is worth another try.
	 *
	 * @param mixed $after Seconds; null where nobody knows.
	 */
	public static function say_when( \WP_REST_Response $response, $after ): void {
		if ( is_int( $after ) && in_array( $response->get_status(), array( 429, 503 ), true ) ) {
			$response->header( 'Retry-After', (string) $after );
		}
	}

	/** Where the module did not look at them, they are looked up; but not for who did not get as far as to be limited. */
	private static function with_limits( \WP_REST_Response $response, array $limits ): \WP_REST_Response {
		if ( ! $limits && ! in_array( $response->get_status(), array( 400, 500 ), true ) ) {
			$limits = Inference::limits();
		}
		foreach ( self::limit_headers( $limits ) as $name => $value ) {
			$response->header( $name, $value );
		}
		return $response;
	}

	/**
	 * The IETF draft "RateLimit header fields for HTTP": one item a limit.
	 *
	 * @param array[] $limits As the module gives them.
	 * @return array<string, string> By name; nothing where there is no limit.
	 */
	public static function limit_headers( array $limits ): array {
		$policy = array();
		$state  = array();
		foreach ( $limits as $limit ) {
			$policy[] = sprintf( '"%s";q=%d;w=%d', $limit['name'], $limit['limit'], $limit['period_s'] );
			$state[]  = sprintf( '"%s";r=%d;t=%d', $limit['name'], $limit['remaining'], $limit['reset_s'] );
		}
		return $limits ? array(
			'RateLimit-Policy' => implode( ', ', $policy ),
			'RateLimit'        => implode( ', ', $state ),
		) : array();
	}
}
