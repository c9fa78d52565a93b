<?php
/**
 * Plugin Name: A handler of webhooks that throws where the event says so, until its fault is mended
 */

declare( strict_types=1 );

add_action(
	'aisp_webhook_received',
	static function ( $payload ): void {
		if ( is_array( $payload ) && ! empty( $payload['throw'] ) && ! get_option( 'aisp_test_mended' ) ) {
			throw new LogicException( 'The handler has a fault.' );
		}
	}
);
