<?php
/**
 * An answer that has to be asked for: the module beside plain libcurl, both to the same static answer over a kept connection.
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';

$caller = array( 'user_id' => 1, 'route' => 'bench', 'site' => 'bench' );
$policy = bench_policy();
$curl   = curl_init( getenv( 'SITE_URL' ) . '/bench/v1/responses' );
$number = 0;

$times = take_turns(
	array(
		'libcurl and json_decode()'                  => static function () use ( $curl, &$number ) {
			$body = json_encode( array( 'model' => 'bench', 'input' => 'Prompt ' . ++$number, 'store' => false ) );
			curl_setopt_array(
				$curl,
				array(
					CURLOPT_POSTFIELDS     => $body,
					CURLOPT_HTTPHEADER     => array( 'Content-Type: application/json', 'Authorization: Bearer bench-key' ),
					CURLOPT_RETURNTRANSFER => true,
				)
			);
			return json_decode( (string) curl_exec( $curl ), true );
		},
		'aisp_infer(), a miss: admit, call, cache, record' => static function () use ( $caller, $policy, &$number ) {
			return aisp_infer( array( 'prompt' => 'Prompt ' . ++$number ), $caller, $policy );
		},
	),
	20,
	100
);
print_table( 'A miss', $times );
printf( "  above libcurl: %.3f ms (p50)\n", ( percentile( end( $times ), 0.5 ) - percentile( reset( $times ), 0.5 ) ) / 1000 );
clean_up();
