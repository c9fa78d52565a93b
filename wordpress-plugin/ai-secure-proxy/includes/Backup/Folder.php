<?php
/**
 * The folder of a backup: its files, what they should be, and whether they are that still.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Backup;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.WP.AlternativeFunctions -- WP_Filesystem knows neither private files nor files that are read piece by piece.

final class Folder {

	public const STORE    = 'store.db';
	public const LOG      = 'log.jsonl';
	public const SETTINGS = 'settings.json';

	private const MANIFEST = 'manifest.json';
	private const FORMAT   = 'ai-secure-proxy-backup';

	/** @param string $path Where it is. */
	private function __construct( private readonly string $path ) {}

	/**
	 * A new one, which only this user may read.
	 *
	 * @throws \RuntimeException Where it cannot be made, or a web server might hand it out.
	 */
	public static function create( string $path ): self {
		if ( file_exists( $path ) ) {
			/* translators: %s: path of a folder. */
			throw new \RuntimeException( sprintf( __( '%s is there already; a backup gets a folder of its own.', 'ai-secure-proxy' ), $path ) );
		}
		if ( Web::serves( dirname( $path ) ) ) {
			throw new \RuntimeException( __( 'This folder belongs to the website, from where a web server may hand the backup out: choose another one.', 'ai-secure-proxy' ) );
		}
		if ( ! @mkdir( $path, 0700 ) ) { // phpcs:ignore WordPress.PHP.NoSilencedErrors -- The next line says so.
			/* translators: %s: path of a folder. */
			throw new \RuntimeException( sprintf( __( 'The folder %s cannot be made.', 'ai-secure-proxy' ), $path ) );
		}
		return new self( (string) realpath( $path ) );
	}

	/**
	 * One that is there, with all of its files as they were written.
	 *
	 * @throws \RuntimeException Where it is none, or not whole.
	 */
	public static function open( string $path ): self {
		$folder   = new self( (string) realpath( $path ) );
		$manifest = $folder->manifest();
		if ( self::FORMAT !== ( $manifest['format'] ?? null ) || ! is_array( $manifest['files'] ?? null ) ) {
			/* translators: %s: path of a folder. */
			throw new \RuntimeException( sprintf( __( '%s holds no backup of AI Secure Proxy.', 'ai-secure-proxy' ), $path ) );
		}
		foreach ( array( self::STORE, self::LOG, self::SETTINGS ) as $name ) {
			$file = $folder->file( $name );
			if ( ! is_file( $file ) || hash_file( 'sha256', $file ) !== ( $manifest['files'][ $name ]['sha256'] ?? null ) ) {
				/* translators: %s: name of a file. */
				throw new \RuntimeException( sprintf( __( 'The backup is not whole: %s is missing, or is not what was written.', 'ai-secure-proxy' ), $name ) );
			}
		}
		return $folder;
	}

	/** The path of one of its files. */
	public function file( string $name ): string {
		return "{$this->path}/{$name}";
	}

	/** @throws \RuntimeException Where it cannot be written. */
	public function write( string $name, array $data ): void {
		$file = $this->to( $name );
		$text = wp_json_encode( $data, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) . "\n";
		self::put( $file, $text );
		self::close( $file );
	}

	/** What write() wrote. */
	public function read( string $name ): array {
		$data = json_decode( (string) file_get_contents( $this->file( $name ) ), true );
		return is_array( $data ) ? $data : array();
	}

	/**
	 * Opens a new file of the folder, which only this user may read.
	 *
	 * @return resource
	 * @throws \RuntimeException Where it cannot be made.
	 */
	public function to( string $name ) {
		$mask = umask( 0077 );
		$file = @fopen( $this->file( $name ), 'x' ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- The next line says so.
		umask( $mask );
		return $file ? $file : throw self::full( $this->path );
	}

	/**
	 * Writes all of a text.
	 *
	 * @param resource $file As to() gives it.
	 * @throws \RuntimeException Where there is no room.
	 */
	public static function put( $file, string $text ): void {
		if ( fwrite( $file, $text ) !== strlen( $text ) ) {
			throw self::full( stream_get_meta_data( $file )['uri'] );
		}
	}

	/**
	 * Ends a file, on the disk.
	 *
	 * @param resource $file As to() gives it.
	 * @throws \RuntimeException Where there is no room.
	 */
	public static function close( $file ): void {
		if ( ! fsync( $file ) || ! fclose( $file ) ) {
			throw self::full( '' );
		}
	}

	/** Says what is in the folder: without this, it is no backup. */
	public function seal( array $facts ): void {
		$files = array();
		foreach ( array( self::STORE, self::LOG, self::SETTINGS ) as $name ) {
			$files[ $name ] = array(
				'bytes'  => filesize( $this->file( $name ) ),
				'sha256' => hash_file( 'sha256', $this->file( $name ) ),
			);
		}
		$this->write( self::MANIFEST, array( 'format' => self::FORMAT ) + $facts + array( 'files' => $files ) );
	}

	/** What seal() said. */
	public function manifest(): array {
		return is_file( $this->file( self::MANIFEST ) ) ? $this->read( self::MANIFEST ) : array();
	}

	private static function full( string $path ): \RuntimeException {
		/* translators: %s: path of a file or folder. */
		return new \RuntimeException( trim( sprintf( __( 'It cannot be written, or there is no room: %s', 'ai-secure-proxy' ), $path ) ) );
	}
}
