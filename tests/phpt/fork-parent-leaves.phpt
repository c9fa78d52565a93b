--TEST--
A child outlives the parent that had the store open, and nothing it wrote or acknowledged comes undone
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_fork();
?>
--FILE--
<?php
/*
 * SQLite keeps its locks in a table of the process. A child that inherits the table, but not the locks, believes that it
 * holds them; when the parent leaves, the next process to come finds itself alone and starts everything afresh.
 */
require __DIR__ . '/support/fork.inc';

$command  = array_merge( php_command(), array( __DIR__ . '/support/outlive.inc' ) );
$stranger = 'require ' . var_export( __DIR__ . '/support/fork.inc', true ) . '; leave_record( "stranger NUMBER" ); aisp_log_drain( 1 );';

foreach ( array( 'leaves' => 20, 'is killed' => 20, 'works on' => 40 ) as $how => $of_parent ) {
	array_map( 'unlink', glob( store_file() . '*' ) );
	$pipes  = array();
	$parent = proc_open( array_merge( $command, array( $how ) ), array( 1 => array( 'pipe', 'w' ) ), $pipes );
	stream_set_blocking( $pipes[1], false );
	$output    = '';
	$strangers = 0;
	// Strangers come and go until the child, the last one with the pipe, is gone.
	while ( ! feof( $pipes[1] ) && $strangers < 1000 ) {
		$output .= stream_get_contents( $pipes[1] );
		list( $status, $said, $errors ) = run_php( str_replace( 'NUMBER', (string) ++$strangers, $stranger ) );
		expect( 0 === $status && '' === $said . $errors, 'a stranger finds the store well', $said, $errors );
	}
	proc_close( $parent );

	$expected = array( 'child early' => 1 );
	foreach ( array( 'parent' => $of_parent, 'child' => 2000, 'stranger' => $strangers ) as $who => $n ) {
		$expected += array_fill_keys( array_map( fn( $i ) => "$who $i", range( 1, $n ) ), 1 );
	}
	$gone     = array_filter( explode( "\n", $output ) );
	$expected = array_diff_key( $expected, array_flip( $gone ) );
	$found    = sources_in_store();
	echo "the parent $how: ", count( $gone ), " acknowledged\n";
	expect( $strangers > 2, 'strangers came', $strangers );
	expect( array() === array_diff_key( $expected, $found ), 'nothing is lost', count( array_diff_key( $expected, $found ) ) );
	expect( array() === array_diff_key( $found, $expected ), 'nothing comes back', array_keys( array_diff_key( $found, $expected ) ) );
	expect( array() === array_filter( $found, fn( $n ) => 1 !== $n ), 'nothing is there twice' );
	check_integrity();
}
?>
--EXPECT--
the parent leaves: 200 acknowledged
the parent is killed: 200 acknowledged
the parent works on: 200 acknowledged
