--TEST--
A bad request is refused by name before anything is sent or charged, and is logged
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$turn = static fn( string $role, string $content ) => array( 'role' => $role, 'content' => $content );
$bad  = array(
	'missing'        => array(),
	'blank'          => array( 'prompt' => " \r\n\t\u{a0}" ),
	'too long'       => array( 'prompt' => str_repeat( 'é', 8001 ) ),
	'both'           => array( 'prompt' => 'Hi', 'messages' => array( $turn( 'user', 'Hi' ) ) ),
	'model'          => array( 'prompt' => 'Hi', 'model' => 'gpt-99' ),
	'temperature'    => array( 'prompt' => 'Hi', 'temperature' => 2.1 ),
	'max_tokens'     => array( 'prompt' => 'Hi', 'max_tokens' => 0 ),
	'cache_ttl'      => array( 'prompt' => 'Hi', 'cache_ttl' => 0 ),
	'timeout_ms'     => array( 'prompt' => 'Hi', 'timeout_ms' => -1 ),
	'tag'            => array( 'prompt' => 'Hi', 'tags' => array( '' ) ),
	'tags'           => array( 'prompt' => 'Hi', 'tags' => array_fill( 0, 17, 'a' ) ),
	'tags as a map'  => array( 'prompt' => 'Hi', 'tags' => array( 'a' => 'b' ) ),
	'no messages'    => array( 'messages' => array() ),
	'no content'     => array( 'messages' => array( array( 'role' => 'user' ) ) ),
	'role'           => array( 'messages' => array( $turn( 'wizard', 'Hi' ) ) ),
	'last role'      => array( 'messages' => array( $turn( 'user', 'Hi' ), $turn( 'assistant', 'Hi' ) ) ),
	'all messages'   => array( 'messages' => array( $turn( 'user', str_repeat( 'a', 5000 ) ), $turn( 'user', str_repeat( 'b', 3001 ) ) ) ),
	'system'         => array( 'prompt' => 'Hi', 'system' => str_repeat( 'a', 8001 ) ),
	'moderate'       => array( 'prompt' => 'Hi', 'moderate' => 'all' ),
	'not yet'        => array( 'prompt' => 'Hi', 'idempotency_key' => 'a' ),
);
$policy = offline( array( 'models' => array( 'gpt-4o-mini' => array(), 'gpt-4o' => array() ) ) );
foreach ( $bad as $name => $request ) {
	show( array( $name => fn() => aisp_infer( $request, array( 'user_id' => 7, 'route' => '/infer' ), $policy ) ) );
	$same = outcome( fn() => aisp_infer( $request, array(), $policy ) );
	expect( str_replace( 'aisp_infer', 'aisp_preview', $same ) === outcome( fn() => aisp_preview( $request, array(), $policy ) ), "aisp_preview() says the same of $name" );
	expect( str_replace( 'aisp_infer', 'aisp_request_hash', $same ) === outcome( fn() => aisp_request_hash( $request, $policy ) ), "aisp_request_hash() says the same of $name" );
}

$records = drain_all();
expect( count( $records ) === 2 * count( $bad ), 'each is logged once', count( $records ) );
foreach ( $records as $record ) {
	expect( array( 400, 'caller_invalid', 0, '', '' ) === array( $record['status_code'], $record['error'], $record['attempts'], $record['provider'], $record['req_hash'] ), 'the record tells a bad request', $record );
}
expect( array( 7, '/infer' ) === array( $records[0]['user_id'], $records[0]['route'] ), 'the record says who' );
$limits = aisp_preview( array( 'prompt' => 'Hi' ), array( 'user_id' => 7 ), $policy )['limits'];
expect( array( 600, 60 ) === array_column( $limits, 'remaining' ), 'nothing is charged', $limits );
?>
--EXPECT--
missing: Aisp\InvalidRequest (invalid_request, 400): prompt is missing.
blank: Aisp\InvalidRequest (invalid_request, 400): prompt must not be blank.
too long: Aisp\InvalidRequest (invalid_request, 400): prompt must have at most 8000 characters, 8001 given.
both: Aisp\InvalidRequest (invalid_request, 400): prompt and messages exclude each other.
model: Aisp\InvalidRequest (invalid_request, 400): model must be one of gpt-4o-mini, gpt-4o.
temperature: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "temperature" must be between 0 and 2
max_tokens: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "max_tokens" must be between 1 and 1000000, 0 given
cache_ttl: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "cache_ttl" must be between 1 and 31622400, 0 given
timeout_ms: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "timeout_ms" must be between 1 and 600000, -1 given
tag: Aisp\InvalidRequest (invalid_request, 400): tags[0] must have 1 to 100 bytes without control characters.
tags: Aisp\InvalidRequest (invalid_request, 400): tags must hold at most 16 tags, 17 given.
tags as a map: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "tags" must be a list
no messages: Aisp\InvalidRequest (invalid_request, 400): messages must hold 1 to 200 messages, 0 given.
no content: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "messages[0].content" must be given
role: Aisp\InvalidRequest (invalid_request, 400): messages[0].role must be system, user or assistant.
last role: Aisp\InvalidRequest (invalid_request, 400): messages must end with a message of the role user.
all messages: Aisp\InvalidRequest (invalid_request, 400): messages must have at most 8000 characters together.
system: Aisp\InvalidRequest (invalid_request, 400): system must have at most 8000 characters, 8001 given.
moderate: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "moderate" must be one of none, input, output, both
not yet: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "idempotency_key" is not supported by this version
