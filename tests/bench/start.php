<?php
/**
 * What the module costs before it does anything: time to start, memory, size.
 *
 * Usage: php -n start.php PHP MODULE DIR
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';
list( , $php, $module, $dir ) = $argv;
$with = array( $php, '-n', '-d', "extension=$module", '-d', "aisp.store=sqlite:$dir/start/aisp.db" );

/** Runs a command and returns what it prints. */
function output( array $command ): string {
	$process = proc_open( $command, array( 1 => array( 'pipe', 'w' ) ), $pipes );
	$text    = (string) stream_get_contents( $pipes[1] );
	proc_close( $process );
	return $text;
}

$times = take_turns(
	array(
		'php -n'                  => static fn() => output( array( $php, '-n', '-r', '' ) ),
		'php -n with the module' => static fn() => output( array( ...$with, '-r', '' ) ),
	),
	20,
	5
);
print_table( 'Start of a process', $times );
printf( "  the module: %.2f ms (p50)\n", ( percentile( end( $times ), 0.5 ) - percentile( reset( $times ), 0.5 ) ) / 1000 );

$read   = 'preg_match_all( "/^(VmRSS|RssAnon):\s+(\d+)/m", file_get_contents( "/proc/self/status" ), $m ); echo implode( " ", $m[2] );';
$use    = 'try { aisp_infer( array( "prompt" => "x" ), array(), array( "providers" => array( "openai" => array( "key_env" => "NOT_SET" ) ) ) ); } catch ( Aisp\Exception ) {} aisp_status();';
$memory = array(
	'php -n'                              => output( array( $php, '-n', '-r', $read ) ),
	'with the module'                     => output( array( ...$with, '-r', $read ) ),
	'with the module, its store in use' => output( array( ...$with, '-r', $use . $read ) ),
);
printf( "\nMemory of a process\n  %-58s %11s %11s\n", '', 'RSS KiB', 'own KiB' );
foreach ( $memory as $name => $figures ) {
	list( $rss, $anonymous ) = explode( ' ', $figures );
	printf( "  %-58s %11d %11d\n", $name, $rss, $anonymous );
}
printf( "\nSize of the module: %.2f MB\n", filesize( $module ) / 1e6 );
