<?php
/**
 * Who may send events to this site, as the settings name them: for people who have to tell a sender where to.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Webhook;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Policy;
use AI_Secure_Proxy\Rest\Controller;
use AI_Secure_Proxy\Rest\Webhook_Controller;

defined( 'ABSPATH' ) || exit;

final class Sources {

	/**
	 * All of them, in the settings' order.
	 *
	 * @return array[] name, scheme, url, secret_env (names), secret_set (whether one of them holds a secret that the scheme can
	 *                 use), last_event (null where none has come).
	 * @throws \Aisp\Exception The settings cannot be used, or the store cannot.
	 */
	public static function all(): array {
		$policy  = Policy::current( Access::nobody() );
		$sources = array_filter( (array) ( $policy['webhooks'] ?? array() ), 'is_array' );
		$missing = $sources ? array_column( aisp_missing_secrets( $policy ), 'for' ) : array();
		$all     = array();
		foreach ( $sources as $name => $source ) {
			$all[] = array(
				'name'       => (string) $name,
				'scheme'     => (string) ( $source['scheme'] ?? '' ),
				'url'        => self::url( (string) $name ),
				'secret_env' => array_values( (array) ( $source['secret_env'] ?? array() ) ),
				'secret_set' => ! in_array( "webhooks.$name", $missing, true ),
				'last_event' => Events::page(
					array(
						'source' => (string) $name,
						'max'    => 1,
					)
				)[0] ?? null,
			);
		}
		return $all;
	}

	/** Where its sender has to send to. */
	private static function url( string $name ): string {
		$route = Webhook_Controller::ROUTE . ( Webhook_Controller::DEFAULT_SOURCE === $name ? '' : "/$name" );
		return rest_url( Controller::NAMESPACE . $route );
	}
}
