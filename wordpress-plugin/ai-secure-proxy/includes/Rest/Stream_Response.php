<?php
/**
 * An answer that does not exist yet: it is made while it is sent, see Stream_Controller::serve().
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Rest;

defined( 'ABSPATH' ) || exit;

final class Stream_Response extends \WP_REST_Response {

	/**
	 * @param array $body   What the client asks.
	 * @param array $caller Who asks.
	 */
	public function __construct( public array $body, public array $caller ) {
		parent::__construct();
	}
}
