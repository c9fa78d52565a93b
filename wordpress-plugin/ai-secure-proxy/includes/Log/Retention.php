<?php
/**
 * How long the log is kept: by age and by number of rows, tidied up at night in deletes so small that nobody waits for one.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Log;

defined( 'ABSPATH' ) || exit;

final class Retention {

	public const OPTION = 'aisp_log';
	public const EVENT  = 'aisp_prune_log';

	/** What goes on when the night's first run was not enough. */
	public const AGAIN = 'aisp_prune_log_again';

	private const DEFAULTS = array(
		'days' => 90,
		'rows' => 1000000,
		'hour' => 3,
	);

	private const MOST_DAYS  = 3650;
	private const LEAST_ROWS = 1000;
	private const MOST_ROWS  = 100000000;

	/** One run, in seconds; WP-Cron has other things to do. */
	private const RUN_S = 20;

	/** Makes the option known, to the REST route of the settings as well. */
	public static function register(): void {
		register_setting(
			'ai-secure-proxy',
			self::OPTION,
			array(
				'type'              => 'object',
				'label'             => __( 'Log retention', 'ai-secure-proxy' ),
				'description'       => __( 'How long AI Secure Proxy keeps its log.', 'ai-secure-proxy' ),
				'default'           => self::DEFAULTS,
				'sanitize_callback' => array( self::class, 'sanitize' ),
				'show_in_rest'      => array( 'schema' => self::schema() ),
			)
		);
	}

	/** @return array{days: int, rows: int, hour: int} 0 days, or rows, are no bound. */
	public static function settings(): array {
		return self::sanitize( get_option( self::OPTION ) );
	}

	/**
	 * Settings that are whole and in their bounds; where one is not, it is as if it were not set.
	 *
	 * @param mixed $value What somebody wants to save, or has saved.
	 */
	public static function sanitize( $value ): array {
		$value = is_array( $value ) ? $value : array();
		foreach ( self::schema()['properties'] as $key => $schema ) {
			if ( ! isset( $value[ $key ] ) || true !== rest_validate_value_from_schema( $value[ $key ], $schema, $key ) ) {
				$value[ $key ] = self::DEFAULTS[ $key ];
			}
		}
		return array_map( 'intval', array_intersect_key( array_replace( self::DEFAULTS, $value ), self::DEFAULTS ) );
	}

	/** The next time that it is the hour, on the site's clock; also after somebody has chosen another, or the clocks have changed. */
	public static function schedule(): void {
		wp_clear_scheduled_hook( self::EVENT );
		$now  = current_datetime();
		$next = $now->setTime( self::settings()['hour'], 0 );
		$next = $next > $now ? $next : $next->modify( '+1 day' );
		wp_schedule_event( $next->getTimestamp(), 'daily', self::EVENT );
	}

	public static function unschedule(): void {
		wp_clear_scheduled_hook( self::EVENT );
		wp_clear_scheduled_hook( self::AGAIN );
	}

	/** WP-Cron. */
	public static function nightly(): void {
		self::schedule();
		self::go_on();
	}

	/**
	 * WP-Cron: one run, and another one in five minutes if that was not enough.
	 *
	 * @param float $seconds How long it may take.
	 */
	public static function go_on( float $seconds = self::RUN_S ): void {
		$until = microtime( true ) + $seconds;
		foreach ( self::pruning()->run() as $deleted ) {
			if ( $deleted > 0 && microtime( true ) > $until ) {
				wp_schedule_single_event( time() + 5 * MINUTE_IN_SECONDS, self::AGAIN );
				return;
			}
		}
	}

	/** What the settings let go. */
	public static function pruning(): Pruning {
		$settings = self::settings();
		return Pruning::by( $settings['days'] ? Pruning::days_ago( $settings['days'] ) : null, $settings['rows'] ? $settings['rows'] : null );
	}

	/** Of the option. */
	public static function schema(): array {
		$number = static fn( int $most, string $description ): array => array(
			'type'        => 'integer',
			'minimum'     => 0,
			'maximum'     => $most,
			'description' => $description,
		);
		return array(
			'type'                 => 'object',
			'properties'           => array(
				'days' => $number( self::MOST_DAYS, __( 'For how many days a record is kept; 0 is for any number.', 'ai-secure-proxy' ) ),
				'rows' => $number( self::MOST_ROWS, __( 'How many records are kept, the newest; 0 is for any number.', 'ai-secure-proxy' ) ) + array(
					'anyOf' => array(
						array(
							'type'    => 'integer',
							'maximum' => 0,
						),
						array(
							'type'    => 'integer',
							'minimum' => self::LEAST_ROWS,
						),
					),
				),
				'hour' => $number( 23, __( 'At which hour of the site’s day older ones are deleted.', 'ai-secure-proxy' ) ),
			),
			'additionalProperties' => false,
		);
	}
}
