<?php
/**
 * Cached answers that are not true any more: dropped by an administrator, or because what they were made of has changed.
 *
 * A request that is tagged `post:123` (or `term:`, `user:`, `option:`) is asked anew once that post is saved or deleted; also
 * where its answer was on its way when that happened.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Cache;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Module;
use AI_Secure_Proxy\Policy;
use AI_Secure_Proxy\Policy_Guard;

defined( 'ABSPATH' ) || exit;

final class Invalidation {

	/** What answers can be dropped by; `all` stands alone. */
	public const PARTS = array( 'tag', 'model', 'provider', 'hash', 'age' );

	/** Options that WordPress writes all the time, and that no answer is made of. */
	private const NOISE = '/^(_site)?_transient_|^_transient_|^cron$|^aisp_/';

	/**
	 * Drops this site's answers that match every part.
	 *
	 * @param array $selector tag, model, provider, hash, age in seconds; or all => true.
	 * @return int How many.
	 * @throws \Aisp\Exception The store cannot be used, or the selector is malformed.
	 */
	public static function by( array $selector ): int {
		return aisp_cache_invalidate( array( 'site' => Access::site() ) + $selector );
	}

	/**
	 * How many answers by() would drop.
	 *
	 * @param array $selector As there.
	 * @throws \Aisp\Exception The store cannot be used, or the selector is malformed.
	 */
	public static function count( array $selector ): int {
		return self::by( array( 'dry_run' => true ) + $selector );
	}

	/**
	 * Makes all of this site's answers unreachable at once, also for calls under way, by counting up the policy's epoch.
	 *
	 * @throws \Aisp\Conflict The epoch is not the option's to say.
	 */
	public static function next_epoch(): int {
		if ( array_key_exists( 'cache', Policy::locked() ) ) {
			/* translators: %s: name of a PHP constant. */
			throw new \Aisp\Conflict( sprintf( __( 'The cache is set by %s in wp-config.php: count its epoch up there.', 'ai-secure-proxy' ), Policy::CONSTANT ) );
		}
		$settings          = Policy::stored();
		$settings['cache'] = is_array( $settings['cache'] ?? null ) ? $settings['cache'] : array();
		$epoch             = (int) ( $settings['cache']['epoch'] ?? 0 ) + 1;

		$settings['cache']['epoch'] = $epoch;
		Policy_Guard::save( $settings );
		return $epoch;
	}

	/** Actions save_post and deleted_post. @param int $id The post's, or that of a revision, which is nobody's source. */
	public static function post( $id ): void {
		if ( ! wp_is_post_revision( $id ) ) {
			self::source( 'post', (string) $id );
		}
	}

	/** Actions edited_term and delete_term. @param int $id The term's. */
	public static function term( $id ): void {
		self::source( 'term', (string) $id );
	}

	/** Actions profile_update and deleted_user. @param int $id The user's. */
	public static function user( $id ): void {
		self::source( 'user', (string) $id );
	}

	/** Actions added_option, updated_option and deleted_option. @param string $name The option's. */
	public static function option( $name ): void {
		if ( ! preg_match( self::NOISE, (string) $name ) ) {
			self::source( 'option', (string) $name );
		}
	}

	/** Whoever saves a post is not kept from it by a cache that is down; but that old answers may stay is worth a line. */
	private static function source( string $kind, string $id ): void {
		if ( ! Module::present() ) {
			return;
		}
		try {
			self::by( array( 'tag' => "$kind:$id" ) );
		} catch ( \Aisp\Exception $e ) {
			error_log( "AI Secure Proxy: cached answers about $kind $id may be out of date: " . $e->getMessage() ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- The one trace of it for who runs the site.
		}
	}
}
