<?php
/**
 * Plugin Name: A REST route that does nothing, for benchmarks
 */

declare( strict_types=1 );

add_action(
	'rest_api_init',
	static function (): void {
		register_rest_route(
			'bench/v1',
			'/trivial',
			array(
				'methods'             => array( 'GET', 'POST' ),
				'callback'            => static fn() => array( 'ok' => true ),
				'permission_callback' => static fn() => current_user_can( 'aisp_infer' ),
			)
		);
	}
);
