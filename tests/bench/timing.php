<?php
/**
 * Constant time: whether a refusal takes longer the nearer a wrong signature is to the right one.
 *
 * As dudect has it (Reparaz, Balasch, Verbauwhede 2016: "Dude, is my code constant time?"): calls of two classes in random
 * order, and Welch's t of their times, of all and of those below each of a hundred percentiles, because what the machine does
 * meanwhile makes a long tail. Beyond 4.5 the classes are told apart; that a comparison which leaves at the first difference
 * is told apart shows that the method would see a leak.
 *
 * The classes differ in the signature's bytes alone. Each call has a message, and strings, of its own; they are made
 * beforehand, a batch at a time, and which class comes to lie where is left to chance.
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';

/** Calls of a class; fewer for a quick look. */
define( 'CALLS', max( 1000, (int) ( getenv( 'TIMING_CALLS' ) ?: 100000 ) ) );

const BATCH     = 1000;
const THRESHOLD = 4.5;
const SECRET    = 'the-secret-of-a-bench';

/** Fewer calls than these below a percentile say nothing. */
const ENOUGH = 10000;

/** The body of every message, of which no two are alike. */
function body(): string {
	return '{"prompt":"' . bin2hex( random_bytes( 32 ) ) . '"}';
}

/** A wrong signature of 32 bytes: of class 0 any, of class 1 the right one but for its last byte. */
function wrong( int $class, string $right ): string {
	return 0 === $class ? random_bytes( 32 ) : substr( $right, 0, 31 ) . chr( ord( $right[31] ) ^ random_int( 1, 255 ) );
}

/**
 * Times calls of both classes.
 *
 * @param callable $make Class -> the arguments of one call.
 * @param callable $call The call, whose own time is the same for both.
 * @return array{list<int>, list<int>} Nanoseconds, by class.
 */
function measure( callable $make, callable $call ): array {
	$times = array( array(), array() );
	for ( $done = -BATCH; $done < 2 * CALLS; $done += BATCH ) {
		$classes = array_merge( array_fill( 0, BATCH / 2, 0 ), array_fill( 0, BATCH / 2, 1 ) );
		shuffle( $classes );
		$calls = array_map( $make, $classes );
		foreach ( $calls as $i => $arguments ) {
			$start = hrtime( true );
			$call( ...$arguments );
			$took = hrtime( true ) - $start;
			if ( $done >= 0 ) { // The first batch warms up.
				$times[ $classes[ $i ] ][] = $took;
			}
		}
	}
	array_walk( $times, static fn( array &$list ) => sort( $list ) );
	return $times;
}

/** Count, mean and variance of the values of a sorted list that lie below a bound. */
function moments( array $sorted, float $bound ): array {
	$count   = 0;
	$mean    = 0.0;
	$squares = 0.0;
	foreach ( $sorted as $value ) {
		if ( $value >= $bound ) {
			break;
		}
		$off      = $value - $mean;
		$mean    += $off / ++$count;
		$squares += $off * ( $value - $mean );
	}
	return array( $count, $mean, $count > 1 ? $squares / ( $count - 1 ) : 0.0 );
}

/** Welch's t of the times below a bound; null where there are too few, or all are equal. */
function welch( array $times, float $bound ): ?float {
	list( $n0, $mean0, $variance0 ) = moments( $times[0], $bound );
	list( $n1, $mean1, $variance1 ) = moments( $times[1], $bound );
	$enough                         = INF === $bound ? 2 : min( ENOUGH, CALLS / 2 );
	$spread                         = min( $n0, $n1 ) < $enough ? 0.0 : $variance0 / $n0 + $variance1 / $n1;
	return $spread > 0 ? ( $mean1 - $mean0 ) / sqrt( $spread ) : null;
}

/** The largest t below dudect's hundred percentiles, with its sign. */
function welch_cropped( array $times ): float {
	$all = array_merge( ...$times );
	sort( $all );
	$bounds = array();
	for ( $i = 1; $i <= 100; $i++ ) {
		$bounds[] = percentile( $all, 1 - 0.5 ** ( 10 * $i / 100 ) );
	}
	$largest = 0.0;
	foreach ( array_unique( $bounds ) as $bound ) {
		$t       = welch( $times, $bound ) ?? 0.0;
		$largest = abs( $t ) > abs( $largest ) ? $t : $largest;
	}
	return $largest;
}

/** Refusals are what is timed; one that does not come would make the figures those of something else. */
function refused( callable $verify ): callable {
	return static function ( ...$arguments ) use ( $verify ): void {
		try {
			$verify( ...$arguments );
		} catch ( Aisp\Unauthorized ) {
			return;
		}
		throw new LogicException( 'a wrong signature was taken' );
	};
}

/** Measures and prints one line. */
function row( string $name, callable $make, callable $call ): void {
	$times = measure( $make, $call );
	printf(
		"  %-52s %10.2f  %10.2f  %10.1f  %10.1f\n",
		$name,
		percentile( $times[0], 0.5 ) / 1000,
		percentile( $times[1], 0.5 ) / 1000,
		welch( $times, INF ) ?? 0.0,
		welch_cropped( $times )
	);
}

function head( string $title, string $one, string $other ): void {
	printf( "\n%s\n  %-52s %11s %11s %11s %11s\n", $title, '', "$one µs", "$other µs", 't, all', 't, cropped' );
}

putenv( 'AISP_BENCH_SECRET=' . SECRET );
gc_disable();

