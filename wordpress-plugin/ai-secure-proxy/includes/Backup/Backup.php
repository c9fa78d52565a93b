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
use AI_Secure_Proxy\Log\Retention;
use AI_Secure_Proxy\Log\Table;
use AI_Secure_Proxy\Policy;

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
		$folder->write( Folder::SETTINGS, self::settings( $left_out ) );
		$folder->seal(
			array(
				'made_at'  => gmdate( 'Y-m-d\TH:i:s\Z' ),
				'site'     => home_url(),
				'plugin'   => AI_SECURE_PROXY_VERSION,
				'module'   => aisp_status()['version'],
				'store'    => array_intersect_key( $store, array_flip( array( 'engine', 'schema' ) ) ),
				'schema'   => Table::VERSION,
				'rows'     => $rows,
				'left_out' => $left_out,
			)
		);
		return $folder->manifest();
	}

	/**
	 * The options, without what may be a secret.
	 *
	 * @param string[]|null $left_out Becomes the places of what is not in it.
	 */
	private static function settings( ?array &$left_out ): array {
		$left_out = array();
		$policy   = get_option( Policy::OPTION, array() );
		return array(
			Policy::OPTION    => self::without_headers( is_array( $policy ) ? $policy : array(), '', $left_out ),
			Retention::OPTION => Retention::settings(),
		);
	}

	/** Keys are named in the settings, and never in them; but a provider's headers may be any text. */
	private static function without_headers( array $settings, string $place, array &$left_out ): array {
		foreach ( $settings as $key => $value ) {
			if ( 'headers' === $key ) {
				unset( $settings[ $key ] );
				$left_out[] = ltrim( "{$place}.headers", '.' );
			} elseif ( is_array( $value ) ) {
				$settings[ $key ] = self::without_headers( $value, "{$place}.{$key}", $left_out );
			}
		}
		return $settings;
	}
}
