--TEST--
Answers are dropped by tag, hash, model, provider and site, and all of them at once
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/llmock.inc';

$ask    = static fn( string $prompt, array $tags, string $site ) => aisp_infer( array( 'prompt' => $prompt, 'tags' => $tags ), array( 'site' => $site ), policy( array( 'throttle' => array() ) ) );
$fill   = static function () use ( $ask ): void {
	$ask( 'a', array( 'post:1', 'post:2' ), '1' );
	$ask( 'b', array( 'post:2' ), '1' );
	$ask( 'c', array( 'post:2' ), '2' );
	$ask( 'd', array(), '2' );
};
$hashes = array();
foreach ( array( 'a' => '1', 'b' => '1', 'c' => '2', 'd' => '2' ) as $prompt => $site ) {
	$hashes[ $prompt ] = aisp_request_hash( array( 'prompt' => $prompt ), policy(), array( 'site' => $site ) );
}
$kept  = static fn() => implode( '', array_filter( array_keys( $hashes ), fn( $prompt ) => aisp_preview( array( 'prompt' => $prompt ), array( 'site' => $prompt < 'c' ? '1' : '2' ), policy() )['cached'] ) );
$cases = array(
	'tag'                       => array( 'tag' => 'post:2' ),
	'tag of a site'             => array( 'tag' => 'post:2', 'site' => '1' ),
	'first tag'                 => array( 'tag' => 'post:1' ),
	'hash'                      => array( 'hash' => $hashes['d'] ),
	'hash in capitals'          => array( 'hash' => strtoupper( $hashes['d'] ) ),
	'hash of another site'      => array( 'hash' => $hashes['d'], 'site' => '1' ),
	'model'                     => array( 'model' => model() ),
	'another model'             => array( 'model' => 'gpt-4o' ),
	'provider of a site'        => array( 'provider' => 'mock', 'site' => '2' ),
	'nothing that fits it all'  => array( 'tag' => 'post:1', 'hash' => $hashes['d'] ),
	'older than an hour'        => array( 'age' => 3600 ),
	'all of a site'             => array( 'all' => true, 'site' => '1' ),
	'all'                       => array( 'all' => true ),
);
foreach ( $cases as $name => $selector ) {
	$fill();
	echo "$name: dropped ", aisp_cache_invalidate( $selector ), ', kept ', $kept() ?: 'none', "\n";
}
expect( 0 === aisp_status()['cache']['entries'], 'the figures follow', aisp_status()['cache'] );
?>
--EXPECT--
tag: dropped 3, kept d
tag of a site: dropped 2, kept cd
first tag: dropped 1, kept bcd
hash: dropped 1, kept abc
hash in capitals: dropped 1, kept abc
hash of another site: dropped 0, kept abcd
model: dropped 4, kept none
another model: dropped 0, kept abcd
provider of a site: dropped 2, kept ab
nothing that fits it all: dropped 0, kept abcd
older than an hour: dropped 0, kept abcd
all of a site: dropped 2, kept cd
all: dropped 4, kept none
