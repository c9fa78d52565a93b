<?php
/**
 * Some admin pages ask wordpress.org for news, and warn where there is no network: here it has none.
 */

declare( strict_types=1 );

add_filter(
	'pre_http_request',
	static fn( $answer, array $args, string $url ) => str_ends_with( (string) wp_parse_url( $url, PHP_URL_HOST ), '.wordpress.org' )
		? array(
			'headers'  => array(),
			'body'     => '',
			'response' => array(
				'code'    => 404,
				'message' => 'Not Found',
			),
			'cookies'  => array(),
			'filename' => null,
		)
		: $answer,
	10,
	3
);
