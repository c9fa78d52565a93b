<?php
/**
 * The inbox of webhooks over REST, for those who manage the proxy: GET /webhooks, GET /webhooks/sources, GET and DELETE
 * /webhooks/{id}, POST /webhooks/{id}/replay, POST /webhooks/replay.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Jobs\Ended;
use AI_Secure_Proxy\Webhook\Events;
use AI_Secure_Proxy\Webhook\Inbox;
use AI_Secure_Proxy\Webhook\Sources;

defined( 'ABSPATH' ) || exit;

final class Webhooks_Controller extends Controller {

	public const ROUTE = '/webhooks';

	private const ID = '/(?P<id>\d{1,18})';

	public function register_routes(): void {
		$may   = array( Access::class, 'may_manage' );
		$event = array( Webhooks_Schema::class, 'event' );
		$count = array( Webhooks_Schema::class, 'count' );
		$one   = self::ROUTE . self::ID;
		$this->route( self::ROUTE, 'GET', array( $this, 'events' ), $may, Webhooks_Schema::filters(), $event );
		$this->route( self::ROUTE . '/sources', 'GET', array( $this, 'sources' ), $may, array(), array( Webhooks_Schema::class, 'source' ) );
		$this->route( self::ROUTE . '/replay', 'POST', array( $this, 'replay_many' ), $may, Webhooks_Schema::which(), $count );
		$this->route( $one, 'GET', array( $this, 'event' ), $may, Webhooks_Schema::id(), $event );
		$this->route( $one, 'DELETE', array( $this, 'forget' ), $may, Webhooks_Schema::id(), $count );
		$this->route( "$one/replay", 'POST', array( $this, 'replay' ), $may, Webhooks_Schema::id(), $event );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function events( \WP_REST_Request $request ): \WP_REST_Response {
		$filter = array( 'max' => $request['per_page'] );
		foreach ( array( 'state', 'source', 'before' ) as $key ) {
			if ( null !== $request[ $key ] ) {
				$filter[ $key ] = $request[ $key ];
			}
		}
		if ( ! $request['jobs'] && ! isset( $filter['source'] ) && 'dead' !== ( $filter['state'] ?? '' ) ) {
			$filter['not_source'] = Ended::SOURCE;
		}
		return Answer::data( array_map( array( Webhooks_Schema::class, 'shown' ), Events::page( $filter ) ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function sources(): \WP_REST_Response {
		$shown = static fn( array $source ): array => array_replace( $source, array( 'last_event' => $source['last_event'] ? Webhooks_Schema::shown( $source['last_event'] ) : null ) );
		return Answer::data( array_map( $shown, Sources::all() ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function event( \WP_REST_Request $request ): \WP_REST_Response {
		return self::with_event( $request, static fn( array $event ): array => Webhooks_Schema::shown( $event ) + array( 'payload' => Events::payload( $event['body'] ) ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function replay( \WP_REST_Request $request ): \WP_REST_Response {
		return self::with_event(
			$request,
			static function ( array $event ): array {
				if ( ! Events::replay( array( 'id' => $event['id'] ) ) ) {
					throw new \Aisp\Conflict( __( 'Only an event that is dead can be replayed.', 'ai-secure-proxy' ) );
				}
				Inbox::after_response();
				return Webhooks_Schema::shown( Events::find( $event['id'] ) ?? $event );
			}
		);
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function replay_many( \WP_REST_Request $request ): \WP_REST_Response {
		$ways = array_filter( array( null !== $request['ids'], null !== $request['source'], true === $request['all'] ) );
		if ( 1 !== count( $ways ) ) {
			throw new \Aisp\InvalidRequest( __( 'Say which: ids, source or all, and only one of the three.', 'ai-secure-proxy' ) );
		}
		$filters = null === $request['ids']
			? array( null === $request['source'] ? array() : array( 'source' => $request['source'] ) )
			: array_map( static fn( int $id ): array => array( 'id' => $id ), $request['ids'] );
		$count   = array_sum( array_map( array( Events::class, 'replay' ), $filters ) );
		if ( $count ) {
			Inbox::after_response();
		}
		return Answer::data( array( 'replayed' => $count ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function forget( \WP_REST_Request $request ): \WP_REST_Response {
		return self::with_event(
			$request,
			static function ( array $event ): array {
				if ( ! Events::forget( array( 'id' => $event['id'] ) ) ) {
					throw new \Aisp\Conflict( __( 'The event is being handled; it can be forgotten after that.', 'ai-secure-proxy' ) );
				}
				return array( 'forgotten' => 1 );
			}
		);
	}

	/** @param callable $act The event, with its body -> what to answer. */
	private static function with_event( \WP_REST_Request $request, callable $act ): \WP_REST_Response {
		$event = Events::find( $request['id'] );
		if ( null === $event ) {
			return Answer::error( new \WP_Error( 'not_found', __( 'This site has no event of this number.', 'ai-secure-proxy' ), array( 'status' => 404 ) ) );
		}
		return Answer::data( $act( $event ) );
	}
}
