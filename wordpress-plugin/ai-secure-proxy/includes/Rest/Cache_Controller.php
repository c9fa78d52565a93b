<?php
/**
 * POST /cache/invalidate: forgets answers, for those who manage the proxy.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Cache\Invalidation;

defined( 'ABSPATH' ) || exit;

final class Cache_Controller extends Controller {

	public const ROUTE = '/cache/invalidate';

	/** The module takes no longer one. */
	private const MAX_TAG_BYTES = 100;

	public function register_routes(): void {
		$this->route( self::ROUTE, 'POST', array( $this, 'invalidate' ), array( Access::class, 'may_manage' ), self::args(), array( self::class, 'schema' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function invalidate( \WP_REST_Request $request ): \WP_REST_Response {
		$selector = array();
		foreach ( Invalidation::PARTS as $part ) {
			if ( null !== $request[ $part ] ) {
				$selector[ $part ] = $request[ $part ];
			}
		}
		$ways = array_filter( array( (bool) $selector, (bool) $request['all'], (bool) $request['epoch'] ) );
		if ( 1 !== count( $ways ) ) {
			$message = __( 'Name what to forget by tag, model, provider, hash or age; or say all, or epoch. Not several of the three.', 'ai-secure-proxy' );
			return Answer::error( new \WP_Error( 'invalid_request', $message, array( 'status' => 400 ) ) );
		}
		if ( strlen( $selector['tag'] ?? '' ) > self::MAX_TAG_BYTES ) {
			/* translators: %d: a number. */
			$message = sprintf( __( 'tag must have at most %d bytes.', 'ai-secure-proxy' ), self::MAX_TAG_BYTES );
			return Answer::error( new \WP_Error( 'invalid_request', $message, array( 'status' => 400 ) ) );
		}
		$selector = $selector ? $selector : array( 'all' => true );
		if ( $request[ Dry_Run::KEY ] ) {
			return Answer::data(
				array(
					Dry_Run::KEY => true,
					'dropped'    => 0,
					'matching'   => Invalidation::count( $selector ),
				)
			);
		}
		if ( $request['epoch'] ) {
			return Answer::data( array( 'epoch' => Invalidation::next_epoch() ) );
		}
		return Answer::data( array( 'dropped' => Invalidation::by( $selector ) ) );
	}

	private static function args(): array {
		$text = array(
			'type'      => 'string',
			'minLength' => 1,
		);
		$args = array(
			'tag'        => $text + array( 'description' => __( 'Answers to requests with this tag, such as post:123.', 'ai-secure-proxy' ) ),
			'model'      => $text + array( 'description' => __( 'Answers of this model.', 'ai-secure-proxy' ) ),
			'provider'   => $text + array( 'description' => __( 'Answers of this provider.', 'ai-secure-proxy' ) ),
			'hash'       => array(
				'type'        => 'string',
				'pattern'     => '^[0-9A-Fa-f]{64}$',
				'description' => __( 'The answer with this req_hash.', 'ai-secure-proxy' ),
			),
			'age'        => array(
				'type'        => 'integer',
				'minimum'     => 1,
				'maximum'     => 31622400,
				'description' => __( 'Answers that are older than so many seconds.', 'ai-secure-proxy' ),
			),
			'all'        => array(
				'type'        => 'boolean',
				'description' => __( 'All answers of this site.', 'ai-secure-proxy' ),
			),
			'epoch'      => array(
				'type'        => 'boolean',
				'description' => __( 'Begins a new epoch: no answer of before is used again, nor one that is under way.', 'ai-secure-proxy' ),
			),
			Dry_Run::KEY => array(
				'type'        => 'boolean',
				'description' => __( 'Whether to count the answers instead of forgetting them.', 'ai-secure-proxy' ),
			),
		);
		foreach ( $args as $key => $arg ) {
			$args[ $key ] = $arg + array(
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'rest_sanitize_request_arg',
			);
		}
		return $args;
	}

	/** The answer, as a JSON schema. */
	public static function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-cache-invalidate',
			'type'       => 'object',
			'properties' => array(
				'dropped'    => array( 'type' => 'integer' ),
				'epoch'      => array( 'type' => 'integer' ),
				Dry_Run::KEY => array( 'type' => 'boolean' ),
				'matching'   => array( 'type' => 'integer' ),
			),
		);
	}
}
