<?php
/**
 * A copy of all that the proxy keeps of a site, made while calls go on: the store, the log, the settings.
 *
 * The store is copied first. What was in its spool then may come into the table before that is read, and is in the backup
 * twice; restored, it comes into the table once. The other way round, a record could be in neither.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Backup;

use AI_Secure_Proxy\Log\Drain;
use AI_Secure_Proxy\Log\Export;
use AI_Secure_Proxy\Log\Query;
use AI_Secure_Proxy\Log\Table;
use AI_Secure_Proxy\Settings\Transfer;

defined( 'ABSPATH' ) || exit;

final class Backup {

	/**
	 * Makes one.
	 *
	 * @param string $path Of a folder that is not there yet.
	 * @return array The manifest.
	 * @throws \RuntimeException Where it cannot be written.
	 * @throws \Aisp\Exception   Where the store cannot be copied.
	 */
	public static function make( string $path ): array {
		$folder = Folder::create( $path );
		Drain::run( 10 );
		$store = aisp_backup( $folder->file( Folder::STORE ) );
		$log   = $folder->to( Folder::LOG );
		$rows  = Export::write( Query::each( array(), false ), 'jsonl', static fn( string $piece ) => Folder::put( $log, $piece ) );
		Folder::close( $log );
		$settings = Transfer::export();
		$folder->write( Folder::SETTINGS, $settings );
		$folder->seal(
			array(
				'made_at'  => gmdate( 'Y-m-d\TH:i:s\Z' ),
				'site'     => home_url(),
				'plugin'   => AI_SECURE_PROXY_VERSION,
				'module'   => aisp_status()['version'],
				'store'    => array_intersect_key( $store, array_flip( array( 'engine', 'schema' ) ) ),
				'schema'   => Table::VERSION,
				'rows'     => $rows,
				'left_out' => $settings['left_out'],
			)
		);
		return $folder->manifest();
	}
}
