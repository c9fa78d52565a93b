--TEST--
An array from PHP is read strictly, whatever PHP puts into it, and a flaw is named by its path
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$reference = 'Hi';
$self      = array( 'prompt' => 'Hi' );
$self['x'] = &$self;
$twice     = array();
$twice[]   = &$twice;
$twice[]   = &$twice;
$infer     = static fn( array $request, array $caller = array(), array $policy = array() ) => static fn() => aisp_infer( $request, $caller, offline( $policy ) );
$first     = static fn( callable $f ) => static function () use ( $f ) {
	try {
		return $f();
	} catch ( Aisp\Exception $e ) {
		return strtok( $e->getMessage(), ';' ); // The list of known keys is not this test's business.
	}
};

echo "What passes\n";
show( array(
	'reference'      => fn() => aisp_preview( array( 'prompt' => &$reference ), array(), offline() )['body']['input'],
	'null is absent' => fn() => aisp_preview( array( 'prompt' => 'Hi', 'model' => null, 'tags' => null, 'messages' => null ), array( 'user_id' => null, 'ip' => null ), offline( array( 'quota' => null ) ) )['model'],
	'int for float'  => fn() => aisp_preview( array( 'prompt' => 'Hi', 'temperature' => 1 ), array(), offline() )['body']['temperature'],
) );

echo "Keys\n";
show( array_map( $first, array(
	'unknown'             => $infer( array( 'promt' => 'Hi' ) ),
	'list'                => $infer( array( 'Hi' ) ),
	'not UTF-8'           => $infer( array( "\xff" => 'Hi' ) ),
	'control characters'  => $infer( array( "a\nb\0c" => 'Hi' ) ),
	'contains itself'     => $infer( $self ),
	'unknown in caller'   => $infer( array( 'prompt' => 'Hi' ), array( 'userid' => 1 ) ),
	'unknown in policy'   => $infer( array( 'prompt' => 'Hi' ), array(), array( 'quotas' => array() ) ),
	'unknown in provider' => $infer( array( 'prompt' => 'Hi' ), array(), array( 'providers' => array( 'openai' => array( 'url' => 'x' ) ) ) ),
	'unknown in rule'     => $infer( array( 'prompt' => 'Hi' ), array(), array( 'quota' => array( array( 'per' => 'user', 'limit' => 1, 'period' => 60, 'burst' => 1 ) ) ) ),
) ) );

echo "Values\n";
show( array(
	'too many'        => $infer( array( 'prompt' => 'Hi', 'tags' => $twice ) ),
	'too many ids'    => fn() => aisp_log_ack( range( 1, 100000 ) ),
	'int'             => $infer( array( 'prompt' => 5 ) ),
	'object'          => $infer( array( 'prompt' => new ArrayObject() ) ),
	'resource'        => $infer( array( 'prompt' => STDIN ) ),
	'array'           => $infer( array( 'prompt' => array( array( 'x' ) ) ) ),
	'not UTF-8'       => $infer( array( 'prompt' => "caf\xe9" ) ),
	'string for int'  => $infer( array( 'prompt' => 'Hi', 'max_tokens' => '12' ) ),
	'float for int'   => $infer( array( 'prompt' => 'Hi', 'max_tokens' => 12.0 ) ),
	'int for bool'    => $infer( array( 'prompt' => 'Hi', 'cache' => 1 ) ),
	'not a number'    => $infer( array( 'prompt' => 'Hi', 'temperature' => NAN ) ),
	'in a message'    => $infer( array( 'messages' => array( array( 'role' => 'user', 'content' => 'a' ), array( 'role' => 'user', 'content' => array() ) ) ) ),
	'in a tag'        => $infer( array( 'prompt' => 'Hi', 'tags' => array( 'a', null ) ) ),
	'in a rule'       => $infer( array( 'prompt' => 'Hi' ), array(), array( 'throttle' => array( array( 'per' => 'user', 'limit' => '1', 'period' => 60 ) ) ) ),
	'in a price'      => $infer( array( 'prompt' => 'Hi' ), array(), array( 'models' => array( 'm' => array( 'price' => array( 'in' => '1', 'out' => 1 ) ) ) ) ),
	'in a header'     => $infer( array( 'prompt' => 'Hi' ), array(), array( 'providers' => array( 'openai' => array( 'headers' => array( 'X-A' => 5 ) ) ) ) ),
	'in an id'        => fn() => aisp_log_ack( array( 'a', 7 ) ),
	'not UTF-8 in id' => fn() => aisp_log_ack( array( "\xff" ) ),
) );
?>
--EXPECT--
What passes
reference: returned "Hi"
null is absent: returned "gpt-4o-mini"
int for float: returned 1
Keys
unknown: returned "aisp_infer(): Argument #1 ($request) key \"promt\" is not known"
list: returned "aisp_infer(): Argument #1 ($request) key \"0\" is not known"
not UTF-8: returned "aisp_infer(): Argument #1 ($request) key \"\ufffd\" is not known"
control characters: returned "aisp_infer(): Argument #1 ($request) key \"abc\" is not known"
contains itself: returned "aisp_infer(): Argument #1 ($request) key \"x\" is not known"
unknown in caller: returned "aisp_infer(): Argument #2 ($caller) key \"userid\" is not known"
unknown in policy: returned "aisp_infer(): Argument #3 ($policy) key \"quotas\" is not known"
unknown in provider: returned "aisp_infer(): Argument #3 ($policy) key \"providers.openai.url\" is not known"
unknown in rule: returned "aisp_infer(): Argument #3 ($policy) key \"quota[0].burst\" is not known"
Values
too many: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) must be of type array, too large array given
too many ids: Aisp\ConfigError (config_error, 500): aisp_log_ack(): Argument #1 ($ids) must hold fewer than 100000 ids
int: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "prompt" must be of type string, int given
object: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "prompt" must be of type string, object given
resource: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "prompt" must be of type string, resource given
array: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "prompt" must be of type string, array given
not UTF-8: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "prompt" must be valid UTF-8
string for int: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "max_tokens" must be of type int, string given
float for int: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "max_tokens" must be of type int, float given
int for bool: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "cache" must be of type bool, int given
not a number: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "temperature" must be between 0 and 2
in a message: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "messages[1].content" must be of type string, array given
in a tag: Aisp\InvalidRequest (invalid_request, 400): aisp_infer(): Argument #1 ($request) key "tags[1]" must be of type string, null given
in a rule: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "throttle[0].limit" must be of type int, string given
in a price: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "models.m.price.in" must be of type float, string given
in a header: Aisp\ConfigError (config_error, 500): aisp_infer(): Argument #3 ($policy) key "providers.openai.headers.X-A" must be of type string, int given
in an id: Aisp\ConfigError (config_error, 500): aisp_log_ack(): Argument #1 ($ids) must hold only values of type string, int given
not UTF-8 in id: Aisp\ConfigError (config_error, 500): aisp_log_ack(): Argument #1 ($ids) must hold valid UTF-8
