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
			'overview'   => array(
				__( 'What calls to AI providers came to: how many, how fast, what they cost, and what failed. Times are those of the site; days on the charts of 30 days are those of UTC.', 'ai-secure-proxy' ),
				__( 'A hit is a call that the cache answered: it costs nothing and counts towards no quota. P95 is the time that 95 of 100 calls stayed within; a provider has its part of it, and the rest is what the proxy itself took.', 'ai-secure-proxy' ),
				__( 'An error is a call that was refused, such as by a quota, or that failed, such as at its provider. A provider that fails too often is left alone for a while: its breaker is open.', 'ai-secure-proxy' ),
				__( 'Cost is known for models that have a price, in the settings or built in. Figures lead to the log, which is filtered by whole days.', 'ai-secure-proxy' ),
			),
			'log'        => array(
				__( 'One row for each call: who, when, which model, how long, how many tokens, what came of it. No prompt and no answer is ever kept in it.', 'ai-secure-proxy' ),
				__( 'The address of the page says what is looked at: it can be sent to somebody else. Views keep it under a name, for you alone. Days are those of the site.', 'ai-secure-proxy' ),
				__( 'Calls with the same hash asked the same thing. Counting and pages end at 10,000 calls; filter to see older ones. An export has all that is found.', 'ai-secure-proxy' ),
			),
			'playground' => array( __( 'Ask a model as your site would, with the same limits, redaction and cache. Each question counts as yours and costs what it says.', 'ai-secure-proxy' ) ),
			'jobs'       => array(
				__( 'Work that goes on in the background, of all users of this site: how far it is, and what became of it. The list is looked at again every five seconds while something goes on.', 'ai-secure-proxy' ),
				__( 'A job that failed stays here until you try it again, or until its time is over; only prompts without an answer are asked again. Cancelling ends what is under way at the provider.', 'ai-secure-proxy' ),
				__( 'A job that was enqueued as a preview waits to be accepted: look at its answers and where they go first. Then they are written, if the user who asked may still edit there.', 'ai-secure-proxy' ),
			),
			'webhooks'   => array(
				__( 'Events that providers and others sent to this site. Give a source’s address to its sender; the secret that both know belongs into the environment of PHP or into wp-config.php.', 'ai-secure-proxy' ),
				__( 'An event is kept until a handler of your site, on the action aisp_webhook_received, has dealt with it. One whose handler throws is tried eight times, over hours, and is dead then: mend the handler and replay it.', 'ai-secure-proxy' ),
				__( 'Forgetting deletes an event. Should its sender repeat it, it is new.', 'ai-secure-proxy' ),
			),
			'settings'   => array(
				__( 'Models, providers, limits, budgets and all else that the proxy allows. A field that is left empty has the default that stands in it. Everything is looked at together when you save: if anything is wrong, nothing is saved, and each field says what it must be.', 'ai-secure-proxy' ),
				__( 'Keys are never entered here. They belong into the environment of PHP, or into wp-config.php as constants; here you say under which name. The section Secrets shows which of them are there.', 'ai-secure-proxy' ),
				__( 'An array AISP_SETTINGS in wp-config.php takes the place of the settings of the same names, which are shown as locked.', 'ai-secure-proxy' ),
			),
		};
	}
}
