<?php
/**
 * A site that is read from right to left while the option aisp_test_rtl is set, without a language pack: none can be fetched here.
 */

declare( strict_types=1 );

add_action(
	'init',
	static function (): void {
		if ( ! get_option( 'aisp_test_rtl' ) ) {
			return;
		}
		$GLOBALS['wp_locale']->text_direction = 'rtl';
		// What a language pack says of itself, and scripts go by.
		add_filter( 'gettext_with_context', static fn( string $text, string $original, string $context ) => 'text direction' === $context ? 'rtl' : $text, 10, 3 );
	},
	0
);
