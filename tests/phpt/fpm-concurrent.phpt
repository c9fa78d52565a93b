--TEST--
Four workers at once keep one limit to the letter, and log every call
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

$fpm    = new Fpm( 4 );
$policy = policy( array( 'quota' => array( array( 'per' => 'user', 'limit' => 5, 'period' => 86400 ) ), 'timeout_ms' => 60000 ) );
$calls  = array();
foreach ( range( 1, 40 ) as $i ) {
	$calls[] = $fpm->begin( 'aisp_infer', array( 'prompt' => "call $i" ), array( 'user_id' => 7 ), $policy );
}
$ends = array();
foreach ( $calls as $call ) {
	$said   = Fpm::read( $call );
	$ends[] = $said['error'] ?? 'ok';
}
ksort( $ends );
echo json_encode( array_count_values( $ends ) + array( 'sent' => requests() ) ), "\n";
$log = array_count_values( array_map( fn( $record ) => "{$record['status_code']} {$record['error']}", $fpm->call( 'aisp_log_drain', 100 )['ok'] ) );
ksort( $log );
echo json_encode( $log ), "\n";
$fpm->stop();
expect( array() === $fpm->complaints(), 'nothing is complained about', $fpm->complaints() );
?>
--EXPECT--
{"ok":5,"rate_limited":35,"sent":5}
{"200 ":5,"429 policy_quota":35}
