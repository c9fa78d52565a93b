<?php
/**
 * A test on the site: it starts with an empty log and a provider that behaves, and fails if PHP had anything to complain of.
 */

declare( strict_types=1 );

use PHPUnit\Framework\TestCase;

abstract class SiteTestCase extends TestCase {

	/** Columns of a log record that say nothing else than "no". */
	protected const NOTHING = array(
		'tokens_in'     => 0,
		'tokens_out'    => 0,
		'cached'        => false,
		'cost_microusd' => null,
	);

	/** Part of the provider's address, because its breaker remembers what an earlier test made it do. */
	private static string $round = '';

	private array $log_sizes;
	private ?string $expected_log = null;

	protected function setUp(): void {
		self::$round = bin2hex( random_bytes( 8 ) );
		Mock::reset();
		Site::policy( self::policy() );
		self::empty_spool();
		Site::db()->exec( 'TRUNCATE TABLE wp_aisp_logs' );
		$this->log_sizes = array_map( 'strlen', self::php_logs() );
	}

	/**
	 * Takes what an earlier test left, also what another worker is still writing: a record leaves the spool only after that.
	 * What another site left, or a call that was killed, is not drained and would be waited for again and again.
	 */
	private static function empty_spool(): void {
		$until = microtime( true ) + 3;
		do {
			Http::get( '/logs' );
			$left = Http::get( '/status' )->json()['spool'] ?? 0;
		} while ( $left > 0 && microtime( true ) < $until );
		if ( $left > 0 ) {
			self::on_store( 'DELETE FROM spool' );
		}
	}

	protected function tearDown(): void {
		Site::no_mu_plugins();
		$new = '';
		foreach ( self::php_logs() as $i => $log ) {
			$new .= substr( $log, $this->log_sizes[ $i ] );
		}
		if ( null === $this->expected_log ) {
			self::assertSame( '', $new, 'PHP complained' );
		} else {
			self::assertMatchesRegularExpression( $this->expected_log, $new );
		}
	}

	/** For the rare test of a fault that ought to be logged: a regular expression for all that is logged. */
	protected function expect_php_log( string $pattern ): void {
		$this->expected_log = $pattern;
	}

	private static function php_logs(): array {
		return array_map( static fn( string $name ): string => (string) file_get_contents( (string) getenv( $name ) ), array( 'SITE_LOG', 'SITE_DEBUG_LOG' ) );
	}

	/** What these tests allow: one model, served by llmock, without limits. */
	protected static function policy( array $changes = array() ): array {
		return array_replace(
			array(
				'default_model' => 'mock-1',
				'models'        => array(
					'mock-1' => array(
						'route' => array( array( 'mock', 'gpt-4o-mini' ) ),
						'price' => array(
							'in'  => 100.0,
							'out' => 200.0,
						),
					),
				),
				'providers'     => array( 'mock' => self::provider() ),
				'quota'         => array(),
				'throttle'      => array(),
			),
			$changes
		);
	}

	protected static function provider( array $changes = array() ): array {
		return array_replace(
			array(
				'kind'     => 'openai_responses',
				'base_url' => getenv( 'LLMOCK_URL' ) . '/v1?round=' . self::$round,
				'key_env'  => 'AISP_TEST_KEY',
			),
			$changes
		);
	}

	/** A prompt that nobody asked before, so that no cache has its answer. */
	protected static function fresh( string $words = 'Say hello' ): string {
		return $words . ' ' . bin2hex( random_bytes( 8 ) );
	}

	/** The log over REST, newest first. */
	protected static function logs( string $query = '' ): array {
		$reply = Http::get( '/logs' . $query );
		self::assertSame( 200, $reply->status, $reply->body );
		return $reply->json();
	}

	/** The one record that the log holds. */
	protected static function only_record(): array {
		$logs = self::logs();
		self::assertCount( 1, $logs, 'one record in the log' );
		return $logs[0];
	}

	protected static function assert_error( int $status, string $code, Reply $reply ): array {
		self::assertSame( $status, $reply->status, $reply->body );
		$error = $reply->json();
		self::assertSame( $code, $error['code'] );
		self::assertSame( $status, $error['data']['status'] );
		self::assertStringContainsString( 'no-store', (string) $reply->header( 'Cache-Control' ) );
		return $error;
	}

	/** `wp …`, see support/wp-cli.php: what it printed. */
	protected static function wp( string ...$words ): array {
		return Site::wait( self::start_wp( ...$words ) );
	}

	/** The same, for Site::wait(). */
	protected static function start_wp( string ...$words ): array {
		return Site::start(
			'return WP_CLI::run( $in );',
			array( 'aisp', ...$words ),
			array(),
			'require ' . var_export( getenv( 'SITE_TESTS' ) . '/wordpress/support/wp-cli.php', true ) . ';'
		);
	}

	/** In a process of its own: no PHP ever opens the module's store. */
	protected static function on_store( string $sql ): void {
		$code  = 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=10); db.execute(sys.argv[2]); db.commit()';
		$words = array( 'python3', '-c', $code, self::store(), $sql );
		exec( implode( ' ', array_map( 'escapeshellarg', $words ) ) . ' 2>&1', $said, $exit );
		self::assertSame( 0, $exit, implode( "\n", $said ) );
	}

	private static function store(): string {
		static $path = null;
		return $path ??= Site::php( 'return aisp_status()["store"]["location"];' );
	}

	/** The next answer of the provider. */
	protected static function provider_says( string $text, ?int $times = 1 ): void {
		Mock::will(
			array(
				'type'  => 'reply',
				'text'  => $text,
				'times' => $times,
			)
		);
	}

	/** Asserts that each of the fields is so in the record. */
	protected static function assert_fields( array $expected, array $record ): void {
		self::assertSame( $expected, array_intersect_key( array_replace( $expected, $record ), $expected ) );
	}

	/** Waits up to ten seconds for something that happens by itself. */
	protected static function eventually( callable $is_so, string $message, float $seconds = 10 ): void {
		$end = microtime( true ) + $seconds;
		while ( ! $is_so() ) {
			self::assertLessThan( $end, microtime( true ), $message );
			usleep( 50000 );
		}
	}
}
