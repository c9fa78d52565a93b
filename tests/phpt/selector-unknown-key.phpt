--TEST--
A misspelt key of a selector is named
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';
show( array(
	fn() => aisp_cache_invalidate( array( 'tags' => 'a' ) ),
	fn() => aisp_cache_invalidate( array( 'tag' => 'a', 'sites' => 'b' ) ),
) );
?>
--EXPECT--
Aisp\ConfigError (config_error, 500): aisp_cache_invalidate(): Argument #1 ($selector) key "tags" is not known; known are age, all, dry_run, hash, model, provider, site, tag
Aisp\ConfigError (config_error, 500): aisp_cache_invalidate(): Argument #1 ($selector) key "sites" is not known; known are age, all, dry_run, hash, model, provider, site, tag
