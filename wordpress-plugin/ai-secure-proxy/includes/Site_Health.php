<?php
/**
 * Tools → Site Health: a test of the module and its settings, and a section of facts for a support request.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy;

use AI_Secure_Proxy\Rest\Outsider;

defined( 'ABSPATH' ) || exit;

final class Site_Health {

	/** @param mixed $tests WordPress's tests. */
	public static function tests( $tests ): array {
		$tests                                       = (array) $tests;
		$tests['direct']['ai_secure_proxy']['label'] = __( 'AI Secure Proxy', 'ai-secure-proxy' );
		$tests['direct']['ai_secure_proxy']['test']  = array( self::class, 'test' );
		return $tests;
	}

	/** The test, in WordPress's form. */
	public static function test(): array {
		if ( ! Module::present() ) {
			return self::result( 'critical', __( 'The aisp PHP module is missing', 'ai-secure-proxy' ), array( Module::how_to_install() ) );
		}
		try {
			$status   = aisp_status( Access::site() );
			$caller   = Access::caller( 'site-health', 'site-health' );
			$policy   = Policy::current( $caller );
			$warnings = array_merge( $status['warnings'], Outsider::warnings(), self::missing_secrets( $policy ) );
			$preview  = aisp_preview( array( 'prompt' => 'Site Health' ), $caller, $policy );
		} catch ( \Aisp\Exception $e ) {
			return self::result( 'critical', __( 'AI Secure Proxy cannot work with its settings', 'ai-secure-proxy' ), array( $e->getMessage() ) );
		} catch ( \Throwable $e ) {
			return self::result( 'critical', __( 'The aisp PHP module failed', 'ai-secure-proxy' ), array( get_class( $e ) ) );
		}
		if ( ! $status['store']['ok'] ) {
			return self::result( 'critical', __( 'The store of AI Secure Proxy does not work', 'ai-secure-proxy' ), array( (string) $status['store']['error'], ...$warnings ) );
		}
		if ( null !== $preview['key_env'] && ! $preview['key_set'] ) {
			/* translators: %s: name of an environment variable. */
			$missing = sprintf( __( 'The provider’s key is not set: put it into the environment of PHP as %s, or into wp-config.php as a constant of that name.', 'ai-secure-proxy' ), $preview['key_env'] );
			return self::result( 'critical', __( 'AI Secure Proxy has no provider key', 'ai-secure-proxy' ), array( $missing, ...$warnings ) );
		}
		if ( $warnings ) {
			return self::result( 'recommended', __( 'AI Secure Proxy works, with warnings', 'ai-secure-proxy' ), $warnings );
		}
		return self::result( 'good', __( 'AI Secure Proxy is ready', 'ai-secure-proxy' ), array( __( 'The module is loaded, its store works, and the default model has a provider and a key.', 'ai-secure-proxy' ) ) );
	}

	/** @return string[] A warning for each secret that cannot be used. */
	private static function missing_secrets( array $policy ): array {
		/* translators: 1: name of an environment variable, 2: place in the settings, such as clients.shop. */
		$unset = __( '%1$s is named by the settings for %2$s, but is not set, or is no key.', 'ai-secure-proxy' );
		/* translators: %s: place in the settings, such as webhooks.stripe. */
		$unnamed = __( 'The settings name no secret for %s.', 'ai-secure-proxy' );
		return array_map(
			static fn( array $secret ): string => '' === $secret['name'] ? sprintf( $unnamed, $secret['for'] ) : sprintf( $unset, $secret['name'], $secret['for'] ),
			aisp_missing_secrets( $policy )
		);
	}

	/** @param mixed $info WordPress's sections. */
	public static function debug_information( $info ): array {
		$fields = array( 'plugin' => self::field( __( 'Plugin', 'ai-secure-proxy' ), AI_SECURE_PROXY_VERSION ) );
		if ( Module::present() ) {
			try {
				$fields += self::facts( aisp_status( Access::site() ) );
			} catch ( \Throwable $e ) {
				$fields['module'] = self::field( __( 'Module', 'ai-secure-proxy' ), get_class( $e ) );
			}
		} else {
			$fields['module'] = self::field( __( 'Module', 'ai-secure-proxy' ), __( 'missing', 'ai-secure-proxy' ) );
		}
		$info                    = (array) $info;
		$info['ai-secure-proxy'] = array(
			'label'  => __( 'AI Secure Proxy', 'ai-secure-proxy' ),
			'fields' => $fields,
		);
		return $info;
	}

	/** A module whose php.ini is wrong knows less than this, and says so in its warnings. */
	private static function facts( array $status ): array {
		$cache = $status['cache'] ?? array(
			'entries'   => 0,
			'bytes'     => 0,
			'max_bytes' => 0,
		);
		/* translators: 1: number of answers, 2: their size, 3: the largest size allowed. */
		$filled = __( '%1$d answers, %2$s of %3$s', 'ai-secure-proxy' );
		/* translators: 1: number of events that wait for a handler, 2: number of those that were given up. */
		$inbox = __( '%1$d waiting, %2$d dead', 'ai-secure-proxy' );
		$jobs  = ( $status['jobs'] ?? array() ) + array_fill_keys( array( 'queued', 'running', 'waiting', 'failed' ), 0 );
		/* translators: numbers of jobs: 1: in the queue, 2: being worked on, 3: that wait for a provider, 4: failed. */
		$queue = __( '%1$d queued, %2$d running, %3$d waiting, %4$d failed', 'ai-secure-proxy' );
		return array(
			'module'   => self::field( __( 'Module', 'ai-secure-proxy' ), $status['version'] . ' (' . $status['build'] . ')' ),
			'store'    => self::field( __( 'Store', 'ai-secure-proxy' ), ( $status['store']['engine'] ?? '?' ) . ', ' . ( $status['store']['ok'] ? 'ok' : (string) $status['store']['error'] ) ),
			// Where the store lies is for the owner of the server, not for a forum post.
			'location' => self::field( __( 'Store location', 'ai-secure-proxy' ), (string) $status['store']['location'], true ),
			'cache'    => self::field( __( 'Cache', 'ai-secure-proxy' ), sprintf( $filled, $cache['entries'], size_format( $cache['bytes'] ), size_format( $cache['max_bytes'] ) ) ),
			'spool'    => self::field( __( 'Log records waiting', 'ai-secure-proxy' ), (string) ( $status['spool'] ?? 0 ) ),
			'inbox'    => self::field( __( 'Webhook events', 'ai-secure-proxy' ), sprintf( $inbox, $status['inbox']['waiting'] ?? 0, $status['inbox']['dead'] ?? 0 ) ),
			'jobs'     => self::field( __( 'Jobs', 'ai-secure-proxy' ), sprintf( $queue, $jobs['queued'], $jobs['running'], $jobs['waiting'], $jobs['failed'] ) ),
			'warnings' => self::field( __( 'Warnings', 'ai-secure-proxy' ), $status['warnings'] ? implode( ' ', $status['warnings'] ) : __( 'none', 'ai-secure-proxy' ) ),
		);
	}

	private static function field( string $label, string $value, bool $hidden = false ): array {
		return array(
			'label'   => $label,
			'value'   => $value,
			'private' => $hidden,
		);
	}

	/**
	 * A result of the test.
	 *
	 * @param string   $status     good, recommended or critical.
	 * @param string   $label      Plain text.
	 * @param string[] $paragraphs Plain text.
	 */
	public static function result( string $status, string $label, array $paragraphs ): array {
		return array(
			'label'       => $label,
			'status'      => $status,
			'badge'       => array(
				'label' => __( 'AI', 'ai-secure-proxy' ),
				'color' => 'blue',
			),
			'description' => implode( '', array_map( static fn( string $text ): string => '<p>' . esc_html( $text ) . '</p>', $paragraphs ) ),
			'actions'     => '',
			'test'        => 'ai_secure_proxy',
		);
	}
}
