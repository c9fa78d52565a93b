--TEST--
Every kind of failure is a class of its own under Aisp\Exception, and PHP may make, clone, keep and extend it
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$kinds = array( 'Exception', 'InvalidRequest', 'Unauthorized', 'Forbidden', 'Conflict', 'Blocked', 'RateLimited', 'BudgetExceeded', 'ConfigError', 'ProviderError', 'CircuitOpen', 'StoreUnavailable', 'Timeout' );
foreach ( $kinds as $kind ) {
	$class = "Aisp\\$kind";
	$cause = new LogicException( 'cause' );
	$e     = new $class( 'message', 5, $cause );
	printf( "%s %s %d %s\n", $kind, $e->getSlug(), $e->getStatus(), implode( ' < ', class_parents( $e ) ) );
	expect( array( 'message', 5, $cause ) === array( $e->getMessage(), $e->getCode(), $e->getPrevious() ), 'it is made like any exception' );
	expect( array( null, array() ) === array( $e->getRetryAfter(), $e->getLimits() ), 'it knows of no limits' );
	expect( '' === ( new $class() )->getMessage(), 'it needs no message' );

	$kept = unserialize( serialize( new $class( 'kept' ) ) );
	expect( array( 'kept', $e->getSlug(), $e->getStatus() ) === array( $kept->getMessage(), $kept->getSlug(), $kept->getStatus() ), 'it can be kept' );
	$bare = ( new ReflectionClass( $class ) )->newInstanceWithoutConstructor();
	expect( $e->getStatus() === $bare->getStatus(), 'it can be made without its constructor' );
}

class Mine extends Aisp\RateLimited {
	protected $slug       = 'mine';
	protected $retryAfter = 7;
	protected $limits     = array( array( 'name' => 'mine' ) );

	public function forget(): void {
		unset( $this->slug, $this->limits );
	}
}
try {
	throw new Mine( 'x' );
} catch ( Aisp\Exception $e ) {
	expect( array( 'mine', 429, 7, 'mine' ) === array( $e->getSlug(), $e->getStatus(), $e->getRetryAfter(), $e->getLimits()[0]['name'] ), 'it can be extended' );
}
$e->forget();
expect( array() === $e->getLimits(), 'it survives the loss of a property' );

$blocked = new Aisp\Blocked( 'x' );
expect( array() === $blocked->getCategories(), 'a block that nobody explains has no categories' );
$blocked = unserialize( serialize( $blocked ) );
expect( array() === $blocked->getCategories(), 'nor when it was kept' );
expect( ! method_exists( 'Aisp\ProviderError', 'getCategories' ), 'no other kind has any' );

show( array(
	fn() => clone $e,
	fn() => $e->getStatus( 1 ),
	fn() => new Aisp\Timeout( array() ),
	fn() => $e->slug,
) );
( static function () {
	$caught = null;
	try {
		aisp_infer( array() );
	} catch ( Aisp\InvalidRequest $caught ) {
		unset( $caught );
	}
	expect( 0 === gc_collect_cycles(), 'nothing is left behind' );
} )();
?>
--EXPECT--
Exception error 500 RuntimeException < Exception
InvalidRequest invalid_request 400 Aisp\Exception < RuntimeException < Exception
Unauthorized unauthorized 401 Aisp\Exception < RuntimeException < Exception
Forbidden forbidden 403 Aisp\Exception < RuntimeException < Exception
Conflict conflict 409 Aisp\Exception < RuntimeException < Exception
Blocked blocked 422 Aisp\Exception < RuntimeException < Exception
RateLimited rate_limited 429 Aisp\Exception < RuntimeException < Exception
BudgetExceeded budget_exceeded 429 Aisp\Exception < RuntimeException < Exception
ConfigError config_error 500 Aisp\Exception < RuntimeException < Exception
ProviderError provider_error 502 Aisp\Exception < RuntimeException < Exception
CircuitOpen circuit_open 503 Aisp\Exception < RuntimeException < Exception
StoreUnavailable store_unavailable 503 Aisp\Exception < RuntimeException < Exception
Timeout timeout 504 Aisp\Exception < RuntimeException < Exception
Error: Trying to clone an uncloneable object of class Mine
ArgumentCountError: Aisp\Exception::getStatus() expects exactly 0 arguments, 1 given
TypeError: Exception::__construct(): Argument #1 ($message) must be of type string, array given
Error: Cannot access protected property Mine::$slug
