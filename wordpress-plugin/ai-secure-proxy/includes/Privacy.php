<?php
/**
 * A person's share of the log: shown on request, made anonymous on request.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

use AI_Secure_Proxy\Log\Drain;
use AI_Secure_Proxy\Log\Kinds;
use AI_Secure_Proxy\Log\Query;
use AI_Secure_Proxy\Log\Retention;
use AI_Secure_Proxy\Log\Table;

defined( 'ABSPATH' ) || exit;

final class Privacy {

	private const PER_PAGE = 200;

	/** @param mixed $exporters WordPress's exporters. */
	public static function exporters( $exporters ): array {
		$exporters                    = (array) $exporters;
		$exporters['ai-secure-proxy'] = array(
			'exporter_friendly_name' => __( 'AI Secure Proxy log', 'ai-secure-proxy' ),
			'callback'               => array( self::class, 'export' ),
		);
		return $exporters;
	}

	/** @param mixed $erasers WordPress's erasers. */
	public static function erasers( $erasers ): array {
		$erasers                    = (array) $erasers;
		$erasers['ai-secure-proxy'] = array(
			'eraser_friendly_name' => __( 'AI Secure Proxy log', 'ai-secure-proxy' ),
			'callback'             => array( self::class, 'erase' ),
		);
		return $erasers;
	}

	/**
	 * One page of a person's records.
	 *
	 * @param mixed $email Whose.
	 * @param mixed $page  From 1.
	 */
	public static function export( $email, $page = 1 ): array {
		$user = get_user_by( 'email', (string) $email );
		$rows = $user ? Query::page( array( 'user' => array( $user->ID ) ), max( 1, (int) $page ), self::PER_PAGE )['rows'] : array();
		return array(
			'data' => array_map( array( self::class, 'item' ), $rows ),
			'done' => count( $rows ) < self::PER_PAGE,
		);
	}

	/**
	 * Takes the person out of one page of records; the records stay, for the sums.
	 *
	 * @param mixed $email Whose.
	 */
	public static function erase( $email ): array {
		global $wpdb;
		$user  = get_user_by( 'email', (string) $email );
		$count = 0;
		if ( $user ) {
			Drain::run( 3 );
			// A client that came with the person's token is named after them, see Token.
			$count = (int) $wpdb->query( $wpdb->prepare( 'UPDATE %i SET user_id = 0, client = IF(client = %s, %s, client) WHERE user_id = %d LIMIT %d', Table::name(), Kinds::USERS . ":{$user->ID}", Kinds::USERS, $user->ID, self::PER_PAGE ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery
		}
		return array(
			'items_removed'  => $count > 0,
			'items_retained' => false,
			'messages'       => array(),
			'done'           => $count < self::PER_PAGE,
		);
	}

	public static function policy_text(): void {
		$hidden = true === ( Policy::settings()['redact'] ?? true )
			? ' ' . __( 'E-mail addresses, phone, card and bank account numbers, social security numbers and network addresses in it are replaced by placeholders before it is sent.', 'ai-secure-proxy' )
			: '';
		$days     = Retention::settings()['days'];
		/* translators: %d: a number of days. */
		$kept = $days ? ' ' . sprintf( _n( 'It is kept for %d day.', 'It is kept for %d days.', $days, 'ai-secure-proxy' ), $days ) : '';
		wp_add_privacy_policy_content(
			__( 'AI Secure Proxy', 'ai-secure-proxy' ),
			wp_kses_post(
				'<p>' . __( 'When you use an AI function of this site, what you enter is sent to the AI provider that the site has chosen, and the answer may be kept for a while on this server to answer the same question again.', 'ai-secure-proxy' ) . $hidden . '</p>'
				. '<p>' . __( 'A log records each use: your user id, the time, the model, the size, the cost and the outcome. It holds neither your words nor the answer. Your user id is taken out of it when your personal data is erased.', 'ai-secure-proxy' ) . $kept . '</p>'
				. '<p>' . __( 'What you ask to be answered later is kept on this server until it is answered, and the answers for a month after that. Both are dropped when your personal data is erased.', 'ai-secure-proxy' ) . '</p>'
			)
		);
	}

	private static function item( array $row ): array {
		$data = array();
		foreach ( array( 'created_at', 'route', 'source', 'provider', 'model', 'status_code', 'error', 'tokens_in', 'tokens_out', 'duration_ms', 'request_id' ) as $key ) {
			$data[] = array(
				'name'  => $key,
				'value' => (string) $row[ $key ],
			);
		}
		return array(
			'group_id'    => 'ai-secure-proxy',
			'group_label' => __( 'AI use', 'ai-secure-proxy' ),
			'item_id'     => 'aisp-log-' . $row['id'],
			'data'        => $data,
		);
	}
}
