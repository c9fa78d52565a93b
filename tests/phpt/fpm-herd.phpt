--TEST--
Sixty-four equal calls in eight workers are one call to the provider; two, if the worker that makes it is killed
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

$fpm    = new Fpm( 8 );
$policy = policy( array( 'quota' => array(), 'throttle' => array(), 'timeout_ms' => 60000 ) );
$ask    = static fn( string $prompt ) => $fpm->begin( 'aisp_infer', array( 'prompt' => $prompt ), array( 'user_id' => 7 ), $policy );
$herd   = static function ( int $size, string $prompt ) use ( $ask ): array {
	return array_map( static fn() => $ask( $prompt ), range( 1, $size ) );
};
$texts  = static fn( array $calls ) => array_count_values( array_map( static fn( $call ) => Fpm::read( $call )['ok']['text'] ?? 'none', $calls ) );

script( array( 'type' => 'delay', 'seconds' => 1, 'times' => 1 ) );
$answers = $texts( $herd( 64, 'Hi' ) );
echo 'a herd: ', array_sum( $answers ), ' answers, ', count( $answers ), ' text, ', requests(), " call\n";

script( array( 'type' => 'delay', 'seconds' => 50, 'times' => 1 ) );
$before = requests();
$told   = sys_get_temp_dir() . '/leader';
$dead   = $fpm->begin( 'aisp_infer, and who does it', $told, array( 'prompt' => 'Ho' ), array( 'user_id' => 7 ), $policy );
$flies  = static fn() => $fpm->call( 'aisp_preview', array( 'prompt' => 'Ho' ), array( 'user_id' => 7 ), $policy )['ok']['in_flight'];
expect( wait_until( 10, $flies ), 'the leader has asked' );
$others = $herd( 63, 'Ho' );
usleep( 500000 );
posix_kill( (int) file_get_contents( $told ), SIGKILL );
$killed = microtime( true );
expect( null === $dead->answer( 10 ), 'the leader is dead' );
$answers = $texts( $others );
echo 'its leader killed: ', array_sum( $answers ), ' answers, ', count( $answers ), ' text, ', requests() - $before, " call beside its own\n";
expect( microtime( true ) - $killed < 5, 'another took over in time', microtime( true ) - $killed );
$fpm->stop();
check_integrity( $fpm->store );
?>
--EXPECT--
a herd: 64 answers, 1 text, 1 call
its leader killed: 63 answers, 1 text, 1 call beside its own
