<?php
/**
 * A person's jobs: shown on request, called off and dropped on request.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Jobs;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Module;

defined( 'ABSPATH' ) || exit;

final class Personal_Data {

	private const PER_PAGE = 200;

	/** @param mixed $exporters WordPress's exporters. */
	public static function exporters( $exporters ): array {
		$exporters                         = (array) $exporters;
		$exporters['ai-secure-proxy-jobs'] = array(
			'exporter_friendly_name' => __( 'AI Secure Proxy jobs', 'ai-secure-proxy' ),
			'callback'               => array( self::class, 'export' ),
		);
		return $exporters;
	}

	/** @param mixed $erasers WordPress's erasers. */
	public static function erasers( $erasers ): array {
		$erasers                         = (array) $erasers;
		$erasers['ai-secure-proxy-jobs'] = array(
			'eraser_friendly_name' => __( 'AI Secure Proxy jobs', 'ai-secure-proxy' ),
			'callback'             => array( self::class, 'erase' ),
		);
		return $erasers;
	}

	/**
	 * One page of a person's jobs.
	 *
	 * @param mixed $email Whose.
	 * @param mixed $page  From 1.
	 */
	public static function export( $email, $page = 1 ): array {
		$filter = self::filter( $email );
		$jobs   = array();
		// WordPress asks by number, the module by the last job of the page before.
		for ( $i = 0; null !== $filter && $i < max( 1, (int) $page ); $i++ ) {
			$jobs   = aisp_job_list( $filter + array( 'max' => self::PER_PAGE ) );
			$filter = count( $jobs ) < self::PER_PAGE ? null : array( 'before' => end( $jobs )['id'] ) + $filter;
		}
		return array(
			'data' => array_map( array( self::class, 'item' ), $i < (int) $page ? array() : $jobs ),
			'done' => null === $filter,
		);
	}

	/**
	 * Calls a person's jobs off, and drops them with their results.
	 *
	 * @param mixed $email Whose.
	 */
	public static function erase( $email ): array {
		$filter = self::filter( $email );
		$count  = 0;
		if ( null !== $filter ) {
			foreach ( array( 'queued', 'waiting', 'running' ) as $state ) {
				do {
					$jobs = aisp_job_list( compact( 'state' ) + array( 'max' => self::PER_PAGE ) + $filter );
					foreach ( $jobs as $job ) {
						aisp_job_cancel( $job['id'], $filter['site'] );
					}
				} while ( count( $jobs ) === self::PER_PAGE );
			}
			$count = aisp_job_purge( $filter );
		}
		return array(
			'items_removed'  => $count > 0,
			'items_retained' => false,
			'messages'       => array(),
			'done'           => true,
		);
	}

	/** @param mixed $email Whose jobs. */
	private static function filter( $email ): ?array {
		$user = Module::present() ? get_user_by( 'email', (string) $email ) : false;
		return $user ? array(
			'site'    => Access::site(),
			'user_id' => $user->ID,
		) : null;
	}

	private static function item( array $job ): array {
		$data = array();
		foreach ( array( 'created_at', 'started_at', 'ended_at' ) as $key ) {
			$data[] = array(
				'name'  => $key,
				'value' => null === $job[ $key ] ? '' : gmdate( 'Y-m-d\TH:i:s\Z', $job[ $key ] ),
			);
		}
		foreach ( array( $job['state'], $job['progress']['total'], $job['progress']['done'], $job['caller']['source'] ) as $i => $value ) {
			$data[] = array(
				'name'  => array( 'state', 'prompts', 'answered', 'source' )[ $i ],
				'value' => (string) $value,
			);
		}
		return array(
			'group_id'    => 'ai-secure-proxy-jobs',
			'group_label' => __( 'AI jobs', 'ai-secure-proxy' ),
			'item_id'     => $job['id'],
			'data'        => $data,
		);
	}
}
