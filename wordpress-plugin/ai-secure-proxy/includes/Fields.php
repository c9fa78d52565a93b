<?php
/**
 * The fields that Enrich::extract() looks for: what the site's code says of them, as a JSON schema, and their values.
 *
 *     array(
 *         'name'   => 'string',                       // string, integer, number, boolean, date, email
 *         'amount' => 'number: the total in euros',   // a type, and what is meant
 *         'kind'   => array( 'question', 'order' ),   // one of these
 *     )
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

defined( 'ABSPATH' ) || exit;

final class Fields {

	/** Word => JSON schema. All of them may be null as well. */
	private const TYPES = array(
		'string'  => array( 'type' => 'string' ),
		'integer' => array( 'type' => 'integer' ),
		'number'  => array( 'type' => 'number' ),
		'boolean' => array( 'type' => 'boolean' ),
		'date'    => array(
			'type'        => 'string',
			'format'      => 'date',
			'description' => 'a date, written YYYY-MM-DD',
		),
		'email'   => array(
			'type'        => 'string',
			'format'      => 'email',
			'description' => 'an e-mail address',
		),
	);

	private const MAX_FIELDS = 50;

	/** What every provider takes as the name of a property. */
	private const NAME = '/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/D';

	/** @var array<string, string> The type of each field by its name; '' where there is a list of values. */
	private array $types = array();

	/** @var array<string, array> JSON schemas by name. */
	private array $schemas = array();

	/**
	 * @param array $fields As above.
	 * @throws \InvalidArgumentException Names the field that is wrong.
	 */
	public function __construct( array $fields ) {
		if ( ! $fields || count( $fields ) > self::MAX_FIELDS ) {
			throw new \InvalidArgumentException( '$fields must be 1 to ' . self::MAX_FIELDS . ' fields, ' . count( $fields ) . ' given.' );
		}
		foreach ( $fields as $name => $what ) {
			if ( ! is_string( $name ) || ! preg_match( self::NAME, $name ) ) {
				throw new \InvalidArgumentException( "\$fields: \"$name\" is no name of a field; a letter, then letters, digits, - or _." );
			}
			$this->add( $name, $what );
		}
	}

	/** @return string[] In the order given. */
	public function names(): array {
		return array_keys( $this->types );
	}

	/** @return array<string, array> JSON schemas by name. */
	public function schemas(): array {
		return $this->schemas;
	}

	/** Every field; null where there is no value, or none that its type could be. */
	public function values( array $data ): array {
		$values = array();
		foreach ( $this->types as $name => $type ) {
			$value           = $data[ $name ] ?? null;
			$values[ $name ] = self::is_one( $type, $value ) ? $value : null;
		}
		return $values;
	}

	/** @param mixed $what A type with or without a description, or a list of values. */
	private function add( string $name, $what ): void {
		if ( is_array( $what ) ) {
			$this->types[ $name ]   = '';
			$this->schemas[ $name ] = array(
				'type' => array( 'string', 'null' ),
				'enum' => array( ...self::allowed( $name, $what ), null ),
			);
			return;
		}
		list( $type, $meant ) = array_map( 'trim', explode( ':', is_string( $what ) ? $what : '', 2 ) ) + array( '', '' );
		if ( ! isset( self::TYPES[ $type ] ) ) {
			throw new \InvalidArgumentException( "\$fields[\"$name\"] must begin with " . implode( ', ', array_keys( self::TYPES ) ) . ', or be a list of allowed values.' );
		}
		$schema         = self::TYPES[ $type ];
		$schema['type'] = array( $schema['type'], 'null' );
		if ( '' !== $meant ) {
			$schema['description'] = isset( $schema['description'] ) ? $schema['description'] . ': ' . $meant : $meant;
		}
		$this->types[ $name ]   = $type;
		$this->schemas[ $name ] = $schema;
	}

	private static function allowed( string $name, array $values ): array {
		foreach ( $values as $value ) {
			if ( ! is_string( $value ) || '' === trim( $value ) ) {
				throw new \InvalidArgumentException( "\$fields[\"$name\"]: each allowed value must be a string that is not blank." );
			}
		}
		if ( ! $values || count( array_unique( $values ) ) < count( $values ) ) {
			throw new \InvalidArgumentException( "\$fields[\"$name\"] must be a list of different values." );
		}
		return array_values( $values );
	}

	/**
	 * The module has held the answer to the schema; this is for what a schema cannot say.
	 *
	 * @param mixed $value Of the answer.
	 */
	private static function is_one( string $type, $value ): bool {
		return match ( $type ) {
			'date'  => is_string( $value ) && preg_match( '/^(\d{4})-(\d\d)-(\d\d)$/D', $value, $day ) && checkdate( (int) $day[2], (int) $day[3], (int) $day[1] ),
			'email' => is_string( $value ) && false !== is_email( $value ),
			default => true,
		};
	}
}
