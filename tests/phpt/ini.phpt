--TEST--
The php.ini entries are declared with their defaults and belong to the system
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

foreach ( ini_get_all( 'aisp' ) as $name => $entry ) {
	echo "$name ", INI_SYSTEM === $entry['access'] ? 'system' : "access {$entry['access']}", "\n";
	expect( false === ini_set( $name, '1' ), "ini_set() refuses $name" );
	expect( $entry['local_value'] === ini_get( $name ), "$name stays" );
}
$show = 'foreach ( ini_get_all( "aisp" ) as $name => $entry ) { echo $name, "=", $entry["global_value"], "\n"; }';
echo run_php( $show, array(), array(), array( PHP_BINARY, '-n', '-d', 'extension=' . getenv( 'AISP_SO' ) ) )[1];

// What the stub's head says about them.
$stub = file_get_contents( dirname( __DIR__, 2 ) . '/php-stubs/aisp.stub.php' );
foreach ( ini_get_all( 'aisp' ) as $name => $entry ) {
	expect( 1 === preg_match( "/^ \*     $name +/m", $stub ), "the stub explains $name" );
}
?>
--EXPECT--
aisp.allowed_hosts system
aisp.ca_file system
aisp.connect_timeout_ms system
aisp.log system
aisp.max_attempts system
aisp.max_response_bytes system
aisp.store system
aisp.timeout_ms system
aisp.allowed_hosts=
aisp.ca_file=
aisp.connect_timeout_ms=3000
aisp.log=off
aisp.max_attempts=3
aisp.max_response_bytes=16777216
aisp.store=
aisp.timeout_ms=15000
