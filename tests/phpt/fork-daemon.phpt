--TEST--
A daemon, forked twice from a process that had the store open, writes to it like any other
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_fork();
?>
--FILE--
<?php
require __DIR__ . '/support/fork.inc';

leave_record( 'parent' );
$written = tempnam( sys_get_temp_dir(), 'daemon' );
$first   = fork( static function () use ( $written ) {
	posix_setsid();
	leave_record( 'first child' );
	fork( static function () use ( $written ) {
		foreach ( range( 1, 50 ) as $i ) {
			leave_record( "daemon $i" );
		}
		expect( 52 <= count( aisp_log_drain( 100 ) ), 'the daemon sees what the others wrote' );
		file_put_contents( $written, 'done' );
	} );
} );
join_all( array( $first ), 30 );
leave_record( 'parent again' );
expect( wait_until( 30, fn() => 'done' === file_get_contents( $written ) ), 'the daemon ends' );

$found = sources_in_store();
echo count( $found ), ' sources, ', array_sum( $found ), " records\n";
check_integrity();
?>
--EXPECT--
53 sources, 53 records
