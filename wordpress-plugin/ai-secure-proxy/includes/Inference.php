<?php
/**
 * One inference, for every front door: the filters of the site around one call of the module.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

use AI_Secure_Proxy\Log\Drain;

defined( 'ABSPATH' ) || exit;

final class Inference {

	private static bool $called = false;

	/** Whether this PHP request called the module: then the module has logged it, whatever came of it. */
	public static function called(): bool {
		return self::$called;
	}

	/**
	 * Asks the module.
	 *
	 * @param array $request What the client sent, as it is; the module judges it.
	 * @param array $caller  Who asks, see Access::caller().
	 * @return array The module's result.
	 * @throws \Aisp\Exception With a slug, a status and a message fit for the caller.
	 */
	public static function infer( array $request, array $caller ): array {
		/**
		 * Filters what is asked, before the module judges it.
		 *
		 * @param array $request The client's body.
		 * @param array $caller  Who asks.
		 */
		$request = apply_filters( 'aisp_request', $request, $caller );
		$policy  = Policy::current( $caller );

		self::$called = true;
		Drain::after_response();
		$result = aisp_infer( $request, $caller, $policy );

		/**
		 * Filters the answer on its way to the caller; cache and log already have theirs.
		 *
		 * @param array $result  The module's result.
		 * @param array $request What was asked.
		 * @param array $caller  Who asked.
		 */
		return apply_filters( 'aisp_result', $result, $request, $caller );
	}
}
