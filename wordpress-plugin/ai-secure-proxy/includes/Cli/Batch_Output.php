<?php
/**
 * A file of answers, one a line, that a later run can go on with: {"line":7,"result":{…}} or {"line":7,"error":{…}}.
 *
 * It is only ever appended to, so that a run that is killed loses what it had not written and nothing else. When a run
 * comes to its end and an earlier one has left errors, the file is put in order: one line for each line of the input.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cli;

use AI_Secure_Proxy\Json;

defined( 'ABSPATH' ) || exit;

final class Batch_Output {

	/** @var resource */
	private $file;

	/** @var array<int, int> Line number of the input => where its last answer stands in the file. */
	private array $places = array();

	/** @var array<int, true> Line numbers of the input that have a result. */
	private array $done = array();

	private bool $in_order = true;

	/**
	 * @param string $path   The file; made where it is not there.
	 * @param bool   $resume Whether what it holds counts; else it is emptied.
	 * @throws \RuntimeException Where it cannot be written, or another run writes it.
	 */
	public function __construct( private string $path, bool $resume ) {
		$file = @fopen( $path, 'c+b' ); // phpcs:ignore -- The failure is told below.
		if ( ! $file ) {
			/* translators: %s: a file. */
			throw new \RuntimeException( sprintf( __( '%s cannot be written.', 'ai-secure-proxy' ), $path ) );
		}
		if ( ! flock( $file, LOCK_EX | LOCK_NB ) ) {
			/* translators: %s: a file. */
			throw new \RuntimeException( sprintf( __( 'Another run is writing %s.', 'ai-secure-proxy' ), $path ) );
		}
		$this->file = $file;
		ftruncate( $file, $resume ? $this->read() : 0 );
		fseek( $file, 0, SEEK_END );
	}

	/** Whether this line of the input has a result. An error is none: it is tried again. */
	public function has( int $line ): bool {
		return isset( $this->done[ $line ] );
	}

	/**
	 * @param int   $line Of the input.
	 * @param array $item array( 'result' => … ) or array( 'error' => … ).
	 */
	public function write( int $line, array $item ): void {
		$this->note( $line, (int) ftell( $this->file ) );
		$text = Json::line( array( 'line' => $line ) + $item ) . "\n";
		if ( strlen( $text ) !== fwrite( $this->file, $text ) || ! fflush( $this->file ) ) {
			/* translators: %s: a file. */
			throw new \RuntimeException( sprintf( __( '%s cannot be written.', 'ai-secure-proxy' ), $this->path ) );
		}
	}

	/** The end of a run that went through. */
	public function close(): void {
		if ( ! $this->in_order ) {
			$this->put_in_order();
		}
		fclose( $this->file );
	}

	/**
	 * Notes what is there.
	 *
	 * @return int Where the last whole line ends: a run that was killed may have left half of one.
	 */
	private function read(): int {
		$place = 0;
		while ( false !== ( $text = fgets( $this->file ) ) && str_ends_with( $text, "\n" ) ) { // phpcs:ignore -- The usual loop over a file.
			$item = json_decode( $text, true );
			if ( is_int( $item['line'] ?? null ) ) {
				$this->note( $item['line'], $place );
				if ( isset( $item['result'] ) ) {
					$this->done[ $item['line'] ] = true;
				}
			}
			$place = (int) ftell( $this->file );
		}
		return $place;
	}

	private function note( int $line, int $place ): void {
		$this->in_order        = $this->in_order && $line > (int) array_key_last( $this->places );
		$this->places[ $line ] = $place;
	}

	/** Into a file beside it, which then takes its place: whoever is killed here still has the old one. */
	private function put_in_order(): void {
		$path   = (string) realpath( $this->path );
		$beside = $path . '.tmp';
		$copy   = fopen( $beside, 'wb' );
		if ( ! $copy ) {
			return; // Every answer is there, only in another order.
		}
		ksort( $this->places );
		$written = true;
		foreach ( $this->places as $place ) {
			fseek( $this->file, $place );
			$text    = (string) fgets( $this->file );
			$written = strlen( $text ) === fwrite( $copy, $text ) && $written;
		}
		if ( fclose( $copy ) && $written ) {
			rename( $beside, $path );
		} else {
			unlink( $beside );
		}
	}
}
