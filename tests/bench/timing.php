<?php
/**
 * Does the time of a refusal tell how much of a signature was right? Welch's t-test on two classes of wrong signatures, as in
 * Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?" (2016). Above 4.5 it does.
 *
 * The classes take turns at random, each input is made anew in the same place, and differs in nothing but its bytes. They are
 * also compared without their slowest calls. Both are always made, so that the processor has the same past.
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';

const SECRET  = 'a-secret-of-more-than-sixteen-bytes';
const CROPPED = array( 0.5, 0.8, 0.9, 0.95, 0.99, 0.999 );

$calls = (int) ( getenv( 'TIMING_CALLS' ) ?: 200000 );
putenv( 'TIMING_SECRET=' . SECRET );

/** Welch's t of two lists of times. */
function welch( array $a, array $b ): float {
	$moments = static function ( array $list ): array {
		$n    = count( $list );
		$mean = array_sum( $list ) / $n;
		return array( $mean, array_sum( array_map( static fn( $x ): float => ( $x - $mean ) ** 2, $list ) ) / ( $n - 1 ) / $n );
	};
	list( $mean_a, $error_a ) = $moments( $a );
	list( $mean_b, $error_b ) = $moments( $b );
	return ( $mean_a - $mean_b ) / sqrt( $error_a + $error_b );
}

/**
 * Times a function with inputs of both classes, and prints the t of all calls and the largest of those without the slowest.
 *
 * @param string     $name    What is timed.
 * @param callable   $f       Takes one input.
 * @param callable $make Makes an input of each class.
 */
function compare( string $name, callable $f, callable $make ): void {
	global $calls;
	$times = array( array(), array() );
	for ( $i = -1000; $i < 2 * $calls; $i++ ) {
		$class  = random_int( 0, 1 );
		$inputs = $make();
		$input  = $inputs[ $class ];
		$start = hrtime( true );
		$f( $input );
		$took = hrtime( true ) - $start;
		if ( $i >= 0 ) { // The first ones warm up.
			$times[ $class ][] = $took;
		}
	}
	$sorted = array_merge( ...$times );
	sort( $sorted );
	$largest = 0.0;
	foreach ( CROPPED as $share ) {
		$limit = percentile( $sorted, $share );
		$below = array_map( static fn( array $list ): array => array_filter( $list, static fn( $took ): bool => $took <= $limit ), $times );
		if ( min( array_map( 'count', $below ) ) > 1 ) { // Where one class is slower throughout, none of it is left.
			$t       = welch( ...$below );
			$largest = abs( $t ) > abs( $largest ) ? $t : $largest;
		}
	}
	$apart = array_map(
		static function ( array $list ): float {
			sort( $list );
			return percentile( $list, 0.5 );
		},
		$times
	);
	printf( "  %-58s %8.2f µs  %8.0f ns  %8.2f  %8.2f\n", $name, percentile( $sorted, 0.5 ) / 1000, $apart[1] - $apart[0], welch( ...$times ), $largest );
}

/**
 * Signatures that are wrong from the first byte, and such as are right but for the last.
 *
 * @param string   $right The right bytes.
 * @param callable $write Makes an input of bytes.
 * @return callable For compare().
 */
function wrong( string $right, callable $write ): callable {
	return static function () use ( $right, $write ): array {
		$random    = random_bytes( strlen( $right ) );
		$random[0] = chr( ord( $right[0] ) ^ random_int( 1, 255 ) );
		$close     = $right;
		$close[-1] = chr( ord( $right[-1] ) ^ random_int( 1, 255 ) );
		return array( $write( $random ), $write( $close ) );
	};
}

/** Whatever is wrong is refused; how long that took is the question. */
function refused( callable $f ): void {
	try {
		$f();
	} catch ( Aisp\Unauthorized ) {
		return;
	}
	throw new LogicException( 'A wrong signature was accepted.' );
}

$body = str_repeat( 'x', 64 );
$hmac = static fn( string $message, string $key = SECRET ): string => hash_hmac( 'sha256', $message, $key, true );
$now  = time();

printf( "\nWelch's t between signatures wrong from the start and wrong at the end, %d calls\n", 2 * $calls );
printf( "  %-58s %11s  %11s  %8s  %8s\n", 'an absolute value above 4.5 is a leak', 'p50', 'apart', 't', 'cropped' );

$hex = static fn( string $header ): Closure => static fn( string $value ) => refused( static fn() => aisp_verify_webhook( $body, array( $header => $value ), array( 'scheme' => 'hex', 'secret_env' => 'TIMING_SECRET', 'dedupe' => false ) ) );
compare( 'aisp_verify_webhook, hex', $hex( 'X-AISig' ), wrong( $hmac( $body ), 'bin2hex' ) );

$standard = static fn( string $value ) => refused( static fn() => aisp_verify_webhook( $body, array( 'webhook-id' => 'msg_1', 'webhook-timestamp' => (string) $now, 'webhook-signature' => $value ), array( 'scheme' => 'standard', 'secret_env' => 'TIMING_SECRET', 'dedupe' => false, 'tolerance' => 3600 ) ) );
compare( 'aisp_verify_webhook, standard', $standard, wrong( $hmac( "msg_1.$now.$body" ), static fn( string $bytes ): string => 'v1,' . base64_encode( $bytes ) ) );

$clients = array( 'shop' => array( 'secret_env' => 'TIMING_SECRET' ) );
$signed  = static function ( string $value ) use ( $body, $clients ): void {
	refused( static fn() => aisp_verify_request( 'POST', '/', $body, array( 'X-AISP-Signature' => $value ), array( 'clients' => $clients, 'host' => 'example.com' ) ) );
};
$nonce   = str_repeat( 'a', 32 );
$time    = time();
$lines   = implode( "\n", array( 'aisp-v2', 'POST', 'example.com', '/', '', $time, $nonce, 'shop', hash( 'sha256', $body ), '' ) );
compare( 'aisp_verify_request', $signed, wrong( $hmac( $lines ), static fn( string $bytes ): string => "v2;k=shop;t=$time;n=$nonce;s=" . bin2hex( $bytes ) ) );

$strangers = static fn(): array => array_map( static fn( string $client ): string => "v2;k=$client;t=$time;n=$nonce;s=" . bin2hex( random_bytes( 32 ) ), array( 'shop', 'pohs' ) );
compare( 'aisp_verify_request, a client that there is and one that not', $signed, $strangers );

$token   = aisp_mint_token( array( 'routes' => array( '/infer' ), 'origin' => 'https://example.com' ), array( 'secret_env' => 'TIMING_SECRET', 'ttl' => 600 ) );
$payload = substr( $token, 0, (int) strrpos( $token, '.' ) );
$url     = static fn( string $bytes ): string => rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' );
$door    = array( 'secret_env' => 'TIMING_SECRET', 'route' => '/infer', 'origin' => 'https://example.com' );
compare( 'aisp_verify_token', static fn( string $value ) => refused( static fn() => aisp_verify_token( $value, $door ) ), wrong( $hmac( $payload, $hmac( 'aisp token v1' ) ), static fn( string $bytes ): string => "$payload." . $url( $bytes ) ) );

$right = bin2hex( $hmac( $body ) );
$naive = static function ( string $value ) use ( $right ): bool {
	for ( $i = 0; $i < 64; $i++ ) {
		if ( $value[ $i ] !== $right[ $i ] ) {
			return false;
		}
	}
	return true;
};
compare( 'for comparison: byte by byte, until one differs', $naive, wrong( $hmac( $body ), 'bin2hex' ) );
