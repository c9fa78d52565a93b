<?php
/**
 * Whether somebody may have an answer written where they want it: `store`, a post and a key of its meta data.
 *
 * Asked twice: before a job is enqueued, and again before its answers are written, which may be a night later.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Jobs;

defined( 'ABSPATH' ) || exit;

final class Rights {

	/** A job may have thousands of items: their posts are fetched so many at a time. */
	private const AT_ONCE = 500;

	/**
	 * Looks at every `store` of a request.
	 *
	 * @param array $request As for aisp_job_enqueue().
	 * @param int   $user_id Who asks; 0 for somebody without a login.
	 * @throws \Aisp\InvalidRequest A `store` is none, or names no post.
	 * @throws \Aisp\Forbidden      The user may not have that written.
	 */
	public static function check( array $request, int $user_id ): void {
		$stores = array();
		if ( isset( $request['store'] ) ) {
			$stores['store'] = $request['store'];
		}
		$items = is_array( $request['items'] ?? null ) ? $request['items'] : array();
		foreach ( $items as $n => $item ) {
			if ( is_array( $item ) && isset( $item['store'] ) ) {
				$stores[ 'items[' . (int) $n . '].store' ] = $item['store'];
			}
		}
		self::check_all( $stores, $user_id );
	}

	/**
	 * Looks at each of them.
	 *
	 * @param array $stores  Its name in the request => what stands there.
	 * @param int   $user_id Who asks.
	 * @throws \Aisp\InvalidRequest A `store` is none, or names no post.
	 * @throws \Aisp\Forbidden      The user may not have that written.
	 */
	public static function check_all( array $stores, int $user_id ): void {
		if ( $stores && 0 === $user_id ) {
			/* translators: %s: name of a field. */
			throw new \Aisp\Forbidden( sprintf( __( '%s is for users with a login.', 'ai-secure-proxy' ), array_key_first( $stores ) ) );
		}
		foreach ( $stores as $name => $store ) {
			if ( ! self::is_store( $store ) ) {
				/* translators: %s: name of a field. */
				throw new \Aisp\InvalidRequest( sprintf( __( '%s must be an object with post_id, the number of a post, and meta_key, a text of 1 to 255 bytes.', 'ai-secure-proxy' ), $name ) );
			}
		}
		foreach ( array_chunk( $stores, self::AT_ONCE, true ) as $some ) {
			_prime_post_caches( array_column( $some, 'post_id' ), false, false );
			foreach ( $some as $name => $store ) {
				self::check_one( $name, $store, $user_id );
			}
		}
	}

	/**
	 * Whether a user may have something written there, now.
	 *
	 * @param array $store post_id and meta_key.
	 */
	public static function may( int $user_id, array $store ): bool {
		return self::has_post( $store )
			&& user_can( $user_id, 'edit_post', $store['post_id'] )
			&& user_can( $user_id, 'edit_post_meta', $store['post_id'], $store['meta_key'] );
	}

	/** A revision is none: WordPress writes into its post then, whose own rules for the field would not have been asked. */
	public static function has_post( array $store ): bool {
		return ! in_array( get_post_type( $store['post_id'] ), array( false, 'revision' ), true );
	}

	/** @param mixed $store What stands there. A post 0 would be WordPress's current one. */
	public static function is_store( $store ): bool {
		return is_array( $store ) && ! array_diff_key( $store, array_flip( array( 'post_id', 'meta_key' ) ) )
			&& is_int( $store['post_id'] ?? null ) && $store['post_id'] > 0
			&& is_string( $store['meta_key'] ?? null ) && '' !== $store['meta_key'] && strlen( $store['meta_key'] ) <= 255;
	}

	private static function check_one( string $name, array $store, int $user_id ): void {
		if ( ! self::has_post( $store ) ) {
			/* translators: 1: name of a field, 2: a number. */
			throw new \Aisp\InvalidRequest( sprintf( __( '%1$s.post_id: there is no post %2$d.', 'ai-secure-proxy' ), $name, $store['post_id'] ) );
		}
		if ( ! user_can( $user_id, 'edit_post', $store['post_id'] ) ) {
			/* translators: 1: name of a field, 2: a number. */
			throw new \Aisp\Forbidden( sprintf( __( '%1$s.post_id: your account may not edit the post %2$d.', 'ai-secure-proxy' ), $name, $store['post_id'] ) );
		}
		if ( ! self::may( $user_id, $store ) ) {
			/* translators: 1: name of a field, 2: a number. */
			throw new \Aisp\Forbidden( sprintf( __( '%1$s.meta_key: your account may not write this field of the post %2$d.', 'ai-secure-proxy' ), $name, $store['post_id'] ) );
		}
	}
}
