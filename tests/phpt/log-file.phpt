--TEST--
aisp.log writes one line of JSON a call, to a file or to the error log, without the prompt
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$code = 'require ' . var_export( __DIR__ . '/support/llmock.inc', true ) . ';
	foreach ( array( "the prompt", "the prompt", "" ) as $prompt ) {
		outcome( fn() => aisp_infer( array( "prompt" => $prompt ), array( "user_id" => 7, "source" => "a \"b\" \u{2028}" ), policy() ) );
	}
	outcome( fn() => aisp_infer( array( "prompt" => "the prompt" ), array( "user_id" => 7 ), policy( array( "throttle" => array( array( "per" => "user", "limit" => 1, "period" => 60 ) ) ) ) ) );';
$told = static function ( array $lines ): void {
	foreach ( $lines as $line ) {
		$record = json_decode( $line, true );
		echo $record['status_code'], ' ', json_encode( array( $record['error'], $record['cached'], $record['user_id'] ) ), "\n";
		expect( isset( $record['uid'], $record['duration_ms'], $record['created_at'] ), 'a whole record', $line );
	}
};
$file = sys_get_temp_dir() . '/calls.log';
list( $status, $output, $errors ) = run_php( $code, array( 'aisp.log' => $file ) );
expect( array( 0, '', '' ) === array( $status, $output, $errors ), 'nothing else is said', $output, $errors );
$told( file( $file ) );
expect( ! str_contains( file_get_contents( $file ), 'the prompt' ), 'no prompt' );
expect( 0640 === ( fileperms( $file ) & 0777 ), 'not for everybody', decoct( fileperms( $file ) ) );

echo "Error log\n";
$errors = sys_get_temp_dir() . '/error.log';
run_php( $code, array( 'aisp.log' => 'error_log', 'log_errors' => '1', 'error_log' => $errors ) );
$told( preg_replace( '/^\[.*?\] aisp: /', '', file( $errors ) ) );

echo "A file that cannot be written\n";
list( , $output, $errors ) = run_php( $code, array( 'aisp.log' => sys_get_temp_dir() . '/none/calls.log', 'log_errors' => '1', 'error_log' => '' ) );
echo str_replace( sys_get_temp_dir(), 'TMP', trim( $output . preg_replace( '/^\[.*?\] /m', '', $errors ) ) ), "\n";
expect( 12 === count( drain_all() ), 'the log of the store is whole' );
?>
--EXPECT--
200 [null,false,7]
200 [null,true,7]
400 ["caller_invalid",false,7]
429 ["policy_throttle",false,7]
Error log
200 [null,false,7]
200 [null,true,7]
400 ["caller_invalid",false,7]
429 ["policy_throttle",false,7]
A file that cannot be written
aisp: cannot write aisp.log, TMP/none/calls.log: No such file or directory (os error 2)
