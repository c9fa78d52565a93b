<?php
/**
 * `dry_run: true`: what a call would do, instead of the call. Nothing is sent, charged, cached or logged.
 *
 * The key stands in the body beside those of a request and is taken out before the module judges them.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Inference;

defined( 'ABSPATH' ) || exit;

final class Dry_Run {

	public const KEY = 'dry_run';

	/** What is said of servers and keys, to those who manage them. */
	private const FOR_MANAGERS = array( 'url', 'key_env', 'key_set' );

	/** Whether this call asks for one; of a body that cannot be read nobody knows. */
	public static function asked( \WP_REST_Request $request ): bool {
		$json = $request->get_json_params();
		if ( is_array( $json ) ) {
			return true === ( $json[ self::KEY ] ?? false );
		}
		$value = $request->get_body_params()[ self::KEY ] ?? false;
		return rest_is_boolean( $value ) && rest_sanitize_boolean( $value );
	}

	/**
	 * Takes the key out of a body.
	 *
	 * @param array $body What the client asks; a form's values in their types.
	 * @return bool Whether a dry run is wanted.
	 * @throws \Aisp\InvalidRequest It is neither true nor false.
	 */
	public static function take( array &$body ): bool {
		$wanted = $body[ self::KEY ] ?? false;
		if ( ! is_bool( $wanted ) ) {
			throw new \Aisp\InvalidRequest( __( 'dry_run must be true or false.', 'ai-secure-proxy' ) );
		}
		unset( $body[ self::KEY ] );
		return $wanted;
	}

	/** @throws \Aisp\Exception As the call itself would. */
	public static function one( array $request, array $caller ): \WP_REST_Response {
		$preview = Inference::preview( $request, $caller );
		return self::answer( array( 'preview' => self::shown( $preview ) ), $preview['limits'] );
	}

	/**
	 * Each request by itself, so that a bad one is an error in its place.
	 *
	 * @throws \Aisp\Exception Where nothing would be asked at all.
	 */
	public static function many( array $requests, array $caller ): \WP_REST_Response {
		$limits = Inference::standing( $caller )['limits'];
		$items  = array();
		foreach ( $requests as $request ) {
			try {
				$items[] = array( 'preview' => self::shown( Inference::preview( $request, $caller ) ) );
			} catch ( \Aisp\Exception $e ) {
				$items[] = array( 'error' => Answer::error_fields( $e ) );
			}
		}
		return self::answer( array( 'results' => $items ), $limits );
	}

	/** What the routes' answers may have instead of their own keys, as a JSON schema has them. */
	public static function answer_properties(): array {
		return array(
			self::KEY => array( 'type' => 'boolean' ),
			'preview' => array( 'type' => 'object' ),
		);
	}

	/** The key, as a JSON schema has it. */
	public static function property(): array {
		return array(
			self::KEY => array(
				'type'        => 'boolean',
				'description' => __( 'Whether to answer what would be sent, and at what cost, instead of sending it.', 'ai-secure-proxy' ),
			),
		);
	}

	private static function answer( array $data, array $limits ): \WP_REST_Response {
		return Answer::data( array( self::KEY => true ) + $data, $limits );
	}

	/** A preview, as this user may see it. */
	private static function shown( array $preview ): array {
		if ( ! current_user_can( Access::MANAGE ) ) {
			$preview = array_diff_key( $preview, array_flip( self::FOR_MANAGERS ) );
		}
		return Infer_Schema::with_objects( $preview );
	}
}
