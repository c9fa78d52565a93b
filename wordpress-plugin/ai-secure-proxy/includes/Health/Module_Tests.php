<?php
/**
 * Tools → Site Health: whether the module fits the plugin, its store lies safe, and its providers answer.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Health;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Backup\Web;
use AI_Secure_Proxy\Module;
use AI_Secure_Proxy\Site_Health;

defined( 'ABSPATH' ) || exit;

final class Module_Tests {

	/** @param mixed $tests WordPress's tests. */
	public static function tests( $tests ): array {
		$tests = (array) $tests;
		if ( ! Module::present() ) {
			return $tests;
		}
		foreach ( array(
			'version'  => __( 'AI Secure Proxy: version of the module', 'ai-secure-proxy' ),
			'store'    => __( 'AI Secure Proxy: place of the store', 'ai-secure-proxy' ),
			'breakers' => __( 'AI Secure Proxy: providers', 'ai-secure-proxy' ),
		) as $test => $label ) {
			$tests['direct'][ "ai_secure_proxy_{$test}" ] = array(
				'label' => $label,
				'test'  => array( self::class, $test ),
			);
		}
		return $tests;
	}

	/** Plugin and module are released together. */
	public static function version(): array {
		$module = aisp_status()['version'];
		if ( AI_SECURE_PROXY_VERSION === $module ) {
			/* translators: %s: a version. */
			return self::result( 'version', 'good', __( 'Plugin and module of AI Secure Proxy are of one version', 'ai-secure-proxy' ), array( sprintf( __( 'Both are %s.', 'ai-secure-proxy' ), $module ) ) );
		}
		/* translators: 1: version of the plugin, 2: version of the module. */
		$differ = __( 'The plugin is %1$s, and the module %2$s. Install the module of the plugin’s version, or the plugin of the module’s, and restart PHP.', 'ai-secure-proxy' );
		return self::result( 'version', 'recommended', __( 'Plugin and module of AI Secure Proxy are of different versions', 'ai-secure-proxy' ), array( sprintf( $differ, AI_SECURE_PROXY_VERSION, $module ) ) );
	}

	/** Answers, jobs and limits are in it: nobody may fetch it over the web, and nobody else on the server read it. */
	public static function store(): array {
		$store = aisp_status()['store'];
		$path  = (string) $store['location'];
		if ( 'sqlite' !== $store['engine'] || ! is_file( $path ) ) {
			return self::result( 'store', 'good', __( 'The store of AI Secure Proxy is no file on this server, or not there yet', 'ai-secure-proxy' ), array( __( 'There is nothing to protect here.', 'ai-secure-proxy' ) ) );
		}
		$problems = array();
		if ( Web::serves( $path ) ) {
			$problems[] = __( 'It lies in the folders of this website, from where a web server may hand it out. Set aisp.store in php.ini to a path outside of them, such as sqlite:/var/lib/aisp/aisp.db, and restart PHP.', 'ai-secure-proxy' );
		}
		if ( self::is_open( dirname( $path ), 0700 ) || self::is_open( $path, 0600 ) ) {
			$problems[] = __( 'Others on this server may read it: give its folder the permissions 0700 and the file 0600 (chmod), for the user that PHP runs as.', 'ai-secure-proxy' );
		}
		return $problems
			? self::result( 'store', 'critical', __( 'The store of AI Secure Proxy is not safe where it is', 'ai-secure-proxy' ), $problems )
			: self::result( 'store', 'good', __( 'The store of AI Secure Proxy lies safe', 'ai-secure-proxy' ), array( __( 'It is outside of the website’s folders, and only the user that PHP runs as may read it.', 'ai-secure-proxy' ) ) );
	}

	/** Who is left alone for a while, and whose key is refused. */
	public static function breakers(): array {
		$status = 'good';
		$said   = array();
		foreach ( aisp_status()['breakers'] ?? array() as $breaker ) {
			if ( Access::site() !== $breaker['site'] || ( 'closed' === $breaker['state'] && ! $breaker['key_refused'] ) ) {
				continue;
			}
			if ( $breaker['key_refused'] ) {
				$status = 'critical';
				/* translators: %s: name of a provider. */
				$said[] = sprintf( __( '%s refuses the key: put a new one where PHP finds it, in its environment or in wp-config.php.', 'ai-secure-proxy' ), $breaker['provider'] );
				continue;
			}
			$status = 'good' === $status ? 'recommended' : $status;
			/* translators: 1: name of a provider, 2: a number of calls, 3: a number of calls. */
			$said[] = sprintf( __( '%1$s failed %2$d of its last %3$d calls and is left alone for a while; then it is tried again by itself. See its status page, or name a second provider in the model’s route.', 'ai-secure-proxy' ), $breaker['provider'], $breaker['failures'], $breaker['calls'] );
		}
		return 'good' === $status
			? self::result( 'breakers', 'good', __( 'The AI providers answer', 'ai-secure-proxy' ), array( __( 'No breaker is open.', 'ai-secure-proxy' ) ) )
			: self::result( 'breakers', $status, __( 'An AI provider does not answer', 'ai-secure-proxy' ), $said );
	}

	/** Whether it has more permissions than it may; false where nobody can say. */
	private static function is_open( string $path, int $most ): bool {
		$has = @fileperms( $path ); // phpcs:ignore WordPress.PHP.NoSilencedErrors -- What PHP may not look at is not open to others.
		return false !== $has && 0 !== ( $has & 0777 & ~$most );
	}

	/** @param string[] $paragraphs Plain text. */
	private static function result( string $test, string $status, string $label, array $paragraphs ): array {
		return array( 'test' => "ai_secure_proxy_{$test}" ) + Site_Health::result( $status, $label, $paragraphs );
	}
}
