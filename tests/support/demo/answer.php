<?php
/**
 * Reads one answer of POST /infer, as curl printed it with status and seconds below, and shows it: `answer.php miss|hit`.
 *
 * Ends with 1 where there is no answer, or where it came from the cache and should not have, or the other way round.
 */

$lines = explode( "\n", rtrim( stream_get_contents( STDIN ) ) );
list( $http_status, $seconds ) = explode( ' ', array_pop( $lines ) . ' 0' );

$body   = json_decode( implode( "\n", $lines ), true );
$cached = $body['cached'] ?? null;
if ( '200' !== $http_status || ! isset( $body['result']['text'] ) ) {
	printf( "        %s: %s\n", $http_status, $body['message'] ?? implode( ' ', $lines ) );
	exit( 1 );
}
printf(
	"\n%s, %.0f ms, cached: %s (%s, %d tokens in, %d out)\n  %s\n",
	'miss' === $argv[1] ? 'First answer' : 'The same again',
	1000 * (float) $seconds,
	$cached ? 'yes' : 'no',
	$body['result']['model'] ?? '?',
	$body['result']['tokens_in'] ?? 0,
	$body['result']['tokens_out'] ?? 0,
	str_replace( "\n", "\n  ", trim( $body['result']['text'] ) )
);
exit( ( 'hit' === $argv[1] ) === $cached ? 0 : 1 );
