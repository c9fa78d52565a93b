<?php
/**
 * Writes records of the log as a file, one after the other: what is held in memory does not grow with the log.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

use AI_Secure_Proxy\Json;

defined( 'ABSPATH' ) || exit;

final class Export {

	/** CSV as in RFC 4180; one array; one record a line. */
	public const FORMATS = array( 'csv', 'json', 'jsonl' );

	public const TYPES = array(
		'csv'   => 'text/csv; charset=utf-8',
		'json'  => 'application/json; charset=utf-8',
		'jsonl' => 'application/x-ndjson; charset=utf-8',
	);

	/** Records that are written at once. */
	private const CHUNK = 500;

	/**
	 * Writes a file.
	 *
	 * @param iterable<array> $records As Query gives them.
	 * @param string          $format  One of FORMATS.
	 * @param callable        $write   Is given pieces of the file.
	 * @return int How many records.
	 */
	public static function write( iterable $records, string $format, callable $write ): int {
		$piece = array(
			'csv'   => self::csv( Query::FIELDS ),
			'json'  => '[',
			'jsonl' => '',
		)[ $format ];
		$count = 0;
		foreach ( $records as $record ) {
			$piece .= match ( $format ) {
				'csv'   => self::csv( $record ),
				'json'  => ( $count ? ",\n" : "\n" ) . Json::line( $record ),
				'jsonl' => Json::line( $record ) . "\n",
			};
			if ( 0 === ++$count % self::CHUNK ) {
				$write( $piece );
				$piece = '';
			}
		}
		$write( $piece . ( 'json' === $format ? "\n]\n" : '' ) );
		return $count;
	}

	/** What a download is called. */
	public static function file_name( string $format ): string {
		return 'ai-secure-proxy-log-' . wp_date( 'Y-m-d-His' ) . '.' . $format;
	}

	/** One line; in an order that is always the same. */
	private static function csv( array $cells ): string {
		return implode( ',', array_map( array( self::class, 'cell' ), $cells ) ) . "\r\n";
	}

	/**
	 * One cell. Names of sources and clients come from outside: a spreadsheet must not take one for a formula.
	 *
	 * @param mixed $value Of a record.
	 */
	private static function cell( $value ): string {
		if ( ! is_string( $value ) ) {
			return is_bool( $value ) ? ( $value ? 'true' : 'false' ) : (string) $value;
		}
		if ( '' !== $value && str_contains( "=+-@\t\r\n|", $value[0] ) ) {
			$value = "'" . $value;
		}
		return strpbrk( $value, "\",;\r\n\t" ) ? '"' . str_replace( '"', '""', $value ) . '"' : $value;
	}
}
