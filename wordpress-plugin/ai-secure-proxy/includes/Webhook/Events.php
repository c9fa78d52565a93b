<?php
/**
 * The events that lie in this site's inbox, for every front door: which there are, and what can be done with them.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Webhook;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Json;

defined( 'ABSPATH' ) || exit;

final class Events {

	public const STATES = array( 'waiting', 'leased', 'done', 'dead' );

	/** As many as the module takes at once. */
	private const PAGE = 1000;

	/**
	 * The newest of this site's events that match, without what came in them.
	 *
	 * @param array $filter As for aisp_webhook_list().
	 * @return array[]
	 * @throws \Aisp\Exception The filter is wrong, or the store cannot be used.
	 */
	public static function page( array $filter ): array {
		return aisp_webhook_list( array( 'site' => Access::site() ) + $filter );
	}

	/**
	 * One of this site's events, with the body that came in it.
	 *
	 * @return array|null Null where there is none of this number.
	 * @throws \Aisp\Exception The store cannot be used.
	 */
	public static function find( int $id ): ?array {
		return self::page( array( 'id' => $id ) )[0] ?? null;
	}

	/**
	 * Lets dead events be handled once more.
	 *
	 * @param array $filter As for aisp_webhook_replay().
	 * @return int How many there were.
	 * @throws \Aisp\Exception The filter is wrong, or the store cannot be used.
	 */
	public static function replay( array $filter ): int {
		return self::all( 'aisp_webhook_replay', $filter );
	}

	/**
	 * Forgets events that are not being handled.
	 *
	 * @param array $filter As for aisp_webhook_forget().
	 * @return int How many there were.
	 * @throws \Aisp\Exception The filter is wrong, or the store cannot be used.
	 */
	public static function forget( array $filter ): int {
		return self::all( 'aisp_webhook_forget', $filter );
	}

	/**
	 * What a body says, objects as objects; the body itself where that is no JSON, without what is not UTF-8; null where
	 * there is none.
	 *
	 * @return mixed
	 */
	public static function payload( string $body ) {
		if ( '' === $body ) {
			return null;
		}
		$payload = json_decode( $body, false, 512, JSON_BIGINT_AS_STRING );
		return JSON_ERROR_NONE === json_last_error() ? $payload : json_decode( Json::line( $body ) );
	}

	/** @param callable $act What it has dealt with does not match again. */
	private static function all( callable $act, array $filter ): int {
		$count = 0;
		do {
			$some   = $act( array( 'site' => Access::site() ) + $filter + array( 'max' => self::PAGE ) );
			$count += $some;
		} while ( self::PAGE === $some );
		return $count;
	}
}
