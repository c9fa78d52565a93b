--TEST--
A worker that is killed in the middle of a call leaves a record that says so, and nothing else
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_fpm();
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/fpm.inc';
require __DIR__ . '/support/fork.inc';

$fpm    = new Fpm( 1 );
$policy = policy( array( 'timeout_ms' => 2500 ) );
$worker = $fpm->call( 'getmypid' )['ok'];
script( array( 'type' => 'delay', 'seconds' => 5 ) );
$began = microtime( true );
$call  = $fpm->begin( 'aisp_infer', array( 'prompt' => 'Hi' ), array( 'user_id' => 7, 'route' => '/infer' ), $policy );
$spool = static fn() => (int) run_php( 'echo aisp_status()["spool"];', array( 'aisp.store' => "sqlite:$fpm->store" ) )[1];
expect( wait_until( 10, fn() => 1 === $spool() ), 'the call is admitted' );
posix_kill( $worker, SIGKILL );
expect( null === $call->answer( 10 ), 'the call is cut off' );
expect( $worker !== $fpm->call( 'getmypid' )['ok'], 'another worker takes its place' );

$status = $fpm->call( 'aisp_status' )['ok'];
expect( 1 === $status['spool'] && $status['store']['ok'], 'its record is there', $status );
expect( array() === $fpm->call( 'aisp_log_drain', 10 )['ok'], 'but not before its time' );
expect( 59 === $fpm->call( 'aisp_preview', array( 'prompt' => 'Hi' ), array( 'user_id' => 7 ), $policy )['ok']['limits'][1]['remaining'], 'the call stays charged' );

// Ten seconds after the deadline.
expect( wait_until( 30, fn() => array() !== $fpm->call( 'aisp_log_drain', 10 )['ok'] ), 'it comes' );
expect( microtime( true ) - $began > 12, 'in its time', microtime( true ) - $began );
$records = $fpm->call( 'aisp_log_drain', 10 )['ok'];
foreach ( $records as $record ) {
	echo "{$record['status_code']} {$record['error']} user {$record['user_id']} {$record['route']} model ", json_encode( model() === $record['model'] ), "\n";
}
expect( 1 === $fpm->call( 'aisp_log_ack', array_column( $records, 'uid' ) )['ok'], 'and goes' );
$fpm->stop();
check_integrity( $fpm->store );
?>
--EXPECT--
500 caller_aborted user 7 /infer model true
