<?php
/**
 * POST /webhook, POST /webhook/{source}: events from outside. Their signature is the permission, and the module judges it.
 *
 * What is acknowledged is kept: the answer is 200 only once the module has the event in its inbox. Whatever is wrong with a
 * webhook is the same 401, so that nobody learns which sources there are, or what was nearly right.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Log\Table;
use AI_Secure_Proxy\Policy;
use AI_Secure_Proxy\Webhook\Inbox;

defined( 'ABSPATH' ) || exit;

final class Webhook_Controller extends Controller {

	public const ROUTE          = '/webhook';
	public const DEFAULT_SOURCE = 'default';

	private const OPTIONS = array( 'scheme', 'secret_env', 'tolerance' );

	/** When to come again, in seconds, while the store is down. */
	private const RETRY_AFTER_S = 30;

	public function register_routes(): void {
		foreach ( array( self::ROUTE, self::ROUTE . '/(?P<source>[a-z0-9_-]{1,64})' ) as $path ) {
			$this->route( $path, 'POST', array( $this, 'receive' ), '__return_true', array(), array( self::class, 'schema' ) );
		}
	}

	/** @throws \Throwable Answered by the base controller: a fault of ours, which makes the sender try again. */
	public function receive( \WP_REST_Request $request ): \WP_REST_Response {
		wp_set_current_user( 0 ); // Whoever is logged in has not sent it, and handlers run as nobody.
		// Not $request['source']: a parameter of the same name in the query would count for more than the path.
		$source  = (string) ( $request->get_url_params()['source'] ?? self::DEFAULT_SOURCE );
		$options = self::options( $source );
		if ( null === $options ) {
			self::log_refusal( '' );
			return self::unauthorized();
		}
		try {
			$event = aisp_webhook_receive( $request->get_body(), $request->get_headers(), $options );
		} catch ( \Aisp\Unauthorized $e ) {
			self::log_refusal( $source );
			return self::unauthorized();
		} catch ( \Aisp\ConfigError $e ) {
			if ( self::log_refusal( $source ) ) {
				error_log( "AI Secure Proxy: webhooks of $source: " . $e->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- For who runs the site; a stranger is told nothing of settings.
			}
			return self::unauthorized();
		} catch ( \Aisp\StoreUnavailable $e ) {
			$data = array(
				'status'      => $e->getStatus(),
				'retry_after' => $e->getRetryAfter() ?? self::RETRY_AFTER_S,
			);
			return Answer::error( new \WP_Error( $e->getSlug(), $e->getMessage(), $data ) );
		}
		if ( ! $event['duplicate'] ) {
			Inbox::after_response();
		}
		return Answer::data(
			array(
				'received'  => true,
				'duplicate' => $event['duplicate'],
			)
		);
	}

	/**
	 * Filter rest_pre_dispatch: the raw body counts, so WordPress is kept from reading it: its own idea of JSON would refuse some.
	 *
	 * @param mixed            $result  Kept as it is.
	 * @param \WP_REST_Server  $server  Unused.
	 * @param \WP_REST_Request $request The call.
	 * @return mixed
	 */
	public static function leave_body_alone( $result, $server, \WP_REST_Request $request ) {
		if ( self::is_ours( $request ) ) {
			$request->remove_header( 'content-type' );
		}
		return $result;
	}

	/** The answer, as a JSON schema. */
	public static function schema(): array {
		return array(
			'$schema'    => 'http://json-schema.org/draft-04/schema#',
			'title'      => 'aisp-webhook',
			'type'       => 'object',
			'properties' => array(
				'received'  => array( 'type' => 'boolean' ),
				'duplicate' => array(
					'description' => __( 'Whether it had come before; then nothing more happens.', 'ai-secure-proxy' ),
					'type'        => 'boolean',
				),
			),
		);
	}

	/** Whether it is a webhook. */
	public static function is_ours( \WP_REST_Request $request ): bool {
		return (bool) preg_match( '#^' . self::ROUTE . '(/|$)#', (string) self::path( $request ) );
	}

	/** What the administrator says of a source, for the module; null where there is none of that name. */
	private static function options( string $source ): ?array {
		$caller = Access::nobody();
		$named  = Policy::current( $caller )['webhooks'][ $source ] ?? null;
		if ( ! is_array( $named ) ) {
			return null;
		}
		return array_intersect_key( $named, array_flip( self::OPTIONS ) ) + array(
			'source' => $source,
			'site'   => $caller['site'],
		);
	}

	private static function unauthorized(): \WP_REST_Response {
		return Answer::error( new \WP_Error( 'unauthorized', __( 'This webhook could not be verified.', 'ai-secure-proxy' ), array( 'status' => 401 ) ) );
	}

	/**
	 * Anybody can be refused as often as they like, and must not fill the table: the row's uid is the minute and the source, and
	 * the table keeps the first of each. Sources that there are not are one.
	 *
	 * @return bool Whether it is the first.
	 */
	private static function log_refusal( string $source ): bool {
		global $wpdb;
		$now = time();
		$row = array(
			'uid'         => 'webhook-' . substr( hash( 'sha256', intdiv( $now, MINUTE_IN_SECONDS ) . ' ' . $source ), 0, 32 ),
			'route'       => self::ROUTE,
			'status_code' => 401,
			'error'       => 'caller_unauthorized',
			'created_at'  => $now,
			'client'      => $source,
			'source'      => 'webhook',
		);
		return Table::insert( array( $row ) ) && $wpdb->rows_affected > 0;
	}
}
