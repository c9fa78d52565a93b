--TEST--
A store that this user may not read is no store, and stays as it is
--SKIPIF--
<?php
require __DIR__ . '/support/skip.inc';
skip_without_llmock();
?>
--FILE--
<?php
require __DIR__ . '/support/store-trouble.inc';

$folder = sys_get_temp_dir() . '/closed';
mkdir( $folder, 0755 );
chmod( sys_get_temp_dir(), 0755 );
file_put_contents( "$folder/aisp.db", '' );
chmod( "$folder/aisp.db", 0000 );
// Root may read anything: the child becomes nobody.
$become = function_exists( 'posix_geteuid' ) && 0 === posix_geteuid() ? 'posix_setegid( 65534 ); posix_seteuid( 65534 )' : '';
with_troubled_store( array( 'aisp.store' => "sqlite:$folder/aisp.db" ), $become );
expect( array( '.', '..', 'aisp.db' ) === scandir( $folder ), 'nothing is put beside it', scandir( $folder ) );
?>
--EXPECT--
answered
answered
bad request: Aisp\InvalidRequest (invalid_request, 400): prompt is missing.
invalidate: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
drain: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
ack: Aisp\StoreUnavailable (store_unavailable, 503, retry after 30 s): The store is not available.
limits: returned Aisp\RateLimited
status: cannot open STORE: Permission denied (os error 13)
warning: The store cannot be used: cannot open STORE: Permission denied (os error 13).
aisp: cannot open STORE: Permission denied (os error 13) (failure 1 in this process)
