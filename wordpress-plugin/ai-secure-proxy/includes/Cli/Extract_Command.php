<?php
/**
 * `wp aisp extract`: what a text says, field by field.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Enrich;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Extract_Command {

	/**
	 * Prints what a text says, field by field.
	 *
	 * ## OPTIONS
	 *
	 * <text>
	 * : The text; - reads it from the standard input.
	 *
	 * --fields=<fields>
	 * : The fields, separated by commas: name:type, where the type is string, integer, number, boolean, date, email, or
	 * the allowed values with | between them. Without a type it is a string.
	 *
	 * [--model=<model>]
	 * : One of the models that the site allows.
	 *
	 * [--no-cache]
	 * : Ask the provider even if the answer is in the cache, and do not keep the new one.
	 *
	 * [--format=<format>]
	 * : How to print it.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 *   - csv
	 *   - yaml
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp extract "Ann wants 3 tickets for 24 December" --fields=name,tickets:integer,day:date
	 *     wp aisp extract - --fields="kind:order|question,total:number" --format=json < letter.txt
	 *
	 * @param string[] $args       The text.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		try {
			$fields = self::fields( (string) ( $assoc_args['fields'] ?? '' ) );
			$values = Enrich::extract( Input::text( $args[0] ), $fields, array( 'source' => 'cli' ) + Input::request( $assoc_args ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		} catch ( \InvalidArgumentException $e ) {
			WP_CLI::error( $e->getMessage() );
			return;
		}
		Output::fields( $values, $assoc_args['format'] ?? 'table' );
	}

	/** As Enrich::extract() takes them. */
	private static function fields( string $words ): array {
		$fields = array();
		foreach ( explode( ',', $words ) as $word ) {
			list( $name, $type ) = array_map( 'trim', explode( ':', $word, 2 ) ) + array( '', 'string' );
			if ( isset( $fields[ $name ] ) ) {
				throw new \InvalidArgumentException( "\$fields: \"$name\" is there twice." );
			}
			$fields[ $name ] = str_contains( $type, '|' ) ? array_map( 'trim', explode( '|', $type ) ) : $type;
		}
		return $fields;
	}
}
