--TEST--
Private values are replaced on the way out, and put back for their caller alone
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$text = 'Mail ann@example.com or call +1 212 555 0123; card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, from 203.0.113.7.';
echo json_encode( aisp_redact( $text ) ), "\n";
echo json_encode( aisp_redact( $text, array( 'redact' => array( 'phone' => false, 'card' => false, 'iban' => false, 'ip' => false, 'patterns' => array( 'word' => 'from' ) ) ) ) ), "\n";
echo json_encode( aisp_redact( $text, array( 'redact' => false ) )['found'] ), "\n";
echo json_encode( aisp_redact( 'Order 4711-0815, uuid 550e8400-e29b-41d4-a716-446655440000, v1.2.3.4, at 1700000000000' ) ), "\n";
show( array(
	fn() => aisp_redact( "\xff" ),
	fn() => aisp_redact( 'x', array( 'redact' => array( 'name' => true ) ) ),
	fn() => aisp_redact( 'x', array( 'redact' => array( 'patterns' => array( 'good' => 'x', 'bad' => '(x' ) ) ) ),
	fn() => aisp_redact( array() ),
) );

script( array( 'type' => 'reply', 'text' => 'You said: Mail [EMAIL_1] or call [PHONE_1]; card [CARD_1], IBAN [IBAN_1], from [IP_1].', 'times' => 9 ) );
$result = aisp_infer( array( 'prompt' => $text ), array(), policy() );
expect( str_contains( $result['text'], $text ), 'the caller gets its own values', $result['text'] );
expect( array( 'email' => 1, 'phone' => 1, 'card' => 1, 'iban' => 1, 'ip' => 1 ) === $result['redacted'], 'and is told what was replaced', $result['redacted'] );
$seen = json_encode( array_filter( llmock( 'GET', 'requests' )['requests'], static fn( $request ) => model() === $request['model'] ), JSON_UNESCAPED_SLASHES );
expect( str_contains( $seen, 'Mail [EMAIL_1] or call [PHONE_1]; card [CARD_1], IBAN [IBAN_1], from [IP_1].' ), 'the provider does not', $seen );
$other = aisp_infer( array( 'prompt' => strtr( $text, array( 'ann' => 'bob', '0123' => '0199' ) ) ), array(), policy() );
expect( $other['cached'] && str_contains( $other['text'], 'Mail bob@example.com or call +1 212 555 0199;' ), 'another caller shares the answer', $other );
$streamed = '';
aisp_stream( array( 'prompt' => $text ), static function ( array $event ) use ( &$streamed ) { $streamed .= $event['text'] ?? ''; }, array( 'site' => '2' ), policy() );
expect( str_contains( $streamed, $text ), 'and so does who listens', $streamed );
$preview = aisp_preview( array( 'prompt' => $text ), array(), policy() );
expect( $preview['cached'] && $preview['redacted'] === $result['redacted'] && ! str_contains( json_encode( $preview ), 'ann@' ), 'a preview shows what would be sent', $preview );
$stored = implode( '', array_map( 'file_get_contents', glob( store_file() . '*' ) ) );
foreach ( array( 'ann@', 'bob@', '555 01', '4111 1111', '3704' ) as $private ) {
	expect( ! str_contains( $stored, $private ), "the store does not hold $private" );
}
?>
--EXPECT--
{"text":"Mail [EMAIL_1] or call [PHONE_1]; card [CARD_1], IBAN [IBAN_1], from [IP_1].","found":{"email":1,"phone":1,"card":1,"iban":1,"ip":1}}
{"text":"Mail [EMAIL_1] or call +1 212 555 0123; card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, [WORD_1] 203.0.113.7.","found":{"email":1,"word":1}}
[]
{"text":"Order 4711-0815, uuid 550e8400-e29b-41d4-a716-446655440000, v1.2.3.4, at 1700000000000","found":[]}
Aisp\ConfigError (config_error, 500): aisp_redact(): Argument #1 ($text) must be valid UTF-8
Aisp\ConfigError (config_error, 500): aisp_redact(): Argument #2 ($policy) key "redact.name" is not known; known are card, email, iban, ip, mac, patterns, phone, ssn
Aisp\ConfigError (config_error, 500): aisp_redact(): Argument #2 ($policy) key "redact.patterns.bad" is no regular expression: unclosed group
TypeError: aisp_redact(): Argument #1 ($text) must be of type string, array given
