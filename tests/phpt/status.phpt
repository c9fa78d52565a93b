--TEST--
aisp_status() answers with figures that follow the calls
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$shape = static function ( $value ) use ( &$shape ) {
	return is_array( $value ) ? array_map( $shape, $value ) : get_debug_type( $value );
};
echo json_encode( $shape( aisp_status() ), JSON_PRETTY_PRINT ), "\n";
foreach ( range( 1, 3 ) as $i ) {
	outcome( fn() => aisp_infer( array() ) );
}
$status = aisp_status();
expect( array( true, null, 'sqlite', store_file() ) === array( $status['store']['ok'], $status['store']['error'], $status['store']['engine'], $status['store']['location'] ), 'the store is well', $status['store'] );
expect( array( 3, 3, 0, 3 ) === array( $status['counters']['calls'], $status['counters']['errors'], $status['counters']['hits'], $status['spool'] ), 'three calls failed', $status );
drain_all();
expect( 0 === aisp_status()['spool'], 'the spool is empty' );
expect( 0600 === ( fileperms( store_file() ) & 0777 ), 'the file is private' );
?>
--EXPECT--
{
    "version": "string",
    "build": "string",
    "store": {
        "engine": "string",
        "location": "string",
        "ok": "bool",
        "error": "null",
        "schema": "int"
    },
    "cache": {
        "entries": "int",
        "bytes": "int",
        "max_bytes": "int"
    },
    "spool": "int",
    "inbox": {
        "waiting": "int",
        "dead": "int"
    },
    "jobs": {
        "queued": "int",
        "running": "int",
        "waiting": "int",
        "done": "int",
        "failed": "int",
        "cancelled": "int",
        "oldest_age_s": "null",
        "asked_again": "int",
        "abandoned": "int"
    },
    "counters": {
        "period_s": "int",
        "calls": "int",
        "hits": "int",
        "errors": "int",
        "tokens": "int",
        "cost_usd": "float"
    },
    "breakers": [],
    "warnings": []
}
