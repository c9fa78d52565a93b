--TEST--
Signed requests and tokens: bytes are bytes, whatever is wrong outside is a 401, and keys are named, never shown
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

define( 'SHOP_SECRET', 'a key that nobody sees' );
define( 'SHORT_SECRET', 'fifteen letters' );
$url     = 'https://example.com/wp-json/ai-secure-proxy/v1/infer?a=%20b';
$target  = '/wp-json/ai-secure-proxy/v1/infer?a=%20b';
$body    = "\xff\0 no UTF-8 \xc3";
$clients = array( 'shop' => array( 'secret_env' => array( 'SHOP_SECRET' ), 'allow' => array( '203.0.113.0/24' ) ), 'till' => array( 'secret_env' => 'SHOP_SECRET', 'plain' => true ) );
$options = array( 'clients' => $clients, 'host' => 'example.com', 'ip' => '203.0.113.7' );
$headers = aisp_sign_request( 'post', $url, $body, array( 'client' => 'shop', 'secret_env' => 'SHOP_SECRET' ) );
echo preg_replace( array( '/t=\d{10};/', '/n=[0-9a-f]{32};/', '/s=[0-9a-f]{64}$/' ), array( 't=T;', 'n=N;', 's=S' ), $headers['X-AISP-Signature'] ), "\n";

$client = aisp_verify_request( 'POST', $target, $body, array( 'x_aisp_signature' => array_values( $headers ) ), $options );
echo json_encode( array_keys( $client ) ), " {$client['client']} {$client['scheme']}\n";
expect( 32 === strlen( $client['nonce'] ) && abs( time() - $client['timestamp'] ) < 60, 'nonce and time', $client );
$lines = implode( "\n", array( 'aisp-v2', 'POST', 'example.com', '/wp-json/ai-secure-proxy/v1/infer', '?a=%20b', $client['timestamp'], $client['nonce'], 'shop', hash( 'sha256', $body ), '' ) );
expect( str_ends_with( $headers['X-AISP-Signature'], ';s=' . hash_hmac( 'sha256', $lines, SHOP_SECRET ) ), 'the lines are as documented', $lines );
$plain = aisp_verify_request( 'PUT', '/elsewhere', $body, array( 'X-Sign' => hash_hmac( 'sha256', $body, SHOP_SECRET ) ), $options );
echo json_encode( $plain ), "\n";
$policy = array( 'clients' => array( 'shop' => array( 'secret_env' => array( 'SHOP_SECRET', 'SHORT_SECRET', 'NO_SUCH_KEY' ) ) ), 'tokens' => array( 'secret_env' => array( 'SHOP_SECRET', 'NO_SUCH_KEY' ) ), 'webhooks' => array( 'hook' => array( 'scheme' => 'hex' ) ) );
echo json_encode( aisp_missing_secrets( $policy ) ), "\n";

show( array(
	'other body'   => fn() => aisp_verify_request( 'POST', $target, "$body ", $headers, $options ),
	'no header'    => fn() => aisp_verify_request( 'POST', $target, $body, array(), $options ),
	'two headers'  => fn() => aisp_verify_request( 'POST', $target, $body, $headers + array( 'x-aisp-signature' => 'x' ), $options ),
	'odd header'   => fn() => aisp_verify_request( 'POST', $target, $body, array( 'X-AISP-Signature' => new stdClass() ), $options ),
	'odd line'     => fn() => aisp_verify_request( "\xff", "\0", $body, $headers, array( 'host' => "\xff" ) + $options ),
	'other ip'     => fn() => aisp_verify_request( 'POST', $target, $body, $headers, array( 'ip' => '198.51.100.1' ) + $options ),
	'bad list'     => fn() => aisp_verify_request( 'POST', $target, $body, $headers, array( 'clients' => array( 'shop' => array( 'secret_env' => 'SHOP_SECRET', 'allow' => array( '203.0.113.0/33' ) ) ) ) ),
	'key as value' => fn() => aisp_sign_request( 'GET', $url, '', array( 'client' => 'shop', 'secret_env' => SHOP_SECRET ) ),
	'short key'    => fn() => aisp_sign_request( 'GET', $url, '', array( 'client' => 'shop', 'secret_env' => 'SHORT_SECRET' ) ),
	'bad policy'   => fn() => aisp_missing_secrets( array( 'clients' => array( 'shop' => array() ) ) ),
	'no such key'  => fn() => aisp_sign_request( 'GET', $url, '', array( 'client' => 'shop', 'secret_env' => 'NO_SUCH_KEY' ) ),
) );

