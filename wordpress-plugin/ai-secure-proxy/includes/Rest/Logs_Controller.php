<?php
/**
 * GET /logs: the audit log, for those who manage the proxy: pages, one record, what there is to filter by, and a file of it.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Log\Facets;
use AI_Secure_Proxy\Log\Paging;
use AI_Secure_Proxy\Log\Query;

defined( 'ABSPATH' ) || exit;

final class Logs_Controller extends Controller {

	private const LOGS   = '/logs';
	private const EXPORT = '/logs/export';

	public function register_routes(): void {
		$may = array( Access::class, 'may_manage' );
		$this->route( self::LOGS, 'GET', array( $this, 'logs' ), $may, Logs_Schema::page(), array( Logs_Schema::class, 'record' ) );
		$this->route( '/logs/(?P<id>\d{1,18})', 'GET', array( $this, 'record' ), $may, array(), array( Logs_Schema::class, 'detail' ) );
		$this->route( '/logs/facets', 'GET', array( $this, 'facets' ), $may, array(), array( Logs_Schema::class, 'facets' ) );
		$this->route( self::EXPORT, 'GET', array( $this, 'export' ), $may, Logs_Schema::export(), array( Logs_Schema::class, 'record' ) );
	}

	public function logs( \WP_REST_Request $request ): \WP_REST_Response {
		$per_page = $request['per_page'];
		if ( $request['page'] * $per_page > Paging::MOST ) {
			return self::too_far();
		}
		$page     = Query::page( Logs_Schema::filter( $request ), $request['page'], $per_page, $request['orderby'], $request['order'] );
		$response = Answer::data( $page['rows'] );
		$response->header( 'X-WP-Total', (string) $page['total'] );
		$response->header( 'X-WP-TotalPages', (string) (int) ceil( $page['total'] / $per_page ) );
		$response->header( 'X-AISP-Total-Is-Bound', $page['is_bound'] ? 'true' : 'false' );
		return $response;
	}

	public function record( \WP_REST_Request $request ): \WP_REST_Response {
		$record = Query::one( (int) $request['id'] );
		if ( null === $record ) {
			return Answer::error( new \WP_Error( 'not_found', __( 'The log has no such record.', 'ai-secure-proxy' ), array( 'status' => 404 ) ) );
		}
		return Answer::data( $record + array( 'user_name' => Facets::user_name( $record['user_id'] ) ) );
	}

	public function facets(): \WP_REST_Response {
		return Answer::data( Facets::all() );
	}

	/** Sent while it is read, see serve(): nobody can have it as an array, of which it may be too much. */
	public function export( \WP_REST_Request $request ): \WP_REST_Response {
		if ( ! Served::plainly( $request ) ) {
			return Answer::error( new \WP_Error( 'not_a_download', __( 'The export is a file, and can only be downloaded.', 'ai-secure-proxy' ), array( 'status' => 400 ) ) );
		}
		return new Export_Response( Logs_Schema::filter( $request ), $request['format'] );
	}

	/**
	 * Filter rest_pre_serve_request: the file goes out as it is read.
	 *
	 * @param mixed             $served   Whether the answer is sent already.
	 * @param \WP_HTTP_Response $response The answer.
	 * @param \WP_REST_Request  $request  The call.
	 * @return mixed Whether the answer is sent.
	 */
	public static function serve( $served, $response, \WP_REST_Request $request ) {
		if ( $served || ! $response instanceof Export_Response ) {
			return $served;
		}
		if ( 'HEAD' !== $request->get_method() ) {
			$response->send();
		}
		return true;
	}

	/**
	 * Filter rest_pre_dispatch: WordPress takes `error` out of every query for itself; here it is a filter, and comes back.
	 *
	 * @param mixed            $result  Kept as it is.
	 * @param \WP_REST_Server  $server  Unused.
	 * @param \WP_REST_Request $request The call.
	 * @return mixed
	 */
	public static function mend_query( $result, $server, \WP_REST_Request $request ) {
		if ( Served::is( $request ) && in_array( self::path( $request ), array( self::LOGS, self::EXPORT ), true ) ) {
			parse_str( (string) wp_parse_url( Access::target(), PHP_URL_QUERY ), $query );
			$request->set_query_params( $request->get_query_params() + array_intersect_key( $query, array( 'error' => true ) ) );
		}
		return $result;
	}

	private static function too_far(): \WP_REST_Response {
		/* translators: %d: a number. */
		$problem = sprintf( __( 'Pages end at record %d: choose a date or another filter to see others.', 'ai-secure-proxy' ), Paging::MOST );
		return Answer::error(
			new \WP_Error(
				'rest_invalid_param',
				/* translators: %s: name of a parameter. */
				sprintf( __( 'Invalid parameter(s): %s', 'ai-secure-proxy' ), 'page' ),
				array(
					'status' => 400,
					'params' => array( 'page' => $problem ),
				)
			)
		);
	}
}
