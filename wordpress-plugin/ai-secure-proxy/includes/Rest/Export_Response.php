<?php
/**
 * A file of the log that does not exist yet: it is read while it is sent, see Logs_Controller::serve().
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

use AI_Secure_Proxy\Log\Export;
use AI_Secure_Proxy\Log\Query;

defined( 'ABSPATH' ) || exit;

final class Export_Response extends \WP_REST_Response {

	/** In seconds: some millions of records on a slow line. */
	private const MOST_SECONDS = 1800;

	/**
	 * @param array  $filter What is to be in it.
	 * @param string $format One of Export::FORMATS.
	 */
	public function __construct( private array $filter, private string $format ) {
		parent::__construct();
		$this->header( 'Content-Type', Export::TYPES[ $format ] );
		$this->header( 'Content-Disposition', 'attachment; filename="' . Export::file_name( $format ) . '"' );
		$this->header( 'X-Content-Type-Options', 'nosniff' );
	}

	/** Sends it; a client that leaves ends it. */
	public function send(): void {
		Unbuffered::prepare( self::MOST_SECONDS );
		Unbuffered::begin();
		Export::write(
			Query::each( $this->filter ),
			$this->format,
			static function ( string $piece ): void {
				echo $piece; // phpcs:ignore WordPress.Security.EscapeOutput -- Not HTML, and the type says so.
				flush();
			}
		);
	}
}
