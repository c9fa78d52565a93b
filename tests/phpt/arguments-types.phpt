--TEST--
Arguments of the wrong number or type are PHP's own errors, in PHP's own words
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

class Text {
	public function __toString() {
		return 'text';
	}
}

show( array(
	fn() => aisp_infer(),
	fn() => aisp_infer( array(), array(), array(), array() ),
	fn() => aisp_infer( 'Hi' ),
	fn() => aisp_infer( null ),
	fn() => aisp_infer( new Text() ),
	fn() => aisp_infer( new class() extends ArrayObject {} ),
	fn() => aisp_infer( STDIN ),
	fn() => aisp_infer( array(), 5 ),
	fn() => aisp_infer( array(), null ),
	fn() => aisp_infer( array(), array(), 1.5 ),
	fn() => aisp_infer( caller: array() ),
	fn() => aisp_infer( array(), polcy: array() ),
	fn() => aisp_preview(),
	fn() => aisp_preview( array(), false ),
	fn() => aisp_request_hash(),
	fn() => aisp_request_hash( array(), 'x' ),
	fn() => aisp_request_hash( array(), array(), 'x' ),
	fn() => aisp_cache_invalidate(),
	fn() => aisp_cache_invalidate( 'all' ),
	fn() => aisp_log_drain(),
	fn() => aisp_log_drain( 1, null, 1 ),
	fn() => aisp_log_drain( '10' ),
	fn() => aisp_log_drain( 10.0 ),
	fn() => aisp_log_drain( null ),
	fn() => aisp_log_drain( 10, 5 ),
	fn() => aisp_log_drain( 10, new Text() ),
	fn() => aisp_log_ack(),
	fn() => aisp_log_ack( 'x' ),
	fn() => aisp_status( 1 ),
	fn() => aisp_verify_webhook( 'x', array() ),
	fn() => aisp_verify_webhook( null, array(), array() ),
	fn() => aisp_verify_webhook( 'x', 'y', array() ),
	fn() => aisp_sign_request( 'GET', '/', '' ),
	fn() => aisp_verify_request( 'GET', '/', null, array(), array() ),
	fn() => aisp_mint_token( 'x', array() ),
	fn() => aisp_verify_token( 1, array() ),
) );

// A skipped optional argument is the default.
show( array( fn() => aisp_preview( policy: offline(), request: array( 'prompt' => 'Hi' ) )['model'] ) );
?>
--EXPECT--
ArgumentCountError: aisp_infer() expects at least 1 argument, 0 given
ArgumentCountError: aisp_infer() expects at most 3 arguments, 4 given
TypeError: aisp_infer(): Argument #1 ($request) must be of type array, string given
TypeError: aisp_infer(): Argument #1 ($request) must be of type array, null given
TypeError: aisp_infer(): Argument #1 ($request) must be of type array, Text given
TypeError: aisp_infer(): Argument #1 ($request) must be of type array, ArrayObject@anonymous given
TypeError: aisp_infer(): Argument #1 ($request) must be of type array, resource given
TypeError: aisp_infer(): Argument #2 ($caller) must be of type array, int given
TypeError: aisp_infer(): Argument #2 ($caller) must be of type array, null given
TypeError: aisp_infer(): Argument #3 ($policy) must be of type array, float given
ArgumentCountError: aisp_infer(): Argument #1 ($request) not passed
Error: Unknown named parameter $polcy
ArgumentCountError: aisp_preview() expects at least 1 argument, 0 given
TypeError: aisp_preview(): Argument #2 ($caller) must be of type array, bool given
ArgumentCountError: aisp_request_hash() expects at least 1 argument, 0 given
TypeError: aisp_request_hash(): Argument #2 ($policy) must be of type array, string given
TypeError: aisp_request_hash(): Argument #3 ($caller) must be of type array, string given
ArgumentCountError: aisp_cache_invalidate() expects exactly 1 argument, 0 given
TypeError: aisp_cache_invalidate(): Argument #1 ($selector) must be of type array, string given
ArgumentCountError: aisp_log_drain() expects at least 1 argument, 0 given
ArgumentCountError: aisp_log_drain() expects at most 2 arguments, 3 given
TypeError: aisp_log_drain(): Argument #1 ($max) must be of type int, string given
TypeError: aisp_log_drain(): Argument #1 ($max) must be of type int, float given
TypeError: aisp_log_drain(): Argument #1 ($max) must be of type int, null given
TypeError: aisp_log_drain(): Argument #2 ($site) must be of type ?string, int given
TypeError: aisp_log_drain(): Argument #2 ($site) must be of type ?string, Text given
ArgumentCountError: aisp_log_ack() expects exactly 1 argument, 0 given
TypeError: aisp_log_ack(): Argument #1 ($ids) must be of type array, string given
TypeError: aisp_status(): Argument #1 ($site) must be of type ?string, int given
ArgumentCountError: aisp_verify_webhook() expects exactly 3 arguments, 2 given
TypeError: aisp_verify_webhook(): Argument #1 ($body) must be of type string, null given
TypeError: aisp_verify_webhook(): Argument #2 ($headers) must be of type array, string given
ArgumentCountError: aisp_sign_request() expects exactly 4 arguments, 3 given
TypeError: aisp_verify_request(): Argument #3 ($body) must be of type string, null given
TypeError: aisp_mint_token(): Argument #1 ($claims) must be of type array, string given
TypeError: aisp_verify_token(): Argument #1 ($token) must be of type string, int given
returned "gpt-4o-mini"
