<?php
/**
 * What the log has seen, for whoever wants to filter it: models, providers, routes, sources, clients, errors, statuses, users.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Facets {

	/** Facet => column of the kinds. */
	private const COLUMNS = array(
		'models'    => 'model',
		'providers' => 'provider',
		'routes'    => 'route',
		'sources'   => 'source',
		'clients'   => 'client',
		'errors'    => 'error',
		'statuses'  => 'status_code',
	);

	/** Of each. */
	private const MOST = 200;

	/** @return array<string, array> Facet => values. */
	public static function all(): array {
		Drain::run( 3 );
		$facets = array();
		foreach ( self::COLUMNS as $facet => $column ) {
			$facets[ $facet ] = Kinds::values( $column, self::MOST );
		}
		$facets['statuses'] = array_map( 'intval', $facets['statuses'] );
		$facets['users']    = self::users();
		return $facets;
	}

	/** The name of a user; null for nobody, and for who is no more. */
	public static function user_name( int $id ): ?string {
		$user = $id > 0 ? get_userdata( $id ) : false;
		return $user ? $user->display_name : null;
	}

	/** @return array{id: int, name: string|null}[] */
	private static function users(): array {
		global $wpdb;
		$ids = array_map( 'intval', $wpdb->get_col( $wpdb->prepare( 'SELECT DISTINCT user_id FROM %i ORDER BY user_id LIMIT %d', Table::name(), self::MOST ) ) ); // phpcs:ignore WordPress.DB.DirectDatabaseQuery -- From one step to the next of an index.
		cache_users( array_filter( $ids ) );
		return array_map(
			static fn( int $id ): array => array(
				'id'   => $id,
				'name' => self::user_name( $id ),
			),
			$ids
		);
	}
}
