<?php
/**
 * Inference, for every front door: the filters of the site around one call of the module.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

use AI_Secure_Proxy\Log\Drain;

defined( 'ABSPATH' ) || exit;

final class Inference {

	/** Who asked last. */
	private static ?array $caller = null;

	/** Whether this PHP request called the module: then the module has logged it, whatever came of it. */
	public static function called(): bool {
		return null !== self::$caller;
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
		$request = self::asked( $request, $caller );
		$policy  = Policy::current( $caller );
		self::calling( $caller, $policy );
		return self::answered( aisp_infer( $request, $caller, $policy ), $request, $caller );
	}

	/**
	 * The same, as a stream of events; see aisp_stream() for what is in them.
	 *
	 * @param array    $request  What the client sent, as it is; the module judges it.
	 * @param array    $caller   Who asks.
	 * @param callable $on_event Gets each event; false cancels the call. Nothing was sent to it where this throws at first.
	 * @return array The result, or what there was of it when it was cancelled.
	 * @throws \Aisp\Exception With a slug, a status and a message fit for the caller.
	 */
	public static function stream( array $request, array $caller, callable $on_event ): array {
		$request = self::asked( $request, $caller );
		$policy  = Policy::current( $caller );
		$result  = null;
		$pass_on = static function ( array $event ) use ( $request, $caller, $on_event, &$result ) {
			if ( 'result' === $event['type'] ) {
				$result          = self::answered( $event['result'], $request, $caller );
				$event['result'] = $result;
			}
			return $on_event( $event );
		};
		self::calling( $caller, $policy );
		$returned = aisp_stream( $request, $pass_on, $caller, $policy );
		return $result ?? self::answered( $returned, $request, $caller );
	}

	/**
	 * Many requests in one call, under one deadline.
	 *
	 * @param array[] $requests A list; what is wrong with one of them is said in its place.
	 * @param array   $caller   Who asks.
	 * @param array   $changes  Keys of the policy that this call sets itself; only for code that an administrator runs.
	 * @return array[] In order, each the module's result or array( 'error' => array( code, message, status, retry_after ) ).
	 * @throws \Aisp\Exception Where nothing was asked at all.
	 */
	public static function batch( array $requests, array $caller, array $changes = array() ): array {
		foreach ( $requests as $i => $request ) {
			$requests[ $i ] = self::asked( $request, $caller );
		}
		$policy = array_replace( Policy::current( $caller ), $changes );
		self::calling( $caller, $policy );
		$items = aisp_infer_batch( $requests, $caller, $policy );
		foreach ( $items as $i => $item ) {
			if ( ! isset( $item['error'] ) ) {
				$items[ $i ] = self::answered( $item, $requests[ $i ], $caller );
			}
		}
		return $items;
	}

	/**
	 * What would be sent, and what it would cost. Nothing is sent, charged or logged.
	 *
	 * @param array $request What the client sent, as it is; the module judges it.
	 * @param array $caller  Who asks.
	 * @throws \Aisp\Exception As the call itself would.
	 */
	public static function preview( array $request, array $caller ): array {
		return aisp_preview( self::asked( $request, $caller ), $caller, Policy::current( $caller ) );
	}

	/**
	 * Where the limits and budgets of a caller stand.
	 *
	 * @return array{limits: array[], budgets: array[]}
	 * @throws \Aisp\ConfigError Caller, policy or php.ini is wrong.
	 */
	public static function standing( array $caller ): array {
		return aisp_limits( $caller, Policy::current( $caller ) );
	}

	/**
	 * Where the limits of who asked last stand now, for answers where the module does not tell: it looks at no quota when the
	 * cache answers.
	 *
	 * @return array[] Nothing where that cannot be said.
	 */
	public static function limits(): array {
		try {
			return self::$caller ? self::standing( self::$caller )['limits'] : array();
		} catch ( \Throwable $e ) {
			return array();
		}
	}

	private static function asked( array $request, array $caller ): array {
		/**
		 * Filters what is asked, before the module judges it; in a batch each request by itself.
		 *
		 * @param array $request The client's body.
		 * @param array $caller  Who asks.
		 */
		return apply_filters( 'aisp_request', $request, $caller );
	}

	private static function answered( array $result, array $request, array $caller ): array {
		/**
		 * Filters the answer on its way to the caller; cache and log already have theirs, and so has, piece by piece, who
		 * listens to a stream. In a batch each answer by itself.
		 *
		 * @param array $result  The module's result.
		 * @param array $request What was asked.
		 * @param array $caller  Who asked.
		 */
		return apply_filters( 'aisp_result', $result, $request, $caller );
	}

	/** The module is about to be called: from now on what it refuses is in its log. */
	public static function calling( array $caller, array $policy ): void {
		self::$caller = $caller;
		Drain::after_response();
		if ( ! empty( $policy['budget'] ) ) {
			Budget_Alerts::after_response();
		}
	}
}
