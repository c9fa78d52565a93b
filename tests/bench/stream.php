<?php
/**
 * A stream from a static file of events: the module beside plain libcurl that splits lines and decodes them, the time to
 * the first token and the cost of each; and the memory of a thousand streams, one after another.
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';

const DELTAS = 10000;

$policy = static fn( string $path ): array => array(
	'models'    => array( 'bench' => array() ),
	'providers' => array(
		'static' => array(
			'kind'     => 'openai_chat',
			'base_url' => getenv( 'SITE_URL' ) . $path,
		),
	),
) + bench_policy();
$curl   = static function ( string $path, callable $on_text ): void {
	static $handle;
	$handle ??= curl_init();
	$rest     = '';
	$read     = static function ( $handle, string $bytes ) use ( &$rest, $on_text ): int {
		$rest .= $bytes;
		$lines = explode( "\n", $rest );
		$rest  = array_pop( $lines );
		foreach ( $lines as $line ) {
			if ( str_starts_with( $line, 'data: {' ) ) {
				$on_text( json_decode( substr( $line, 6 ), true )['choices'][0]['delta']['content'] ?? '' );
			}
		}
		return strlen( $bytes );
	};
	curl_setopt_array(
		$handle,
		array(
			CURLOPT_URL           => getenv( 'SITE_URL' ) . "$path/chat/completions",
			CURLOPT_POSTFIELDS    => json_encode( array( 'model' => 'bench', 'stream' => true ) ),
			CURLOPT_HTTPHEADER    => array( 'Content-Type: application/json' ),
			CURLOPT_WRITEFUNCTION => $read,
		)
	);
	curl_exec( $handle );
};
$number = 0;
$stream = static function ( string $path, callable $on_text ) use ( $policy, &$number ): void {
	aisp_stream(
		array( 'prompt' => 'Prompt ' . ++$number, 'cache' => false ),
		static fn( array $event ) => 'delta' === $event['type'] ? $on_text( $event['text'] ) : null,
		array( 'user_id' => 1, 'site' => 'bench' ),
		$policy( $path )
	);
};

// Time to the first token: what take_turns() would time is the whole, so the clock is read in the callback.
$first = array( 'libcurl' => array(), 'aisp_stream()' => array() );
for ( $i = 0; $i < 2100; $i++ ) {
	foreach ( array( 'libcurl' => $curl, 'aisp_stream()' => $stream ) as $name => $run ) {
		$seen  = null;
		$start = hrtime( true );
		$run(
			'/bench/short/v1',
			static function () use ( &$seen ): void {
				$seen ??= hrtime( true );
			}
		);
		if ( $i >= 100 ) {
			$first[ $name ][] = ( $seen - $start ) / 1000;
		}
	}
}
array_walk( $first, static fn( array &$list ) => sort( $list ) );
print_table( 'Time to the first token', $first );
printf( "  added: %.3f ms (p50)\n", ( percentile( $first['aisp_stream()'], 0.5 ) - percentile( $first['libcurl'], 0.5 ) ) / 1000 );

$ignore = static fn( string $text ) => null;
$times  = take_turns(
	array(
		'libcurl, explode() and json_decode()'      => static fn() => $curl( '/bench/long/v1', $ignore ),
		'aisp_stream(), its events and its callback' => static fn() => $stream( '/bench/long/v1', $ignore ),
	),
	10,
	3
);
print_table( 'A stream of ' . DELTAS . ' deltas', $times );
printf( "  a delta: %.2f µs, callback included (p50)\n", percentile( end( $times ), 0.5 ) / DELTAS );

$resident = static fn(): int => (int) preg_filter( '/.*VmRSS:\s+(\d+) kB.*/s', '$1', file_get_contents( '/proc/self/status' ) );
$before   = $resident();
for ( $i = 0; $i < 1000; $i++ ) {
	$stream( '/bench/short/v1', $ignore );
}
printf( "\nA thousand streams more, one after another: resident memory %+d kB\n", $resident() - $before );
clean_up();
