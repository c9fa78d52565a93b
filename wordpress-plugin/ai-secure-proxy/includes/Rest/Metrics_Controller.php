<?php
/**
 * GET /metrics: what calls came to, for those who manage the proxy; and GET /metrics/prometheus, the same for a scraper.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Metrics;
use AI_Secure_Proxy\Policy;

defined( 'ABSPATH' ) || exit;

final class Metrics_Controller extends Controller {

	private const SCRAPED = '/metrics/prometheus';

	/** Version 0.0.4 of Prometheus' text format. */
	private const TYPE = 'text/plain; version=0.0.4; charset=utf-8';

	public function register_routes(): void {
		$this->route( '/metrics', 'GET', array( $this, 'metrics' ), array( Access::class, 'may_manage' ), self::args(), array( self::class, 'schema' ) );
		$this->route( self::SCRAPED, 'GET', array( $this, 'text' ), array( self::class, 'may_scrape' ), array(), array( self::class, 'text_schema' ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function metrics( \WP_REST_Request $request ): \WP_REST_Response {
		return Answer::data( Metrics::of( $request['range'], $request['group'], $request['by'], $request['days'] ) );
	}

	/** @throws \Aisp\Exception Answered by the base controller. */
	public function text(): \WP_REST_Response {
		$response = new \WP_REST_Response( aisp_metrics_text( Access::site() ) );
		$response->header( 'Content-Type', self::TYPE );
		return $response;
	}

	/**
	 * A scraper has no login: it brings the secret that the setting `metrics` names. Whoever brings one is judged by that alone.
	 *
	 * @return bool|\WP_Error
	 */
	public static function may_scrape( \WP_REST_Request $request ): bool|\WP_Error {
		if ( 1 !== preg_match( '/^Bearer +(\S+)$/i', (string) $request->get_header( 'authorization' ), $match ) ) {
			return Access::may_manage();
		}
		$closed = Outsider::closed();
		if ( null !== $closed ) {
			return $closed;
		}
		$settings = Policy::current( Access::nobody() )['metrics'] ?? array();
		try {
			$allowed = aisp_metrics_allowed( $match[1], array( 'metrics' => $settings ) );
		} catch ( \Aisp\ConfigError $e ) {
			error_log( 'AI Secure Proxy: ' . $e->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- A filter has broken the setting since it was saved: nobody comes in, and who runs the site must know.
			$allowed = false;
		}
		return $allowed ? true : new \WP_Error( 'unauthorized', __( 'This token does not open the metrics.', 'ai-secure-proxy' ), array( 'status' => 401 ) );
	}

	/**
	 * Filter rest_pre_serve_request: the text goes out as it is, not as a string of JSON.
	 *
	 * @param mixed             $served   Whether the answer is sent already.
	 * @param \WP_HTTP_Response $response The answer.
	 * @param \WP_REST_Request  $request  The call.
	 * @return mixed Whether the answer is sent.
	 */
	public static function serve( $served, $response, \WP_REST_Request $request ) {
		$text = $response->get_data();
		if ( $served || self::SCRAPED !== self::path( $request ) || ! is_string( $text ) || ! Served::plainly( $request ) ) {
			return $served;
		}
		if ( 'HEAD' !== $request->get_method() ) {
			echo $text; // phpcs:ignore WordPress.Security.EscapeOutput -- Not HTML, and the type says so.
		}
		return true;
	}

	private static function args(): array {
		return array(
			'range' => array(
				'type'              => 'string',
				'enum'              => Metrics::ranges(),
				'default'           => '24h',
				'description'       => __( 'How far back.', 'ai-secure-proxy' ),
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'rest_sanitize_request_arg',
			),
			'group' => array(
				'type'              => 'string',
				'enum'              => Metrics::GROUPS,
				'default'           => 'none',
				'description'       => __( 'What has a sum of its own.', 'ai-secure-proxy' ),
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'rest_sanitize_request_arg',
			),
			'by'    => array(
				'type'              => 'array',
				'items'             => array(
					'type' => 'string',
					'enum' => Metrics::GROUPS,
				),
				'uniqueItems'       => true,
				'default'           => array(),
				'description'       => __( 'More that is counted by itself, in the same answer.', 'ai-secure-proxy' ),
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'rest_sanitize_request_arg',
			),
			'days'  => array(
				'type'              => 'boolean',
				'default'           => false,
				'description'       => __( 'Whether the sum of today, and that of yesterday until the same time, are in the answer.', 'ai-secure-proxy' ),
				'validate_callback' => 'rest_validate_request_arg',
				'sanitize_callback' => 'rest_sanitize_request_arg',
			),
		);
	}

	/** The answer, as a JSON schema. */
	public static function schema(): array {
		return Metrics_Schema::answer();
	}

	/** The text, as a JSON schema. */
	public static function text_schema(): array {
		return array(
			'$schema' => 'http://json-schema.org/draft-04/schema#',
			'title'   => 'aisp-metrics-text',
			'type'    => 'string',
		);
	}
}
