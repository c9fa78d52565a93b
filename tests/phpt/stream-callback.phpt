--TEST--
A callback that declines, throws, exits or dies of a fatal error ends the stream at once and leaves a record, no lock and no leak
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_fpm();
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/fpm.inc';

$fpm   = new Fpm( 1 );
$log   = static function () use ( $fpm ): string {
	$records = $fpm->call( 'aisp_log_drain', 10 )['ok'];
	$fpm->call( 'aisp_log_ack', array_column( $records, 'uid' ) );
	return implode( ', ', array_map( fn( $r ) => trim( "{$r['status_code']} {$r['error']}" ), $records ) );
};
$stall = static fn() => script(
	array( 'type' => 'stream_fault', 'kind' => 'stall', 'after_chunks' => 9, 'stall_seconds' => 5 ),
	array( 'type' => 'reply', 'text' => 'one two three four five six seven eight nine ten' )
);
$worker = $fpm->call( 'getmypid' )['ok'];

foreach ( array( 'decline', 'throw', 'exit', 'fatal', 'nested' ) as $what ) {
	$stall();
	$began  = microtime( true );
	$answer = json_decode( (string) $fpm->begin( 'stream_and', $what, policy() )->answer( 10 ), true );
	expect( microtime( true ) - $began < 2, "$what: at once", microtime( true ) - $began );
	echo "$what: ", json_encode( $answer['ok'] ?? null ), ' | ', $log(), "\n";
	expect( $worker === $fpm->call( 'getmypid' )['ok'], "$what: the worker lives" );
}

$resident = static fn() => (int) preg_filter( '/.*VmRSS:\s+(\d+) kB.*/s', '$1', file_get_contents( "/proc/$worker/status" ) );
$sockets  = static fn() => count( preg_grep( '/^socket/', array_map( fn( $f ) => (string) @readlink( $f ), glob( "/proc/$worker/fd/*" ) ) ) );
$before   = null;
for ( $i = 0; $i < 120; $i++ ) {
	script( array( 'type' => 'reply', 'text' => 'one two three four five six' ) );
	$fpm->begin( 'stream_and', 'fatal', policy() )->answer( 10 );
	if ( 40 === $i ) {
		$before = array( $resident(), $sockets() );
	}
}
expect( $resident() - $before[0] < 1500 && $sockets() < $before[1] + 5, 'fatal errors leave nothing behind', $before, $resident(), $sockets() );
$fpm->stop();
?>
--EXPECT--
decline: {"finish":"cancelled","text":"one"} | 499 caller_cancelled
throw: "LogicException: enough" | 499 caller_cancelled
exit: null | 499 caller_cancelled
fatal: null | 499 caller_cancelled
nested: {"finish":"cancelled","text":"one"} | 499 caller_cancelled, 200
