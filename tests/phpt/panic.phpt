--TEST--
A panic is an Error that tells nothing; the process lives, and the payload is printed nowhere
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without( 'no AISP_PANIC_SO: cargo cannot build the module that can panic', is_file( (string) getenv( 'AISP_PANIC_SO' ) ) );
?>
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$code = 'foreach ( array( 1, 2 ) as $i ) {
		try {
			aisp_test_panic( "the secret payload" );
		} catch ( Error $e ) {
			echo get_class( $e ), ": ", $e->getMessage(), ", ", json_encode( $e->getPrevious() ), "\n";
		}
	}
	try {
		aisp_infer( array() );
	} catch ( Aisp\Exception $e ) {
		echo $e->getMessage(), "\n";
	}
	echo count( aisp_log_drain( 10 ) ), " record\n";
	aisp_test_panic( "the secret payload" );';
$command = array( PHP_BINARY, '-n', '-d', 'extension=' . getenv( 'AISP_PANIC_SO' ), '-d', 'aisp.store=' . ini_get( 'aisp.store' ), '-d', 'zend.exception_ignore_args=1', '-d', 'display_errors=stderr' );
list( $status, $output, $errors ) = run_php( $code, array(), array(), $command );
echo $output, "exit $status\n", trim( $errors ), "\n";
expect( ! str_contains( $output . $errors, 'secret' ), 'the payload is nowhere' );
?>
--EXPECTF--
Error: aisp_test_panic(): internal error, null
Error: aisp_test_panic(): internal error, null
prompt is missing.
1 record
exit 255
aisp: internal error at src/php/functions.rs:%d
aisp: internal error at src/php/functions.rs:%d
aisp: internal error at src/php/functions.rs:%d
%wFatal error: %wUncaught Error: aisp_test_panic(): internal error in Command line code:%d
Stack trace:
#0 Command line code(%d): aisp_test_panic()
#1 {main}
  thrown in Command line code on line %d
