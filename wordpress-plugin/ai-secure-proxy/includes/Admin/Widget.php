<?php
/**
 * The widget on the dashboard: what today's calls came to, how they were spread over the last day, and what is amiss.
 *
 * It is HTML and an SVG, without a script.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Admin;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Metrics;
use AI_Secure_Proxy\Module;

defined( 'ABSPATH' ) || exit;

final class Widget {

	private const ID = 'ai_secure_proxy';

	/** More warnings than these are for the overview. */
	private const MOST = 3;

	/** The drawing's units; it is as wide as the widget. */
	private const BAR    = 10;
	private const HEIGHT = 40;

	private const STYLE = '
		#ai_secure_proxy .aisp-today { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(88px, 1fr)); margin: 0 0 12px; }
		#ai_secure_proxy .aisp-today div { display: flex; flex-direction: column; }
		#ai_secure_proxy dt, #ai_secure_proxy .aisp-aside { color: #50575e; }
		#ai_secure_proxy dd { margin: 0; font-variant-numeric: tabular-nums; }
		#ai_secure_proxy dd strong { display: block; font-size: 20px; line-height: 1.4; }
		#ai_secure_proxy dd small { color: #50575e; font-size: 12px; }
		#ai_secure_proxy svg { block-size: 40px; border-block-end: 1px solid #dcdcde; color: var(--wp-admin-theme-color, #2271b1); display: block; inline-size: 100%; }
		#ai_secure_proxy .aisp-aside { font-size: 12px; margin-block: 4px 12px; }
		#ai_secure_proxy .notice { margin: 0 0 12px; }
		.rtl #ai_secure_proxy svg { transform: scaleX(-1); }';

	/** Hook action wp_dashboard_setup. */
	public static function add(): void {
		if ( Module::present() && current_user_can( Access::MANAGE ) ) {
			wp_add_dashboard_widget( self::ID, __( 'AI Secure Proxy', 'ai-secure-proxy' ), array( self::class, 'show' ) );
			wp_add_inline_style( 'dashboard', self::STYLE );
		}
	}

	public static function show(): void {
		try {
			$days  = Metrics::days();
			$hours = Metrics::calls_by_hour();
		} catch ( \Aisp\Exception $e ) {
			self::warn( array( $e->getMessage() ) );
			return;
		}
		self::warn( aisp_status( Access::site() )['warnings'] );
		if ( null === $days['today'] && 0 === max( $hours ) ) {
			printf( '<p>%s</p>', esc_html__( 'Nobody has asked anything in the last 24 hours.', 'ai-secure-proxy' ) );
			self::links( 'playground', __( 'Ask something in the Playground', 'ai-secure-proxy' ) );
			return;
		}
		self::figures( $days );
		self::trend( $hours );
		self::links( 'log', __( 'Log', 'ai-secure-proxy' ) );
	}

	/** @param array{today: array|null, yesterday: array|null} $days As Metrics::days() gives them. */
	private static function figures( array $days ): void {
		/* translators: %s: a figure of yesterday. */
		$before = __( 'yesterday %s', 'ai-secure-proxy' );
		$today  = self::words( $days['today'] );
		echo '<dl class="aisp-today">';
		foreach ( self::words( $days['yesterday'] ) as $label => $figure ) {
			printf( '<div><dt>%s</dt><dd><strong>%s</strong><small>%s</small></dd></div>', esc_html( $label ), esc_html( $today[ $label ] ), esc_html( sprintf( $before, $figure ) ) );
		}
		echo '</dl>';
	}

	/** What a sum comes to: label => figure. */
	private static function words( ?array $sum ): array {
		$cost = $sum['cost_usd'] ?? 0.0;
		return array(
			__( 'Calls', 'ai-secure-proxy' )     => number_format_i18n( $sum['calls'] ?? 0 ),
			__( 'Hit ratio', 'ai-secure-proxy' ) => null === $sum ? '–' : number_format_i18n( 100 * $sum['hit_ratio'] ) . '%',
			__( 'Errors', 'ai-secure-proxy' )    => number_format_i18n( ( $sum['errors_4xx'] ?? 0 ) + ( $sum['errors_5xx'] ?? 0 ) ),
			__( 'Cost', 'ai-secure-proxy' )      => '$' . number_format_i18n( $cost, $cost > 0 && $cost < 0.1 ? 4 : 2 ),
		);
	}

	/** @param int[] $hours As Metrics::calls_by_hour() gives them. */
	private static function trend( array $hours ): void {
		$most = max( $hours );
		/* translators: %s: number of calls. */
		$label = sprintf( _n( 'Calls in each of the last 24 hours, at most %s', 'Calls in each of the last 24 hours, at most %s', $most, 'ai-secure-proxy' ), number_format_i18n( $most ) );
		printf( '<svg role="img" aria-label="%s" viewBox="0 0 %d %d" preserveAspectRatio="none" fill="currentColor">', esc_attr( $label ), count( $hours ) * self::BAR, (int) self::HEIGHT );
		foreach ( $hours as $at => $calls ) {
			// One call among thousands is still to be seen.
			$height = $calls > 0 ? max( 1, (int) round( self::HEIGHT * $calls / $most ) ) : 0;
			printf( '<rect x="%d" y="%d" width="%d" height="%d"/>', (int) $at * self::BAR + 1, self::HEIGHT - (int) $height, self::BAR - 2, (int) $height );
		}
		printf( '</svg><p class="aisp-aside" aria-hidden="true">%s</p>', esc_html( $label ) );
	}

	/** @param string[] $warnings Sentences. */
	private static function warn( array $warnings ): void {
		foreach ( array_slice( $warnings, 0, self::MOST ) as $warning ) {
			printf( '<div class="notice notice-warning inline"><p>%s</p></div>', esc_html( $warning ) );
		}
	}

	/** The way to the overview, and one more. */
	private static function links( string $screen, string $title ): void {
		printf(
			'<p><a href="%s">%s</a> | <a href="%s">%s</a></p>',
			esc_url( Menu::url( 'overview' ) ),
			esc_html__( 'Open the overview', 'ai-secure-proxy' ),
			esc_url( Menu::url( $screen ) ),
			esc_html( $title )
		);
	}
}
