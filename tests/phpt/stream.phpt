--TEST--
A stream is told piece by piece, is kept like any answer, and a kept answer comes as a stream
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$text = 'Grüße, "world" 🌍, in more than a single piece';
script( array( 'type' => 'reply', 'text' => $text ) );
$tell = static function (): array {
	$events = array();
	$result = aisp_stream(
		array( 'prompt' => 'Say hi' ),
		static function ( array $event ) use ( &$events ): void {
			$events[] = $event;
		},
		array( 'user_id' => 7, 'route' => '/infer/stream' ),
		policy()
	);
	return array( $events, $result );
};

list( $events, $result ) = $tell();
$types = array_column( $events, 'type' );
$said  = implode( '', array_column( $events, 'text' ) );
expect( 'start' === $types[0] && 'result' === end( $types ) && count( array_keys( $types, 'delta' ) ) > 2, 'start, deltas, result', $types );
expect( $said === $text && $text === $result['text'] && $result === end( $events )['result'], 'the pieces are the whole', $events );
expect( array( 'type', 'request_id', 'model', 'provider', 'cached', 'limits' ) === array_keys( $events[0] ), 'what a start tells', $events[0] );
expect( $events[0]['request_id'] === $result['request_id'] && 2 === count( $events[0]['limits'] ), 'of this call' );

list( $events, $again ) = $tell();
echo json_encode( array_column( $events, 'type' ) ), ' ', json_encode( array( $again['cached'], $again['text'] === $text, requests() ) ), "\n";

foreach ( drain_all() as $record ) {
	echo "{$record['status_code']} {$record['route']} ", json_encode( array( $record['cached'], $record['tokens_out'] > 0 ) ), "\n";
}

// What fails before anything was said is thrown, and not told.
$mute = static fn( array $event ) => print( "told {$event['type']}\n" );
show(
	array(
		'blank'       => fn() => aisp_stream( array( 'prompt' => ' ' ), $mute, array(), policy() ),
		'no callback' => fn() => aisp_stream( array( 'prompt' => 'x' ), 'no_such_function', array(), policy() ),
		'unknown key' => fn() => aisp_stream( array( 'prompt' => 'x', 'pack' => true ), $mute, array(), policy() ),
	)
);
script( array( 'type' => 'fail', 'status' => 401 ) );
show( array( 'refused' => fn() => aisp_stream( array( 'prompt' => 'other' ), $mute, array(), policy() ) ) );
?>
--EXPECT--
["start","delta","result"] [true,true,1]
200 /infer/stream [false,true]
200 /infer/stream [true,false]
blank: Aisp\InvalidRequest (invalid_request, 400): prompt must not be blank.
no callback: TypeError: aisp_stream(): Argument #2 ($on_event) must be of type callable, string given
unknown key: Aisp\InvalidRequest (invalid_request, 400): pack is for the requests of a batch only.
refused: Aisp\ProviderError (provider_error, 502): The AI provider refused this site's key.
