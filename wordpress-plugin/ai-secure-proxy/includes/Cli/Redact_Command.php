<?php
/**
 * `wp aisp redact`: a text as a provider would get it.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Policy;
use WP_CLI;

defined( 'ABSPATH' ) || exit;

final class Redact_Command {

	/**
	 * Shows a text as a provider would get it, with placeholders for private values. Sends nothing.
	 *
	 * How many values of each type were found goes to the standard error.
	 *
	 * ## OPTIONS
	 *
	 * [<text>]
	 * : The text; - or nothing reads it from the standard input.
	 *
	 * [--format=<format>]
	 * : How to print it; json has the text and the numbers.
	 * ---
	 * default: text
	 * options:
	 *   - text
	 *   - json
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp aisp redact "Call Ann on +44 20 7946 0958, or write to ann@example.com"
	 *     wp aisp redact --format=json < letter.txt
	 *
	 * @param string[] $args       The text.
	 * @param array    $assoc_args The options.
	 */
	public function __invoke( array $args, array $assoc_args ): void {
		Input::need_module();
		try {
			$redacted = aisp_redact( Input::text( $args[0] ?? '-' ), Policy::current( Access::caller( 'cli', 'cli' ) ) );
		} catch ( \Aisp\Exception $e ) {
			Input::refused( $e );
			return;
		}
		if ( 'json' === ( $assoc_args['format'] ?? 'text' ) ) {
			$redacted['found'] = (object) $redacted['found'];
			WP_CLI::print_value( $redacted, array( 'format' => 'json' ) );
			return;
		}
		WP_CLI::line( $redacted['text'] );
		$counts = Standing::counts( $redacted['found'] );
		/* translators: %s: types and numbers, "email 2, card 1". */
		$sum = '' === $counts ? __( 'Nothing to replace.', 'ai-secure-proxy' ) : sprintf( __( 'Replaced: %s.', 'ai-secure-proxy' ), $counts );
		file_put_contents( 'php://stderr', $sum . "\n" );
	}
}
