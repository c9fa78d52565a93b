<?php
/**
 * `wp aisp metrics`: what calls came to, from the command line.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Metrics;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

/**
 * Shows what calls came to: how many, how quick, how dear.
 */
final class Metrics_Command {

	private const FIELDS = array( 'name', 'calls', 'hits', 'errors_4xx', 'errors_5xx', 'tokens_in', 'tokens_out', 'cost_usd', 'retries', 'failovers', 'p50_ms', 'p95_ms', 'p99_ms', 'own_p95_ms' );

	/**
	 * Shows what calls came to: how many, how quick, how dear.
	 *
	 * ## OPTIONS
	 *
	 * [--range=<range>]
	 * : How far back.
	 * ---
	 * default: 24h
	 * options:
	 *   - 1h
	 *   - 24h
	 *   - 7d
	 *   - 30d
	 * ---
	 *
	 * [--group=<group>]
	 * : What has a row of its own.
	 * ---
	 * default: none
	 * options:
	 *   - none
	 *   - model
	 *   - provider
	 *   - route
	 *   - source
	 *   - outcome
	 * ---
	 *
	 * [--format=<format>]
	 * : How to print it; prometheus is the text that a scraper gets, whatever the range.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 *   - prometheus
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp metrics --range=7d --group=model
	 *     wp aisp metrics --format=prometheus
	 *
	 * @param string[] $args       None.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		$format = $assoc_args['format'] ?? 'table';
		try {
			if ( 'prometheus' === $format ) {
				WP_CLI::line( rtrim( aisp_metrics_text( Access::site() ) ) );
				return;
			}
			$metrics = Metrics::of( $assoc_args['range'] ?? '24h', $assoc_args['group'] ?? 'none' );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		if ( in_array( $format, array( 'json', 'yaml' ), true ) ) {
			WP_CLI::print_value( $metrics, array( 'format' => $format ) );
			return;
		}
		Utils\format_items( $format, array_map( array( self::class, 'row' ), $metrics['total'] ), self::FIELDS );
	}

	/** One sum in one row. */
	private static function row( array $sum ): array {
		return array(
			'name'       => (string) $sum['name'],
			'p50_ms'     => $sum['duration_ms']['p50'],
			'p95_ms'     => $sum['duration_ms']['p95'],
			'p99_ms'     => $sum['duration_ms']['p99'],
			'own_p95_ms' => $sum['own_ms']['p95'],
		) + $sum;
	}
}
