<?php
/**
 * Jobs over REST: POST /jobs, GET /jobs, GET and DELETE /jobs/{id}, POST /jobs/{id}/retry and /accept.
 *
 * Everybody has to do with their own jobs, and who manages the proxy with all of the site's. Somebody else's job is one that
 * is not there: nobody learns by trying which ids there are.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Jobs\Place;
use AI_Secure_Proxy\Jobs\Queue;

defined( 'ABSPATH' ) || exit;

final class Jobs_Controller extends Controller {

	public const ROUTE      = '/jobs';
	public const KEY_HEADER = 'Idempotency-Key';

	private const ID = '/(?P<id>job_[0-9a-f]{32})';

	/** As many as a batch: nobody wants to read more of them, and one HTTP request waits for all. */
	private const MAX_PREVIEWS = 100;

	/** Whether a request is for one of these routes. */
	public static function is_ours( \WP_REST_Request $request ): bool {
		$path = (string) self::path( $request );
		return self::ROUTE === $path || str_starts_with( $path, self::ROUTE . '/' );
	}

	public function register_routes(): void {
		$may = array( Access::class, 'may_infer' );
		$is  = array( Jobs_Schema::class, 'job' );
		$one = self::ROUTE . self::ID;
		$this->route( self::ROUTE, 'POST', array( $this, 'enqueue' ), $may, Jobs_Schema::args(), array( Jobs_Schema::class, 'enqueued' ) );
		$this->route( self::ROUTE, 'GET', array( $this, 'jobs' ), $may, Jobs_Schema::filters(), $is );
		$this->route( $one, 'GET', array( $this, 'job' ), $may, Jobs_Schema::window(), $is );
		$this->route( $one, 'DELETE', array( $this, 'cancel' ), $may, array(), $is );
		$this->route( "$one/retry", 'POST', array( $this, 'retry' ), $may, array(), $is );
		$this->route( "$one/accept", 'POST', array( $this, 'accept' ), $may, array(), $is );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function enqueue( \WP_REST_Request $request ): \WP_REST_Response {
		$body   = self::with_key( Jobs_Schema::body( $request ), $request->get_header( self::KEY_HEADER ) );
		$caller = self::caller();
		if ( Dry_Run::take( $body ) ) {
			Queue::check( $body, $caller );
			$requests = Queue::requests( $body );
			return isset( $body['items'] ) ? Dry_Run::many( array_slice( array_values( $requests ), 0, self::MAX_PREVIEWS ), $caller ) : Dry_Run::one( $requests[0], $caller );
		}
		$job      = Queue::enqueue( $body, $caller );
		$response = Answer::data(
			array(
				'job_id' => $job['id'],
				'job'    => Jobs_Schema::shown( $job ),
			)
		);
		$response->set_status( 202 );
		$response->header( 'Location', rest_url( self::NAMESPACE . self::ROUTE . '/' . $job['id'] ) );
		return $response;
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function jobs( \WP_REST_Request $request ): \WP_REST_Response {
		$filter = array( 'max' => $request['per_page'] );
		foreach ( array( 'state', 'source', 'user_id', 'before' ) as $key ) {
			if ( null !== $request[ $key ] ) {
				$filter[ $key ] = $request[ $key ];
			}
		}
		$asker = self::asker();
		if ( null !== $asker && isset( $filter['user_id'] ) && (int) $asker['user_id'] !== $filter['user_id'] ) {
			return Answer::error( new \WP_Error( 'forbidden', __( 'Jobs of others are for those who manage the proxy.', 'ai-secure-proxy' ), array( 'status' => 403 ) ) );
		}
		$jobs     = Queue::page( $filter, $asker );
		$response = Answer::data( array_map( array( Jobs_Schema::class, 'shown' ), $jobs ) );
		if ( count( $jobs ) === $request['per_page'] ) {
			$next = array_merge( $request->get_query_params(), array( 'before' => end( $jobs )['id'] ) );
			$response->link_header( 'next', add_query_arg( array_map( 'rawurlencode', array_filter( $next, 'is_scalar' ) ), rest_url( self::NAMESPACE . self::ROUTE ) ) );
		}
		return $response;
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function job( \WP_REST_Request $request ): \WP_REST_Response {
		$window = array(
			'items' => $request['items'],
			'from'  => $request['from'],
		);
		return self::with_job( $request['id'], array( Place::class, 'with' ), $request['items'] ? $window : array() );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function cancel( \WP_REST_Request $request ): \WP_REST_Response {
		return self::with_job( $request['id'], array( Queue::class, 'cancel' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function retry( \WP_REST_Request $request ): \WP_REST_Response {
		return self::with_job( $request['id'], array( Queue::class, 'retry' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function accept( \WP_REST_Request $request ): \WP_REST_Response {
		return self::with_job( $request['id'], array( Queue::class, 'accept' ) );
	}

	/**
	 * Does something with a job that whoever asks may have to do with.
	 *
	 * @param string   $id     Its id.
	 * @param callable $act    The job -> the job as it is then.
	 * @param array    $window Which items are wanted.
	 */
	private static function with_job( string $id, callable $act, array $window = array() ): \WP_REST_Response {
		$job = Queue::find( $id, self::asker(), $window );
		if ( null === $job ) {
			return Answer::error( new \WP_Error( 'not_found', __( 'You have no job of this id.', 'ai-secure-proxy' ), array( 'status' => 404 ) ) );
		}
		return Answer::data( Jobs_Schema::shown( $act( $job ) ) );
	}

	/** Whose jobs are meant; null for who manages all of them. */
	private static function asker(): ?array {
		return current_user_can( Access::MANAGE ) ? null : self::caller();
	}

	private static function caller(): array {
		return Access::caller( self::ROUTE, Infer_Controller::SOURCE );
	}

	/** The body with the key that a header names. */
	private static function with_key( array $body, ?string $key ): array {
		if ( null === $key ) {
			return $body;
		}
		if ( isset( $body['idempotency_key'] ) && $key !== $body['idempotency_key'] ) {
			throw new \Aisp\InvalidRequest( __( 'idempotency_key and the header Idempotency-Key must not differ.', 'ai-secure-proxy' ) );
		}
		return array( 'idempotency_key' => $key ) + $body;
	}
}