$hex      = array(
	'scheme'     => 'hex',
	'secret_env' => 'AISP_BENCH_SECRET',
);
$standard = array( 'scheme' => 'standard' ) + $hex;
$door     = array(
	'clients' => array(
		'desk' => array( 'secret_env' => 'AISP_BENCH_SECRET' ),
		'shop' => array( 'secret_env' => 'AISP_BENCH_SECRET' ),
	),
	'host'    => 'example.com',
	'site'    => 'bench',
);
$signer   = array(
	'client'     => 'shop',
	'secret_env' => 'AISP_BENCH_SECRET',
	'host'       => 'example.com',
);
$claims   = array(
	'routes' => array( '/infer' ),
	'origin' => 'https://example.com',
	'site'   => 'bench',
);
$gate     = array(
	'secret_env' => 'AISP_BENCH_SECRET',
	'route'      => '/infer',
	'origin'     => 'https://example.com',
	'site'       => 'bench',
);
$minter   = array( 'secret_env' => 'AISP_BENCH_SECRET' );

$verify_webhook = static fn( string $body, array $headers, array $options ): array => aisp_verify_webhook( $body, $headers, $options );
$verify_request = static fn( string $body, array $headers ): array => aisp_verify_request( 'POST', '/infer', $body, $headers, $door );
$verify_token   = static fn( string $token ): array => aisp_verify_token( $token, $gate );

/** What a client sends: its body, and its headers with this signature instead of its own; `$client` is another one's name. */
$signed = static function ( callable $forge, string $client = 'shop' ) use ( $signer ): array {
	$body   = body();
	$header = aisp_sign_request( 'POST', '/infer', $body, $signer )['X-AISP-Signature'];
	$right  = (string) hex2bin( substr( $header, -64 ) );
	return array( $body, array( 'X-AISP-Signature' => str_replace( ';k=shop;', ";k=$client;", substr( $header, 0, -64 ) ) . bin2hex( $forge( $right ) ) ) );
};

$hex_webhook = static function ( callable $forge ) use ( $hex ): array {
	$body = body();
	return array( $body, array( 'x-aisig' => bin2hex( $forge( hash_hmac( 'sha256', $body, SECRET, true ) ) ) ), $hex );
};

$standard_webhook = static function ( callable $forge ) use ( $standard ): array {
	$body  = body();
	$id    = bin2hex( random_bytes( 8 ) );
	$time  = (string) time();
	$right = hash_hmac( 'sha256', "$id.$time.$body", SECRET, true );
	return array(
		$body,
		array(
			'webhook-id'        => $id,
			'webhook-timestamp' => $time,
			'webhook-signature' => 'v1,' . base64_encode( $forge( $right ) ),
		),
		$standard,
	);
};

$token = static function ( callable $forge ) use ( $claims, $minter ): array {
	$minted = aisp_mint_token( $claims + array( 'sub' => bin2hex( random_bytes( 8 ) ) ), $minter );
	$dot    = strrpos( $minted, '.' ) + 1;
	$right  = base64_decode( strtr( substr( $minted, $dot ), '-_', '+/' ) );
	return array( substr( $minted, 0, $dot ) . rtrim( strtr( base64_encode( $forge( $right ) ), '+/', '-_' ), '=' ) );
};

$compared = static function ( callable $forge ): array {
	$right = hash_hmac( 'sha256', body(), SECRET, true );
	return array( bin2hex( $right ), bin2hex( $forge( $right ) ) );
};

$doors = array(
	'aisp_verify_webhook(), scheme hex'      => array( $hex_webhook, $verify_webhook ),
	'aisp_verify_webhook(), scheme standard' => array( $standard_webhook, $verify_webhook ),
	'aisp_verify_request()'                  => array( $signed, $verify_request ),
	'aisp_verify_token()'                    => array( $token, $verify_token ),
);

printf( "\nConstant time: Welch's t of %d calls of each class, as dudect has it; a leak where |t| stays beyond %.1f\n", CALLS, THRESHOLD );

head( 'Wrong signatures, refused: random ones beside those of which only the last of 32 bytes is wrong', 'random', 'last byte' );
foreach ( $doors as $name => list( $make, $verify ) ) {
	$verify( ...$make( static fn( string $right ): string => $right ) ); // Throws unless the right one is taken: then the wrong ones are refused for the bytes that differ.
	row( $name, static fn( int $class ): array => $make( static fn( string $right ): string => wrong( $class, $right ) ), refused( $verify ) );
}

head( 'Random signatures of a client that there is, and of one that there is not', 'known', 'unknown' );
row(
	'aisp_verify_request()',
	static fn( int $class ): array => $signed( static fn(): string => random_bytes( 32 ), 0 === $class ? 'shop' : 'ship' ),
	refused( $verify_request )
);

head( 'For comparison, what does leak: the first kind of strings, compared in plain PHP', 'random', 'last byte' );
$controls = array(
	'byte by byte, until one differs' => static function ( string $right, string $given ): bool {
		for ( $i = 0; $i < 64; $i++ ) {
			if ( $right[ $i ] !== $given[ $i ] ) {
				return false;
			}
		}
		return true;
	},
	'==='                             => static fn( string $right, string $given ): bool => $right === $given,
	'hash_equals()'                   => static fn( string $right, string $given ): bool => hash_equals( $right, $given ),
);
foreach ( $controls as $name => $compare ) {
	row( $name, static fn( int $class ): array => $compared( static fn( string $right ): string => wrong( $class, $right ) ), $compare );
}
