<?php
/**
 * Where an answer of a job goes, for people: which post that is, whether the answer is there, and what is in the way.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Jobs;

defined( 'ABSPATH' ) || exit;

final class Place {

	/** The items of a job as they are, each that has a `store` with its `place`: title, edit_url, written, obstacle. */
	public static function with( array $job ): array {
		_prime_post_caches( array_column( array_filter( array_column( $job['items'] ?? array(), 'store' ) ), 'post_id' ), false, true );
		foreach ( $job['items'] ?? array() as $i => $item ) {
			if ( null !== ( $item['store'] ?? null ) ) {
				$job['items'][ $i ]['place'] = self::of( $job, $item );
			}
		}
		return $job;
	}

	private static function of( array $job, array $item ): array {
		$post    = $item['store']['post_id'];
		$written = Ended::is_written( $item['store'], $job['id'] . '/' . $item['n'] );
		return array(
			'title'    => current_user_can( 'read_post', $post ) ? html_entity_decode( get_the_title( $post ), ENT_QUOTES, 'UTF-8' ) : null,
			'edit_url' => get_edit_post_link( $post, 'raw' ),
			'written'  => $written,
			'obstacle' => $written ? null : Ended::obstacle( $item, (int) $job['caller']['user_id'] ),
		);
	}
}
