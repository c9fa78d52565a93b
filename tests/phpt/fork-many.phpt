--TEST--
200 children of a process that has store and connection open work on, and none of their records is lost
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_fork();
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';
require __DIR__ . '/support/fork.inc';

const CHILDREN = 200;
$ask = static fn( string $source, string $prompt = 'of all' ) => aisp_infer( array( 'prompt' => $prompt ), array( 'source' => $source ), policy( array( 'timeout_ms' => 60000 ) ) );

// The parent keeps a connection to the provider and the store open, and goes on using both between the forks.
$ask( 'parent' );
$pids = array();
for ( $i = 0; $i < CHILDREN; $i++ ) {
	$pids[] = fork( static function () use ( $ask, $i ) {
		expect( true === $ask( "child $i" )['cached'], 'the child finds what the parent kept' );
		expect( false === $ask( "child $i", "of child $i" )['cached'], 'and asks the provider itself' );
		if ( 0 === $i % 10 ) {
			posix_kill( getmypid(), SIGKILL ); // Some end without a shutdown.
		}
	} );
	if ( 0 === $i % 10 ) {
		$ask( 'parent', "beside child $i" );
		pcntl_waitpid( array_pop( $pids ), $status );
		expect( pcntl_wifsignaled( $status ), 'it was killed', $status );
	}
	if ( count( $pids ) >= 16 ) {
		join_all( array( array_shift( $pids ) ), 60 );
	}
}
join_all( $pids, 60 );
expect( true === $ask( 'parent' )['cached'], 'the parent works on' );

$sources = sources_in_store();
expect( CHILDREN / 10 + 2 === ( $sources['parent'] ?? 0 ), 'all of the parent\'s records are there', $sources['parent'] ?? 0 );
unset( $sources['parent'] );
echo count( $sources ), ' children, ', array_sum( $sources ), " records\n";
check_integrity();
?>
--EXPECT--
200 children, 400 records
