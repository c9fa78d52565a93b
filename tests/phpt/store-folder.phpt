--TEST--
A store path that is a folder, or lies in none, is no store
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/store-trouble.inc';

$folder = sys_get_temp_dir() . '/folder';
mkdir( $folder, 0700 );
with_troubled_store( array( 'aisp.store' => "sqlite:$folder" ) );
with_troubled_store( array( 'aisp.store' => "sqlite:$folder/missing/deeper/aisp.db" ) );
?>
--EXPECT--
answered
answered
bad request: Aisp\InvalidRequest (invalid_request, 400): prompt is missing.
invalidate: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
drain: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
ack: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
limits: returned Aisp\RateLimited
status: cannot open STORE: is a directory
warning: The store cannot be used: cannot open STORE: is a directory.
aisp: cannot open STORE: is a directory (failure 1 in this process)
answered
answered
bad request: Aisp\InvalidRequest (invalid_request, 400): prompt is missing.
invalidate: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
drain: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
ack: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
limits: returned Aisp\RateLimited
status: cannot open STORE: No such file or directory (os error 2)
warning: The store cannot be used: cannot open STORE: No such file or directory (os error 2).
aisp: cannot open STORE: No such file or directory (os error 2) (failure 1 in this process)
