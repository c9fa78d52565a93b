<?php
/**
 * Redaction: what a text costs on its way out, by its size, and that no text costs more than in proportion.
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';

$prose   = 'The harbour lay quiet that morning, and nobody on the quay could say when the last of the boats had gone out. ';
$private = $prose . 'Write to ann@example.com or call +1 212 555 0123 before the fifth; the card is 4111 1111 1111 1111. ';
$fill    = static fn( string $text, int $bytes ): string => substr( str_repeat( $text, intdiv( $bytes, strlen( $text ) ) + 1 ), 0, $bytes );
$run     = static fn( string $text ): callable => static fn() => aisp_redact( $text );

print_table(
	'Redaction of 8 KB',
	take_turns(
		array(
			'prose'                                => $run( $fill( $prose, 8192 ) ),
			'prose with a private value every 70 bytes' => $run( $fill( $private, 8192 ) ),
			'prose, and a pattern of the administrator' => static fn() => aisp_redact( $fill( $prose, 8192 ), array( 'redact' => array( 'patterns' => array( 'customer' => 'K-[0-9]{6}' ) ) ) ),
		),
		10,
		200
	)
);

$hostile = array( '@', 'a@', '1-', '1 ', '1.', ':', 'a:', '+', '1', '(', '[EMAIL_', '[EMAIL_1]', 'DE89', 'DE89 ', 'a@b.co,', '+1', '4111 1111 ', '1:', 'fe80::', '00:', '192.168.' );
$times   = array();
foreach ( $hostile as $piece ) {
	$text = $fill( $piece, 1 << 20 );
	foreach ( take_turns( array( $piece => $run( $text ) ), 2, 3 ) as $list ) {
		$times[ $piece ] = percentile( $list, 0.5 ) / 1000;
	}
}
arsort( $times );
echo "\n1 MB of one piece over and over, the slowest of ", count( $hostile ), "\n";
foreach ( array_slice( $times, 0, 5, true ) as $piece => $ms ) {
	printf( "  %-58s %8.1f ms\n", $piece, $ms );
}
