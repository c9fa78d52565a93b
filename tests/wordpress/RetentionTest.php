<?php
/**
 * How long the log is kept: the option, the night's work, `wp aisp log prune`.
 */

declare( strict_types=1 );

final class RetentionTest extends SiteTestCase {

	private const DEFAULTS = array(
		'days' => 90,
		'rows' => 1000000,
		'hour' => 3,
	);

	/** A record a day: the first is a minute old, so that each is older than its days in whatever second it is looked at. */
	protected function setUp(): void {
		parent::setUp();
		self::records( 120, 86400, 60 );
	}

	protected function tearDown(): void {
		Site::php( 'delete_option( "aisp_log" ); update_option( "timezone_string", "" ); AI_Secure_Proxy\Log\Retention::unschedule(); AI_Secure_Proxy\Log\Retention::schedule();' );
		parent::tearDown();
	}

	public function test_each_night_what_is_too_old_goes(): void {
		Site::php( 'do_action( "aisp_prune_log" );' );
		self::assertSame( 90, self::rows() );
		Site::php( 'update_option( "aisp_log", array( "days" => 30 ) ); do_action( "aisp_prune_log" );' );
		self::assertSame( 30, self::rows() );
		Site::php( 'update_option( "aisp_log", array( "days" => 0 ) ); do_action( "aisp_prune_log" );' );
		self::assertSame( 30, self::rows(), 'no age is too old' );
	}

	public function test_each_night_what_is_too_much_goes_the_oldest_first(): void {
		self::records( 2500, 1 );
		Site::php( 'update_option( "aisp_log", array( "rows" => 1000 ) ); do_action( "aisp_prune_log" );' );
		self::assertSame( 1000, self::rows() );
		self::assertGreaterThan( time() - 1200, strtotime( Site::value( 'SELECT MIN(created_at) FROM wp_aisp_logs' ) . 'Z' ) );
	}

	public function test_a_run_that_is_not_enough_goes_on_later(): void {
		self::records( 3000, 1, 100 * 86400 );
		$next = Site::php( 'AI_Secure_Proxy\Log\Retention::go_on( 0 ); return wp_next_scheduled( "aisp_prune_log_again" ) - time();' );
		self::assertSame( 120 + 3000 - 1000, self::rows(), 'one small delete, and no more' );
		self::assertEqualsWithDelta( 300, $next, 2 );
		Site::php( 'wp_clear_scheduled_hook( "aisp_prune_log_again" ); do_action( "aisp_prune_log_again" );' );
		self::assertSame( 90, self::rows() );
		self::assertFalse( Site::php( 'return wp_next_scheduled( "aisp_prune_log_again" );' ) );
	}

	public function test_a_kind_of_which_nothing_is_left_is_forgotten(): void {
		Site::php( 'AI_Secure_Proxy\Log\Table::insert( array( array( "uid" => "old", "created_at" => 1, "model" => "given-up" ) ) );' );
		self::assertContains( 'given-up', Http::get( '/logs/facets' )->json()['models'] );
		Site::php( 'do_action( "aisp_prune_log" );' );
		self::assertNotContains( 'given-up', Http::get( '/logs/facets' )->json()['models'] );
		self::assertSame( 90, (int) Http::get( '/logs?model=mock-1' )->header( 'X-WP-Total' ), 'others are not' );
	}

	/** @dataProvider zones */
	public function test_it_is_night_on_the_clock_of_the_site( string $zone, int $hour ): void {
		$next = Site::php( 'update_option( "timezone_string", $in[0] ); update_option( "aisp_log", array( "hour" => $in[1] ) ); return wp_get_scheduled_event( "aisp_prune_log" );', array( $zone, $hour ) );
		self::assertSame( 'daily', $next['schedule'] );
		self::assertSame( sprintf( '%02d:00', $hour ), ( new DateTimeImmutable( "@{$next['timestamp']}" ) )->setTimezone( new DateTimeZone( $zone ) )->format( 'H:i' ) );
		self::assertGreaterThan( time(), $next['timestamp'] );
		self::assertLessThan( time() + 90000, $next['timestamp'] );
	}

