<?php
/**
 * What the commands have in common: the module must be there, a text may come from a pipe, options become a request.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Module;
use AI_Secure_Proxy\Rest\Infer_Schema;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Input {

	/** Option => key of a request. --no-cache comes as cache => false. */
	private const KEYS = array(
		'model'       => 'model',
		'system'      => 'system',
		'max-tokens'  => 'max_tokens',
		'temperature' => 'temperature',
		'cache'       => 'cache',
		'moderate'    => 'moderate',
	);

	public static function need_module(): void {
		if ( ! Module::present() ) {
			WP_CLI::error( Module::how_to_install() );
		}
	}

	/** The argument, or for - what comes on the standard input. */
	public static function text( string $argument ): string {
		return '-' === $argument ? (string) stream_get_contents( STDIN ) : $argument;
	}

	/** What the options say of a request, each in its type: they are texts, like the fields of a form. */
	public static function request( array $options ): array {
		$request = array();
		foreach ( self::KEYS as $option => $key ) {
			if ( isset( $options[ $option ] ) ) {
				$request[ $key ] = $options[ $option ];
			}
		}
		return Infer_Schema::from_form( $request );
	}

	/** A whole number of at least $least; null where the option is not given. */
	public static function number( array $options, string $key, int $least ): ?int {
		if ( ! isset( $options[ $key ] ) ) {
			return null;
		}
		$value = filter_var( $options[ $key ], FILTER_VALIDATE_INT, array( 'options' => array( 'min_range' => $least ) ) );
		if ( false === $value ) {
			/* translators: 1: name of an option, 2: a number. */
			WP_CLI::error( sprintf( __( '--%1$s wants a whole number from %2$d on.', 'ai-secure-proxy' ), $key, $least ) );
		}
		return (int) $value;
	}

	/**
	 * Ends the command with the module's words.
	 *
	 * @throws \WP_CLI\ExitException By WP-CLI's choice.
	 */
	public static function refused( \Aisp\Exception $e ): void {
		WP_CLI::error( $e->getSlug() . ': ' . $e->getMessage() );
	}
}
