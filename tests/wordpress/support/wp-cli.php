<?php
/**
 * Stands in for WP-CLI, which no package registry has: takes a command line apart as WP-CLI does, holds it against the
 * command's own documentation, runs the command, and records what it prints.
 *
 * phpcs:disable Generic.Files.OneObjectStructurePerFile
 */

declare( strict_types=1 );

namespace {

	define( 'WP_CLI', true );

	/** What WP_CLI::error() does to the rest of a command. */
	final class CliExit extends Exception {}

	final class WP_CLI {

		public static array $commands = array();
		public static array $printed  = array();

		/** WP-CLI's own parameters; they never reach a command. */
		private const GLOBALS = array( 'path', 'url', 'ssh', 'http', 'user', 'skip-plugins', 'skip-themes', 'require', 'exec', 'context', 'color', 'debug', 'prompt', 'quiet' );

		public static function add_command( string $name, string $class ): void {
			self::$commands[ $name ] = $class;
		}

		public static function line( string $text ): void {
			self::$printed[] = array( 'line', $text );
		}

		public static function log( string $text ): void {
			self::$printed[] = array( 'log', $text );
		}

		public static function warning( string $text ): void {
			self::$printed[] = array( 'warning', $text );
		}

		public static function success( string $text ): void {
			self::$printed[] = array( 'success', $text );
		}

		public static function print_value( mixed $value, array $options ): void {
			self::$printed[] = array( 'value', $options['format'], $value );
		}

		public static function error( string $text ): never {
			self::$printed[] = array( 'error', $text );
			throw new CliExit();
		}

		/** Nobody is there to type y: without --yes the command ends. */
		public static function confirm( string $question, array $options = array() ): void {
			if ( ! ( $options['yes'] ?? false ) ) {
				self::$printed[] = array( 'confirm', $question );
				throw new CliExit();
			}
		}

		/** @return array[] What was printed. */
		public static function run( array $words ): array {
			self::$printed = array();
			$args          = array();
			$options       = array();
			foreach ( $words as $word ) {
				if ( preg_match( '/^--no-([^=]+)$/', $word, $part ) ) {
					$options[ $part[1] ] = false;
				} elseif ( preg_match( '/^--([^=]+)$/', $word, $part ) ) {
					$options[ $part[1] ] = true;
				} elseif ( preg_match( '/^--([^=]+)=(.*)/s', $word, $part ) ) {
					$options[ $part[1] ] = $part[2];
				} else {
					$args[] = $word;
				}
			}
			if ( isset( $options['user'] ) ) { // As WP-CLI does before the command: by id, login or address.
				$user = get_user_by( is_numeric( $options['user'] ) ? 'id' : ( is_email( $options['user'] ) ? 'email' : 'login' ), $options['user'] );
				wp_set_current_user( $user->ID );
			}
			$options = array_diff_key( $options, array_flip( self::GLOBALS ) );
			$method  = self::method( $args );
			$doc     = (string) $method->getDocComment();
			foreach ( array_keys( $options ) as $option ) {
				$known = preg_match( '/\* \[?--(no-)?' . preg_quote( $option, '/' ) . '(=<[a-z-]+>)?\]?\n/', $doc );
				if ( ! $known ) {
					self::$printed[] = array( 'error', "unknown --$option parameter" );
					return self::$printed;
				}
			}
			preg_match_all( '/\* --([a-z-]+)=<[a-z-]+>\n/', $doc, $wanted );
			if ( array_diff( $wanted[1], array_keys( $options ) ) ) {
				self::$printed[] = array( 'error', 'missing ' . implode( ', ', $wanted[1] ) );
				return self::$printed;
			}
			preg_match_all( '/\* \[--([a-z-]+)=<[^>]+>\]\s+\* : [^\n]+\s+\* ---\s+\* default: (\S+)/', $doc, $defaults );
			ob_start( array( self::class, 'heard' ), 1 );
			try {
				$method->invoke( $method->getDeclaringClass()->newInstance(), $args, $options + array_combine( $defaults[1], $defaults[2] ) );
			} catch ( CliExit ) {
				return self::$printed;
			} finally {
				ob_end_flush();
			}
			return self::$printed;
		}

		/** What a command prints past WP-CLI, piece by piece. */
		public static function heard( string $text ): string {
			if ( '' !== $text ) {
				self::$printed[] = array( 'out', $text );
			}
			return '';
		}

		/** Takes the words that name the command off: `aisp log list` is a method of a command, `aisp batch` or `aisp job enqueue` a class. */
		private static function method( array &$words ): ReflectionMethod {
			foreach ( array( 3, 2, 1 ) as $length ) {
				$class = self::$commands[ implode( ' ', array_slice( $words, 0, $length ) ) ] ?? null;
				if ( null !== $class ) {
					array_splice( $words, 0, $length );
					return method_exists( $class, '__invoke' ) ? new ReflectionMethod( $class, '__invoke' ) : self::subcommand( $class, (string) array_shift( $words ) );
				}
			}
			throw new Exception( 'no command ' . implode( ' ', $words ) );
		}

		private static function subcommand( string $class, string $verb ): ReflectionMethod {
			foreach ( ( new ReflectionClass( $class ) )->getMethods( ReflectionMethod::IS_PUBLIC ) as $method ) {
				$named = preg_match( '/@subcommand (\S+)/', (string) $method->getDocComment(), $name ) ? $name[1] : $method->name;
				if ( $named === $verb ) {
					return $method;
				}
			}
			throw new Exception( "no command $verb" );
		}
	}
}

namespace WP_CLI\Utils {

	/** A bar that remembers how far it came. */
	function make_progress_bar( string $message, int $count ): object {
		return new class( $count ) {

			private int $ticks = 0;

			public function __construct( private int $count ) {}

			public function tick(): void {
				++$this->ticks;
			}

			public function finish(): void {
				\WP_CLI::$printed[] = array( 'progress', $this->ticks, $this->count );
			}
		};
	}

	function format_items( string $format, array $items, array $fields ): void {
		foreach ( $items as $item ) {
			if ( array_diff( $fields, array_keys( $item ) ) ) {
				throw new \Exception( 'an item lacks a field' );
			}
		}
		\WP_CLI::$printed[] = array( 'items', $format, $fields, $items );
	}
}