	public static function zones(): array {
		return array( array( 'Europe/Berlin', 4 ), array( 'Asia/Kathmandu', 23 ), array( 'America/Los_Angeles', 0 ) );
	}

	public function test_the_option_is_set_over_rest_and_only_to_what_makes_sense(): void {
		self::assertSame( self::DEFAULTS, self::settings( 'GET' )->json()['aisp_log'] );
		$mine = array(
			'days' => 7,
			'rows' => 0,
			'hour' => 22,
		);
		self::assertSame( $mine, self::settings( 'POST', $mine )->json()['aisp_log'] );
		foreach ( array( array( 'rows' => 5 ), array( 'rows' => -1 ), array( 'days' => 3651 ), array( 'days' => 'many' ), array( 'hour' => 24 ), array( 'weeks' => 1 ) ) as $bad ) {
			self::assertSame( 400, self::settings( 'POST', $bad )->status, json_encode( $bad ) );
		}
		self::assertSame( $mine, Site::php( 'return AI_Secure_Proxy\Log\Retention::settings();' ) );
		self::assertSame( self::DEFAULTS, Site::php( 'update_option( "aisp_log", array( "days" => "x", "rows" => 3, "hour" => 99 ) ); return AI_Secure_Proxy\Log\Retention::settings();' ) );
	}

	public function test_prune_asks_first_and_says_what_it_did(): void {
		self::assertSame( array( array( 'success', '119 records would be deleted.' ) ), self::wp( 'log', 'prune', '--days=1', '--dry-run' ) );
		self::assertSame( array( 'confirm', 'Delete 119 records for good?' ), self::wp( 'log', 'prune', '--days=1' )[0] );
		self::assertSame( 120, self::rows() );
		self::assertSame( array( 'success', '30 records are deleted.' ), self::last( 'log', 'prune', '--yes' ), 'by default, as each night' );
		self::assertSame( array( 'success', '60 records are deleted.' ), self::last( 'log', 'prune', '--days=30', '--yes' ) );
		self::assertSame( array( 'success', '10 records are deleted.' ), self::last( 'log', 'prune', '--keep-rows=20', '--yes' ) );
		self::assertSame( array( 'success', '10 records are deleted.' ), self::last( 'log', 'prune', '--before=' . gmdate( 'Y-m-d\TH:i:s\Z', time() - 10 * 86400 + 60 ), '--yes' ) );
		self::assertSame( 10, self::rows() );
		self::assertSame( array( 'success', '0 records are deleted.' ), self::last( 'log', 'prune', '--keep-rows=5000', '--yes' ) );
		foreach ( array( '--days=0', '--keep-rows=none', '--before=soon' ) as $bad ) {
			self::assertSame( 'error', self::wp( 'log', 'prune', $bad, '--yes' )[0][0], $bad );
		}
		self::assertSame( 'error', self::wp( 'log', 'prune', '--days=1', '--before=2026-01-01', '--yes' )[0][0] );
		self::assertSame( 10, self::rows() );
	}

	private static function last( string ...$words ): array {
		$said = self::wp( ...$words );
		return end( $said );
	}

	private static function settings( string $method, ?array $log = null ): Reply {
		return Http::send(
			array(
				'method'  => $method,
				'path'    => '/wp-json/wp/v2/settings',
				'login'   => 'admin',
				'headers' => array( 'Content-Type: application/json' ),
			) + ( null === $log ? array() : array( 'body' => json_encode( array( 'aisp_log' => $log ), JSON_THROW_ON_ERROR ) ) )
		);
	}

	private static function rows(): int {
		return (int) Site::value( 'SELECT COUNT(*) FROM wp_aisp_logs' );
	}

	private static function records( int $count, int $step, int $age = 0 ): void {
		Site::php(
			'$records = array();
			for ( $i = 0; $i < $in[0]; $i++ ) {
				$records[] = array( "uid" => wp_generate_uuid4(), "created_at" => time() - $in[2] - $i * $in[1], "model" => "mock-1" );
			}
			AI_Secure_Proxy\Log\Table::insert( $records );',
			array( $count, $step, $age )
		);
	}
}
