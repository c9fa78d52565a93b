--TEST--
No call and no exception leaves anything behind in memory
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$policy = policy( array( 'throttle' => array(), 'timeout_ms' => 60000 ) );
$used   = policy( array( 'throttle' => array( array( 'per' => 'user', 'limit' => 1, 'period' => 86400 ) ) ) );
$self   = array( 'prompt' => 'Hi' );
$self[] = &$self;
$cases  = array(
	'hit'         => fn() => aisp_infer( array( 'prompt' => 'Hi', 'tags' => array( 'a', 'b' ) ), array( 'user_id' => 7 ), $policy ),
	'preview'     => fn() => aisp_preview( array( 'messages' => array( array( 'role' => 'user', 'content' => 'Hi' ) ) ), array(), $policy ),
	'hash'        => fn() => aisp_request_hash( array( 'prompt' => 'Hi' ), $policy ),
	'status'      => fn() => aisp_status(),
	'drain'       => fn() => aisp_log_drain( 20 ),
	'ack'         => fn() => aisp_log_ack( array( 'x', 'y' ) ),
	'stream'      => fn() => aisp_stream( array( 'prompt' => 'Hi' ), fn( array $event ) => 'delta' !== $event['type'], array(), $policy ),
	'batch'       => fn() => aisp_infer_batch( array( array( 'prompt' => 'Hi' ), array( 'prompt' => 'Hi' ), array( 'prompt' => ' ' ) ), array(), $policy ),
	'schema'      => fn() => aisp_request_hash( array( 'prompt' => 'Hi', 'schema' => array( 'type' => 'object', 'properties' => array( 'a' => array( 'pattern' => '^a+$' ) ) ) ), $policy ),
	'bad request' => fn() => aisp_infer( array( 'promt' => 'Hi' ), array(), $policy ),
	'bad policy'  => fn() => aisp_infer( array( 'prompt' => 'Hi' ), array(), array( 'quotas' => 1 ) ),
	'limited'     => fn() => aisp_infer( array( 'prompt' => 'Hi' ), array( 'user_id' => 8 ), $used ),
	'recursive'   => fn() => aisp_infer( $self, array(), $policy ),
	'wrong type'  => fn() => aisp_infer( 'Hi' ),
	'wrong count' => fn() => aisp_status( 1 ),
	'object'      => fn() => aisp_infer( new ArrayObject() ),
	'constructed' => fn() => ( new Aisp\RateLimited( 'x' ) )->getLimits(),
);
$repeat = static function ( callable $f, int $times ): void {
	for ( $i = 0; $i < $times; $i++ ) {
		try {
			$f();
		} catch ( Throwable $e ) {
			if ( $e instanceof Aisp\Exception ) {
				$e->getSlug() . $e->getStatus() . $e->getRetryAfter() . count( $e->getLimits() );
			}
			unset( $e );
		}
	}
};
$resident = static fn() => (int) preg_filter( '/.*VmRSS:\s+(\d+) kB.*/s', '$1', @file_get_contents( '/proc/self/status' ) );
// The first round is for what PHP itself sets up once, the measuring included.
foreach ( array( 'first' => fn() => 1 ) + $cases as $name => $f ) {
	$repeat( $f, 30 );
	$before = array( memory_get_usage(), $resident() );
	$repeat( $f, 300 );
	$more = array( memory_get_usage() - $before[0], $resident() - $before[1] );
	expect( $more[0] <= 0 || 'first' === $name, "$name: nothing is left in PHP's memory", $more );
	expect( $more[1] < 3000, "$name: nothing is left outside of it", $more );
}
echo count( $cases ), " cases\n";
?>
--EXPECT--
17 cases
