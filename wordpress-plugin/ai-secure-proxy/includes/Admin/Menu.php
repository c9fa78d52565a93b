<?php
/**
 * The plugin's menu: one page for each screen, of which src/{name} is what people see.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Admin;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Log\Retention;
use AI_Secure_Proxy\Module;
use AI_Secure_Proxy\Rest\Controller;

defined( 'ABSPATH' ) || exit;

final class Menu {

	/** The first screen's page, and what the others' begin with. */
	private const SLUG = 'ai-secure-proxy';

	/** Hook action admin_menu. */
	public static function add(): void {
		add_menu_page( __( 'AI Secure Proxy', 'ai-secure-proxy' ), __( 'AI Secure Proxy', 'ai-secure-proxy' ), Access::MANAGE, self::SLUG, '__return_null', 'dashicons-shield', 58 );
		foreach ( self::screens() as $name => $title ) {
			$page = add_submenu_page(
				self::SLUG,
				/* translators: %s: name of a screen, such as Log. */
				sprintf( __( '%s – AI Secure Proxy', 'ai-secure-proxy' ), $title ),
				$title,
				Access::MANAGE,
				self::slug( $name ),
				static fn() => self::show( $name, $title )
			);
			add_action( "load-$page", static fn() => self::load( $name ) );
		}
	}

	/** Where a screen is, such as 'log'. */
	public static function url( string $name ): string {
		return admin_url( 'admin.php?page=' . self::slug( $name ) );
	}

	/** @return array<string, string> Name => title, in the menu's order. */
	private static function screens(): array {
		return array(
			'overview'   => __( 'Overview', 'ai-secure-proxy' ),
			'log'        => __( 'Log', 'ai-secure-proxy' ),
			'playground' => __( 'Playground', 'ai-secure-proxy' ),
			'jobs'       => __( 'Jobs', 'ai-secure-proxy' ),
			'webhooks'   => __( 'Webhooks', 'ai-secure-proxy' ),
			'settings'   => __( 'Settings', 'ai-secure-proxy' ),
		);
	}

	private static function slug( string $name ): string {
		return 'overview' === $name ? self::SLUG : self::SLUG . "-$name";
	}

	/** A screen's page is about to be shown. */
	private static function load( string $name ): void {
		Help::add( $name );
		// WordPress takes some parameters out of the address of every admin page; the log is filtered by one of them.
		add_filter( 'removable_query_args', static fn( array $names ): array => array_values( array_diff( $names, array( 'error' ) ) ) );
		if ( Module::present() ) {
			add_action( 'admin_enqueue_scripts', static fn() => Assets::enqueue( $name ) );
		}
	}

	private static function show( string $name, string $title ): void {
		printf( '<div class="wrap aisp-wrap"><h1>%s</h1>', esc_html( $title ) );
		if ( ! Module::present() ) {
			printf( '<div class="notice notice-error inline"><p>%s</p></div>', esc_html( Module::how_to_install() ) );
		} elseif ( ! Assets::built( $name ) ) {
			printf( '<div class="notice notice-error inline"><p>%s</p></div>', esc_html__( 'The screens of this copy of the plugin are not built: run “make build” in its source folder.', 'ai-secure-proxy' ) );
		} else {
			printf(
				'<div id="aisp-screen" data-site="%s"><noscript>%s</noscript></div>',
				esc_attr( (string) wp_json_encode( self::site() ) ),
				esc_html__( 'This screen needs JavaScript.', 'ai-secure-proxy' )
			);
		}
		echo '</div>';
	}

	/** What a screen has to know before it asks for anything. */
	private static function site(): array {
		return array(
			'version'   => AI_SECURE_PROXY_VERSION,
			'screens'   => array_map( array( self::class, 'url' ), array_combine( array_keys( self::screens() ), array_keys( self::screens() ) ) ),
			'health'    => admin_url( 'site-health.php' ),
			'rest'      => rest_url( Controller::NAMESPACE ),
			'retention' => Retention::settings(),
		);
	}
}
