<?php
/**
 * Puts the log and the settings of a backup into a site. The store is put in its place while PHP does not run, see how().
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Backup;

use AI_Secure_Proxy\Log\Table;
use AI_Secure_Proxy\Settings\Transfer;

defined( 'ABSPATH' ) || exit;

final class Restore {

	/** Records that are written at once. */
	private const CHUNK = 500;

	/** @param Folder $folder A whole backup. */
	private function __construct( private readonly Folder $folder ) {}

	/**
	 * Reads a backup.
	 *
	 * @throws \RuntimeException Where it is none, is not whole, or is from a newer version.
	 */
	public static function from( string $path ): self {
		$folder = Folder::open( $path );
		if ( (int) ( $folder->manifest()['schema'] ?? 0 ) > Table::VERSION ) {
			throw new \RuntimeException( __( 'The backup is from a newer version of the plugin: update the plugin first.', 'ai-secure-proxy' ) );
		}
		return new self( $folder );
	}

	/** What the backup says of itself. */
	public function manifest(): array {
		return $this->folder->manifest();
	}

	/**
	 * Writes the records that the log does not have yet.
	 *
	 * @return int How many came in.
	 * @throws \RuntimeException Where the database does not take them.
	 */
	public function log(): int {
		$before  = self::rows();
		$file    = new \SplFileObject( $this->folder->file( Folder::LOG ) );
		$records = array();
		foreach ( $file as $line ) {
			if ( '' !== $line ) {
				$record               = json_decode( $line, true, 4, JSON_THROW_ON_ERROR );
				$record['created_at'] = strtotime( $record['created_at'] );
				$records[]            = $record;
			}
			if ( count( $records ) === self::CHUNK || $file->eof() ) {
				if ( $records && ! Table::insert( $records ) ) {
					throw new \RuntimeException( __( 'The database did not take the records; see the error log of PHP.', 'ai-secure-proxy' ) );
				}
				$records = array();
			}
		}
		return self::rows() - $before;
	}

	/**
	 * Puts the settings in the place of those that are there.
	 *
	 * @throws \RuntimeException Where the module cannot work with them, or somebody else is saving some.
	 */
	public function settings(): void {
		$flaws = Transfer::restore( $this->folder->read( Folder::SETTINGS ) );
		if ( $flaws ) {
			/* translators: %s: what is wrong with them. */
			throw new \RuntimeException( sprintf( __( 'The settings were not taken over: %s', 'ai-secure-proxy' ), implode( ' ', array_column( $flaws, 'message' ) ) ) );
		}
	}

	/** @return string[] What is left to do, by hand, for answers, jobs, limits and metrics. */
	public function how(): array {
		$from = $this->folder->file( Folder::STORE );
		$to   = (string) aisp_status()['store']['location'];
		$user = function_exists( 'posix_geteuid' ) ? posix_getpwuid( posix_geteuid() )['name'] ?? '' : '';
		return array(
			__( 'Stop PHP and all workers (php-fpm, wp aisp worker).', 'ai-secure-proxy' ),
			"rm -f '{$to}' '{$to}-wal' '{$to}-shm'",
			"install -m 600 -o {$user} '{$from}' '{$to}'",
			__( 'Start PHP again; `wp aisp status` says whether it is well.', 'ai-secure-proxy' ),
		);
	}

	private static function rows(): int {
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( 'SELECT COUNT(*) FROM %i', Table::name() ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
	}
}
