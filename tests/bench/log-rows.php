<?php
/**
 * Fills the log of the site with calls as they come in life: log-rows.php HOW_MANY
 *
 * Ninety days, 200 users of whom a few ask most, a handful of models, a third of all from the cache, three in a hundred that
 * fail, most of those for few reasons; one model that was given up a month ago, and an hour in which a provider was down.
 */

declare( strict_types=1 );

require_once getenv( 'SITE_ROOT' ) . '/wp-load.php';

use AI_Secure_Proxy\Log\Table;

global $wpdb; // A test reads this file in a function.
$wanted = (int) ( $argv[1] ?? 1000000 );
$there  = (int) $wpdb->get_var( 'SELECT COUNT(*) FROM ' . Table::name() );
mt_srand( 7 );

/** One of the keys, as often as its weight says. */
$pick = static function ( array $weights ): string {
	$at = mt_rand( 1, (int) array_sum( $weights ) );
	foreach ( $weights as $key => $weight ) {
		$at -= $weight;
		if ( $at <= 0 ) {
			return (string) $key;
		}
	}
};

$models  = array( 'gpt-4o-mini' => 520, 'gpt-4o' => 120, 'gpt-4.1-nano' => 90, 'claude-haiku' => 130, 'claude-sonnet' => 50, 'gemini-flash' => 80, 'gemini-pro' => 9, 'o4-mini' => 1 );
$routes  = array( '/infer' => 600, '/infer/stream' => 220, '/batch' => 80, '/jobs' => 70, 'cli' => 29, '/webhook' => 1 );
$sources = array( 'rest' => 500, 'block' => 200, 'seo-titles' => 120, 'alt-texts' => 90, 'comments' => 50, 'forms' => 30, 'shop' => 9, 'cli' => 1 );
$errors  = array( 'policy_quota' => 400, 'policy_budget' => 90, 'provider_busy' => 200, 'provider_timeout' => 150, 'provider_unavailable' => 60, 'caller_invalid' => 60, 'provider_content_refused' => 20, 'policy_blocked_input' => 15, 'provider_schema' => 5, 'caller_aborted' => 4, 'store_unavailable' => 1 );
$status  = array( 'policy_quota' => 429, 'policy_budget' => 429, 'provider_busy' => 503, 'provider_timeout' => 504, 'provider_unavailable' => 502, 'caller_invalid' => 400, 'provider_content_refused' => 422, 'policy_blocked_input' => 422, 'provider_schema' => 502, 'caller_aborted' => 499, 'store_unavailable' => 503 );
$vendor  = static fn( string $model ): string => str_starts_with( $model, 'claude' ) ? 'anthropic' : ( str_starts_with( $model, 'gemini' ) ? 'google' : 'openai' );

$end   = time() - 60;
$began = microtime( true );
$spent = 0.0;
$batch = array();
for ( $i = $there; $i < $wanted; $i++ ) {
	$age   = ( 1 - $i / $wanted ) * 90 * 86400;
	$model = $age > 30 * 86400 && 0 === $i % 25 ? 'gpt-3.5-turbo' : $pick( $models );
	$user  = 0 === mt_rand( 0, 4 ) ? 0 : 1 + (int) ( 200 * ( mt_rand() / mt_getrandmax() ) ** 3 );
	$down  = $age > 20 * 86400 && $age < 20 * 86400 + 3600;
	$error = $down && 'openai' === $vendor( $model ) ? 'provider_unavailable' : ( mt_rand( 1, 1000 ) <= 30 ? $pick( $errors ) : null );
	$hit   = null === $error && mt_rand( 1, 100 ) <= 33;
	$id    = sprintf( '%08x-%04x-7%03x-8%03x-%012x', $i >> 8, $i & 0xffff, mt_rand( 0, 0xfff ), mt_rand( 0, 0xfff ), mt_rand() );
	$asked = null === $error && ! $hit;
	$in    = $asked ? mt_rand( 20, 3000 ) : 0;
	$out   = $asked ? mt_rand( 5, 800 ) : 0;
	$batch[] = array(
		'uid'           => $id,
		'request_id'    => $id,
		'user_id'       => $user,
		'route'         => $pick( $routes ),
		'req_hash'      => 'caller_invalid' === $error ? '' : hash( 'sha256', (string) ( $hit ? mt_rand( 1, 3000 ) : $i ) ),
		'tokens_in'     => $in,
		'tokens_out'    => $out,
		'duration_ms'   => $hit ? mt_rand( 0, 4 ) : ( $asked ? (int) ( 300 * exp( mt_rand( 0, 3000 ) / 1000 ) ) : mt_rand( 0, 16000 ) ),
		'status_code'   => null === $error ? 200 : $status[ $error ],
		'error'         => $error,
		'created_at'    => $end - (int) $age,
		'provider'      => null === $error || str_starts_with( $error, 'provider' ) ? $vendor( $model ) : '',
		'model'         => 'caller_invalid' === $error ? '' : $model,
		'cached'        => (int) $hit,
		'attempts'      => $asked ? 1 : ( $hit ? 0 : 3 ),
		'cost_microusd' => 'gemini-pro' === $model ? null : ( $in + 4 * $out ) / 7,
		'client'        => 0 === $user ? $pick( array( 'shop' => 30, 'crm' => 5, 'token:visitor' => 60, '' => 5 ) ) : ( 0 === $user % 10 ? "token:user:$user" : '' ),
		'source'        => $pick( $sources ),
	);
	if ( 500 === count( $batch ) || $i + 1 === $wanted ) {
		$at = microtime( true );
		if ( ! Table::insert( $batch ) ) {
			exit( 1 );
		}
		$spent += microtime( true ) - $at;
		$batch  = array();
	}
}
if ( $wanted > $there ) {
	printf( "wrote %d rows in %.1f s; %.0f µs a row in the drain's batches of 500\n", $wanted - $there, microtime( true ) - $began, 1e6 * $spent / ( $wanted - $there ) );
}
