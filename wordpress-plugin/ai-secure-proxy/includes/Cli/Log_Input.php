<?php
/**
 * Which records the commands on the log are about.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Log\Filter;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Log_Input {

	/** What the options say of them; ends the command where one makes no sense. */
	public static function filter( array $options ): array {
		$filter = array();
		foreach ( Filter::NAMES as $name ) {
			// Not --user: that one is WP-CLI's own, and says who runs the command.
			$option = 'user' === $name ? 'user-id' : $name;
			if ( isset( $options[ $option ] ) ) {
				$filter[ $name ] = self::value( $name, $option, $options[ $option ] );
			}
		}
		return $filter;
	}

	/** One of a few words; ends the command where it is none of them. */
	public static function choice( string $option, string $value, array $choices ): void {
		if ( ! in_array( $value, $choices, true ) ) {
			/* translators: 1: name of an option, 2: its values. */
			WP_CLI::error( sprintf( __( '--%1$s must be one of %2$s.', 'ai-secure-proxy' ), $option, implode( ', ', $choices ) ) );
		}
	}

	private static function value( string $name, string $option, mixed $value ): mixed {
		try {
			return Filter::read( $name, $value );
		} catch ( \InvalidArgumentException $e ) {
			WP_CLI::error( "--{$option}: " . $e->getMessage() );
			return null;
		}
	}
}
