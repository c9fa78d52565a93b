<?php
/**
 * Writes the plugin's settings for the demo, `settings.php SITE`: provider, model, base URL and
 * the key's name, a line each, on standard input.
 */

require $argv[1] . '/wp-load.php';

list( $provider, $model, $base_url, $key_env ) = array_map( 'trim', explode( "\n", stream_get_contents( STDIN ) ) );

$policy = array(
	'default_model' => $model,
	'models'        => array( $model => array( 'route' => array( array( $provider, $model ) ) ) ),
);
if ( '' !== $base_url ) {
	$policy['providers'] = array(
		$provider => array_filter(
			array(
				'kind'     => 'openai_chat',
				'base_url' => $base_url,
				'key_env'  => $key_env,
			)
		),
	);
}
// What somebody has set beside it stays.
$settings = get_option( 'aisp_settings' );
$settings = is_array( $settings ) ? $settings : array();
unset( $settings['providers'] );
update_option( 'aisp_settings', array_merge( $settings, $policy ) );
