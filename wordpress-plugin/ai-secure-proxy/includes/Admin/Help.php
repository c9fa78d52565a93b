<?php
/**
 * The help tab of each screen.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Admin;

defined( 'ABSPATH' ) || exit;

final class Help {

	/** To the screen that is about to be shown. */
	public static function add( string $name ): void {
		get_current_screen()->add_help_tab(
			array(
				'id'      => "aisp-$name",
				'title'   => __( 'Overview', 'ai-secure-proxy' ), // What WordPress calls the first tab of its own screens.
				'content' => implode( '', array_map( static fn( string $text ): string => '<p>' . esc_html( $text ) . '</p>', self::texts( $name ) ) ),
			)
		);
	}

	/** @return string[] Paragraphs of plain text. */
	private static function texts( string $name ): array {
		return match ( $name ) {
			'overview'   => array( __( 'What calls to AI providers came to: how many, how fast, what they cost, and what failed. Times are those of the site.', 'ai-secure-proxy' ) ),
			'log'        => array( __( 'One row for each call: who, when, which model, how long, how many tokens, what came of it. No prompt and no answer is ever kept in it.', 'ai-secure-proxy' ) ),
			'playground' => array(
				__( 'Ask a model as your site would, with the same limits, redaction and cache. Each question counts as yours and costs what it says.', 'ai-secure-proxy' ),
				__( '“Dry run” shows what would be sent, with private values taken out, whether the cache has the answer, and what it would cost. It sends nothing, and is neither charged nor logged.', 'ai-secure-proxy' ),
				__( '“Stop” ends the call at the provider too; what had come by then is paid for. Questions and answers are kept on this page until you leave it, and nowhere else.', 'ai-secure-proxy' ),
			),
			'jobs'       => array( __( 'Work that goes on in the background: how far it is, and what became of it.', 'ai-secure-proxy' ) ),
			'webhooks'   => array( __( 'Events that providers and others sent to this site. One that could not be handled is tried eight times, and is dead then; it can be replayed.', 'ai-secure-proxy' ) ),
			'settings'   => array( __( 'Models, providers, limits, budgets and all else that the proxy allows. Keys are never entered here: they belong into the environment of PHP, or into wp-config.php as constants.', 'ai-secure-proxy' ) ),
		};
	}
}