$claims = array( 'routes' => array( '/infer' ), 'models' => array( 'm' ), 'origin' => 'https://example.com', 'epoch' => 2, 'site' => '1', 'sub' => 'visitor:7', 'budget' => array( 'tokens' => 500, 'usd' => 0.25 ) );
$token  = aisp_mint_token( $claims, array( 'secret_env' => 'SHOP_SECRET', 'ttl' => 60 ) );
$door   = array( 'secret_env' => 'SHOP_SECRET', 'route' => '/infer', 'origin' => 'https://example.com', 'epoch' => 2, 'site' => '1' );
$told   = aisp_verify_token( $token, $door );
expect( abs( time() + 60 - $told['expires_at'] ) < 30, 'it expires', $told );
expect( ! str_contains( base64_decode( explode( '.', $token )[1] ), SHOP_SECRET ), 'the key is not in it' );
expect( 32 === strlen( $told['id'] ), 'it has a name of its own', $told );
unset( $told['expires_at'], $told['id'] );
expect( $claims == $told, 'it says what it was minted with', $told );
show( array(
	'other route'  => fn() => aisp_verify_token( $token, array( 'route' => '/batch' ) + $door ),
	'other origin' => fn() => aisp_verify_token( $token, array( 'origin' => "\xff" ) + $door ),
	'other epoch'  => fn() => aisp_verify_token( $token, array( 'epoch' => 3 ) + $door ),
	'no token'     => fn() => aisp_verify_token( '', $door ),
	'odd token'    => fn() => aisp_verify_token( "aisp1.\xff.\0", $door ),
	'no budget'    => fn() => aisp_mint_token( array( 'budget' => array( 'tokens' => 0 ) ) + $claims, array( 'secret_env' => 'SHOP_SECRET' ) ),
	'allowed'      => fn() => aisp_ip_allowed( '203.0.113.7', '/infer/stream', array( 'allow' => array( '/infer' => array( '203.0.113.0/24' ) ) ) ),
	'not allowed'  => fn() => aisp_ip_allowed( '2001:db8::1', '/infer', array( 'allow' => array( '/infer' => array( '203.0.113.0/24' ) ) ) ),
	'allow what'   => fn() => aisp_ip_allowed( '2001:db8::1', '/infer', array( 'allow' => array( '/infer' => array( 'everybody' ) ) ) ),
	'too long'     => fn() => aisp_mint_token( array( 'routes' => array( str_repeat( 'x', 1000 ) ) ) + $claims, array( 'secret_env' => 'SHOP_SECRET' ) ),
) );
?>
--EXPECT--
v2;k=shop;t=T;n=N;s=S
["client","scheme","nonce","timestamp"] shop v2
{"client":"till","scheme":"plain","nonce":null,"timestamp":null}
[{"name":"SHORT_SECRET","for":"clients.shop"},{"name":"NO_SUCH_KEY","for":"clients.shop"},{"name":"NO_SUCH_KEY","for":"tokens"},{"name":"","for":"webhooks.hook"}]
other body: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
no header: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
two headers: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
odd header: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
odd line: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
other ip: Aisp\Forbidden (forbidden, 403): Requests from this address are not allowed.
bad list: Aisp\ConfigError (config_error, 500): aisp_verify_request(): Argument #5 ($options) key "clients.shop.allow" holds what it may not: "203.0.113.0/33" is neither an IP address nor a network such as 203.0.113.0/24
key as value: Aisp\ConfigError (config_error, 500): aisp_sign_request(): Argument #4 ($options) key "secret_env" must name environment variables or constants, never a secret
short key: Aisp\ConfigError (config_error, 500): SHORT_SECRET is too short for a key: it must hold at least 16 bytes.
bad policy: Aisp\ConfigError (config_error, 500): aisp_missing_secrets(): Argument #1 ($policy) key "clients.shop.secret_env" must be given
no such key: Aisp\ConfigError (config_error, 500): NO_SUCH_KEY is not set: neither in the environment nor as a constant.
other route: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
other origin: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
other epoch: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
no token: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
odd token: Aisp\Unauthorized (unauthorized, 401): The request could not be verified.
no budget: Aisp\ConfigError (config_error, 500): aisp_mint_token(): Argument #1 ($claims) key "budget.tokens" must be between 1 and 1000000000000, 0 given
allowed: returned true
not allowed: returned false
allow what: Aisp\ConfigError (config_error, 500): aisp_ip_allowed(): Argument #3 ($policy) key "allow./infer" holds what it may not: "everybody" is neither an IP address nor a network such as 203.0.113.0/24
too long: Aisp\ConfigError (config_error, 500): aisp_mint_token(): Argument #1 ($claims) must make a token of at most 1 KiB
