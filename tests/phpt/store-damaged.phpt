--TEST--
With a damaged store calls are answered all the same, and the status and the error log say why
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/store-trouble.inc';

echo "No database\n";
file_put_contents( store_file(), str_repeat( "this is no database\n", 1000 ) );
with_troubled_store();

unlink( store_file() );

echo "Damaged while it is open\n";
with_troubled_store( array(), 'aisp_infer( array( "prompt" => "before" ), array(), policy() ); file_put_contents( store_file(), str_repeat( "x", 200000 ) ); foreach ( array( "-wal", "-shm" ) as $more ) { @file_put_contents( store_file() . $more, "x" ); }' );

echo "And when it is moved away\n";
array_map( 'unlink', glob( store_file() . '*' ) );
$policy = policy();
expect( array( false, true ) === array( aisp_infer( array( 'prompt' => 'x' ), array(), $policy )['cached'], aisp_infer( array( 'prompt' => 'x' ), array(), $policy )['cached'] ), 'a new one is made' );
expect( true === aisp_status()['store']['ok'], 'and is well' );
?>
--EXPECT--
No database
answered
answered
bad request: Aisp\InvalidRequest (invalid_request, 400): prompt is missing.
invalidate: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
drain: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
ack: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
limits: returned Aisp\RateLimited
status: STORE is damaged: file is not a database
warning: The store cannot be used: STORE is damaged: file is not a database.
aisp: STORE is damaged: file is not a database (failure 1 in this process)
Damaged while it is open
answered
answered
bad request: Aisp\InvalidRequest (invalid_request, 400): prompt is missing.
invalidate: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
drain: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
ack: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
limits: returned Aisp\RateLimited
status: STORE is damaged: file is not a database
warning: The store cannot be used: STORE is damaged: file is not a database.
aisp: STORE is damaged: file is not a database (failure 1 in this process)
And when it is moved away
