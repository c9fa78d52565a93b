<?php
/**
 * Tools → Site Health: whether somebody works on the jobs, and what became of them.
 *
 * @package AI_Secure_Proxy
 */

declare( strict_types=1 );

namespace AI_Secure_Proxy\Jobs;

use AI_Secure_Proxy\Access;
use AI_Secure_Proxy\Module;
use AI_Secure_Proxy\Policy;
use AI_Secure_Proxy\Site_Health;

defined( 'ABSPATH' ) || exit;

final class Health {

	private const TEST = 'ai_secure_proxy_jobs';

	/** A job that nobody has taken up for so long is nobody's. */
	private const OVERDUE_S = 15 * MINUTE_IN_SECONDS;

	/** @param mixed $tests WordPress's tests. */
	public static function tests( $tests ): array {
		$tests = (array) $tests;
		if ( Module::present() ) {
			$tests['direct'][ self::TEST ] = array(
				'label' => __( 'AI Secure Proxy: jobs', 'ai-secure-proxy' ),
				'test'  => array( self::class, 'test' ),
			);
		}
		return $tests;
	}

	/** The test, in WordPress's form. */
	public static function test(): array {
		$jobs = aisp_status( Access::site() )['jobs'] ?? null;
		$keys = self::missing_keys();
		return match ( true ) {
			null === $jobs => self::result( 'recommended', __( 'Nobody can say how the AI jobs are', 'ai-secure-proxy' ), array( __( 'The store of AI Secure Proxy does not work; see its own test.', 'ai-secure-proxy' ) ) ),
			( $jobs['oldest_age_s'] ?? 0 ) > self::OVERDUE_S => self::result( 'critical', __( 'Nobody works on the AI jobs', 'ai-secure-proxy' ), array( self::overdue( $jobs ), ...self::failed( $jobs ) ) ),
			array() !== $keys => self::result( 'recommended', __( 'AI jobs cannot hold private values', 'ai-secure-proxy' ), array( self::keyless( $keys ), ...self::failed( $jobs ) ) ),
			$jobs['failed'] > 0 => self::result( 'recommended', __( 'AI jobs have failed', 'ai-secure-proxy' ), self::failed( $jobs ) ),
			default => self::result( 'good', __( 'The AI jobs are being worked on', 'ai-secure-proxy' ), array( __( 'No job waits for a worker, and none has failed.', 'ai-secure-proxy' ) ) ),
		};
	}

	/** @return string[] The names of keys that could seal private values, where none of them is set. */
	private static function missing_keys(): array {
		$settings = Policy::current( Access::nobody() )['jobs'] ?? array();
		$settings = is_array( $settings ) ? array_intersect_key( $settings, array( 'key_env' => 0 ) ) : array();
		try {
			return array_column( aisp_missing_secrets( array( 'jobs' => $settings ) ), 'name' );
		} catch ( \Aisp\ConfigError $e ) {
			return array(); // Settings that are wrong are for the other test.
		}
	}

	/** @param string[] $keys Their names. */
	private static function keyless( array $keys ): string {
		/* translators: %s: names of environment variables. */
		return sprintf( __( 'A job with a private value in it is refused as long as no key seals that: put a long random one into the environment of PHP, or into wp-config.php, as %s.', 'ai-secure-proxy' ), implode( ' / ', $keys ) );
	}

	private static function overdue( array $jobs ): string {
		/* translators: 1: how many minutes, 2: how many jobs. */
		return sprintf( __( 'The oldest job has been waiting for a worker for %1$d minutes; %2$d jobs are in the queue. Run `wp aisp worker`, or see to it that WP-Cron works.', 'ai-secure-proxy' ), intdiv( $jobs['oldest_age_s'], MINUTE_IN_SECONDS ), $jobs['queued'] );
	}

	/** @return string[] */
	private static function failed( array $jobs ): array {
		if ( ! $jobs['failed'] ) {
			return array();
		}
		/* translators: %d: how many. */
		$said = _n( '%d job has failed: `wp aisp job list --state=failed` says why, `wp aisp job retry` puts it back, `wp aisp job purge` drops it.', '%d jobs have failed: `wp aisp job list --state=failed` says why, `wp aisp job retry --all` puts them back, `wp aisp job purge --state=failed` drops them.', $jobs['failed'], 'ai-secure-proxy' );
		return array( sprintf( $said, $jobs['failed'] ) );
	}

	private static function result( string $status, string $label, array $paragraphs ): array {
		return array( 'test' => self::TEST ) + Site_Health::result( $status, $label, $paragraphs );
	}
}
