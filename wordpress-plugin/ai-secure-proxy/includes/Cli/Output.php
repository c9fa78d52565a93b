<?php
/**
 * Prints one thing with its fields: a row each, or the thing itself.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Json;
use WP_CLI;
use WP_CLI\Utils;

defined( 'ABSPATH' ) || exit;

final class Output {

	/**
	 * @param array  $thing  Field => value.
	 * @param string $format table, csv; or json, yaml.
	 */
	public static function fields( array $thing, string $format ): void {
		if ( in_array( $format, array( 'json', 'yaml' ), true ) ) {
			WP_CLI::print_value( $thing, array( 'format' => $format ) );
			return;
		}
		$rows = array();
		foreach ( $thing as $field => $value ) {
			$rows[] = array(
				'field' => $field,
				'value' => is_array( $value ) || is_bool( $value ) ? Json::line( $value ) : (string) $value,
			);
		}
		Utils\format_items( $format, $rows, array( 'field', 'value' ) );
	}
}
