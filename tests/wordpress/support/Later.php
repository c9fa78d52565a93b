<?php
/**
 * The provider of later.php, running.
 */

declare( strict_types=1 );

final class Later {

	public readonly string $url;

	private string $dir;

	/** @var resource */
	private $process;

	public function __construct() {
		$socket     = stream_socket_server( 'tcp://127.0.0.1:0' );
		$address    = stream_socket_get_name( $socket, false );
		$this->url  = "http://$address/v1";
		$this->dir  = sys_get_temp_dir() . '/later-' . bin2hex( random_bytes( 6 ) );
		$log        = array( 'file', '/dev/null', 'w' );
		fclose( $socket );
		mkdir( $this->dir );
		$this->process = proc_open( array( PHP_BINARY, '-S', $address, __DIR__ . '/later.php' ), array( 1 => $log, 2 => $log ), $pipes, null, array( 'LATER_DIR' => $this->dir ) );
		for ( $i = 0; $i < 100 && ! @stream_socket_client( "tcp://$address" ); $i++ ) { // phpcs:ignore WordPress.PHP.NoSilencedErrors -- Until it listens.
			usleep( 50000 );
		}
	}

	/** Ends it. */
	public function stop(): void {
		proc_terminate( $this->process );
		proc_close( $this->process );
		array_map( 'unlink', glob( "$this->dir/*" ) );
		rmdir( $this->dir );
	}

	/** @return string[] The ids of what it was asked. */
	public function asked(): array {
		return array_values( array_filter( array_map( 'basename', glob( "$this->dir/*" ) ), static fn( string $name ): bool => ! str_contains( $name, '.' ) ) );
	}

	/** What it was asked. */
	public function request( string $id ): array {
		return json_decode( file_get_contents( "$this->dir/$id" ), true, 512, JSON_THROW_ON_ERROR );
	}

	/** Answers. */
	public function answer( string $id, string $text ): void {
		file_put_contents( "$this->dir/$id.done", $text );
	}

	public function was_called_off( string $id ): bool {
		return file_exists( "$this->dir/$id.cancelled" );
	}
}
