--TEST--
The stub declares what the module has, and nothing else
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$reflect = __DIR__ . '/support/reflect.inc';
$stub    = dirname( __DIR__, 2 ) . '/php-stubs/aisp.stub.php';
$run     = static fn( array $command ) => json_decode( shell_exec( implode( ' ', array_map( 'escapeshellarg', $command ) ) ), true );
$module  = $run( array_merge( php_command(), array( $reflect ) ) );
$stub    = $run( array( PHP_BINARY, '-n', '-d', 'error_reporting=32767', $reflect, $stub ) );

foreach ( array_keys( $module + $stub ) as $name ) {
	expect( ( $module[ $name ] ?? null ) === ( $stub[ $name ] ?? null ), "$name is the same", $module[ $name ] ?? null, $stub[ $name ] ?? null );
}
echo count( $module ), " functions and classes\n";
?>
--EXPECT--
55 functions and classes
