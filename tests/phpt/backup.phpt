--TEST--
aisp_backup() copies the store to a new private file, which can be put in its place
--FILE--
<?php
require __DIR__ . '/support/aisp.inc';

$path = dirname( store_file() ) . '/backup.db';
outcome( fn() => aisp_infer( array() ) );
$made = aisp_backup( $path );
expect( array( $path, filesize( $path ), 'sqlite' ) === array( $made['path'], $made['bytes'], $made['engine'] ) && $made['took_ms'] >= 0, 'it is what it says', $made );
expect( 0600 === ( fileperms( $path ) & 0777 ) && aisp_status()['store']['schema'] === $made['schema'], 'it is private, and of this schema', $made );
outcome( fn() => aisp_infer( array() ) );
expect( 2 === aisp_status()['spool'], 'the store goes on' );
show(
	array(
		'there'     => fn() => aisp_backup( $path ),
		'the store' => fn() => aisp_backup( store_file() ),
		'relative'  => fn() => aisp_backup( 'backup.db' ),
		'no file'   => fn() => aisp_backup( '/tmp/' ),
		'no folder' => fn() => aisp_backup( '/nowhere/backup.db' ),
		'no string' => fn() => aisp_backup( 5 ),
	)
);

/** Puts a file where the store is, as the manual says, and starts PHP. */
$restored = static function ( string $from, string $name ): array {
	$store = dirname( store_file() ) . "/$name.db";
	copy( $from, $store );
	return run_php( 'try { aisp_log_drain( 1 ); } catch ( Aisp\Exception $e ) { echo $e->getSlug(), " "; } echo json_encode( array_intersect_key( aisp_status()["store"], array( "ok" => 0, "error" => 0 ) ), JSON_UNESCAPED_SLASHES ), aisp_status()["spool"];', array( 'aisp.store' => "sqlite:$store" ) );
};
echo $restored( $path, 'whole' )[1], "\n";
file_put_contents( "$path.part", substr( file_get_contents( $path ), 0, -4096 ) );
echo str_replace( dirname( store_file() ), '', $restored( "$path.part", 'part' )[1] ), "\n";
?>
--EXPECT--
there: Aisp\InvalidRequest (invalid_request, 400): aisp_backup(): Argument #1 ($path) must not exist yet
the store: Aisp\InvalidRequest (invalid_request, 400): aisp_backup(): Argument #1 ($path) must not exist yet
relative: Aisp\InvalidRequest (invalid_request, 400): aisp_backup(): Argument #1 ($path) must be the absolute path of a file
no file: Aisp\InvalidRequest (invalid_request, 400): aisp_backup(): Argument #1 ($path) must be the absolute path of a file
no folder: Aisp\InvalidRequest (invalid_request, 400): aisp_backup(): Argument #1 ($path) cannot be written: No such file or directory (os error 2)
no string: TypeError: aisp_backup(): Argument #1 ($path) must be of type string, int given
{"ok":true,"error":null}1
store_unavailable {"ok":false,"error":"/part.db is damaged: database disk image is malformed"}0
