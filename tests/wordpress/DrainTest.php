<?php
/**
 * From the module's spool into the table: exactly once, whoever drains, however often, wherever one dies.
 */

declare( strict_types=1 );

final class DrainTest extends SiteTestCase {

	/** Calls the module as the plugin does: $in prompts that are refused, so that each leaves a record and none is sent. */
	private const MAKE_RECORDS = '
		for ( $i = 0; $i < $in; $i++ ) {
			try {
				aisp_infer( array( "prompt" => "" ), AI_Secure_Proxy\Access::caller( "cli", "test" ), array() );
			} catch ( Aisp\Exception $e ) {
				continue;
			}
		}';

	public function test_a_burst_of_drains_loses_and_doubles_nothing(): void {
		$writers = array();
		for ( $i = 0; $i < 3; $i++ ) {
			$writers[] = Site::start( self::MAKE_RECORDS, 400 );
		}
		$drains = array();
		for ( $i = 0; $i < 4; $i++ ) {
			$drains[] = Site::start( 'for ( $i = 0; $i < 20; $i++ ) { AI_Secure_Proxy\Log\Drain::run(); usleep( 5000 ); }' );
		}
		for ( $i = 0; $i < 3; $i++ ) {
			Http::send_all( array_fill( 0, 8, Http::get_call( '/logs' ) ) );
		}
		array_map( array( Site::class, 'wait' ), $writers );
		array_map( array( Site::class, 'wait' ), $drains );
		Http::send_all( array_fill( 0, 8, Http::get_call( '/logs' ) ) );

		$uids = array_column( Site::log(), 'uid' );
		self::assertCount( 1200, $uids );
		self::assertCount( 1200, array_unique( $uids ) );
		self::assertSame( 0, $this->waiting() );
	}

	public function test_a_drain_leaves_the_work_to_one_that_runs_and_a_reader_waits_for_it(): void {
		Site::php( self::MAKE_RECORDS, 5 );
		$name = Site::php( 'return ( new ReflectionMethod( "AI_Secure_Proxy\Log\Lock", "name" ) )->invoke( null );' );
		Site::db()->prepare( 'SELECT GET_LOCK(?, 0)' )->execute( array( $name ) );
		self::assertSame( 0, Site::php( 'return AI_Secure_Proxy\Log\Drain::run();' ) );
		$reader = Site::start( 'return array( AI_Secure_Proxy\Log\Drain::run( 10 ), microtime( true ) );' );
		sleep( 2 );
		$released = microtime( true );
		Site::db()->prepare( 'SELECT RELEASE_LOCK(?)' )->execute( array( $name ) );
		list( $moved, $at ) = Site::wait( $reader );
		self::assertSame( 5, $moved );
		self::assertGreaterThan( $released, $at );
	}

	public function test_without_a_lock_two_drains_are_still_safe(): void {
		Site::php( self::MAKE_RECORDS, 50 );
		$twice = Site::php(
			'$one = aisp_log_drain( 500, AI_Secure_Proxy\Access::site() );
			$two  = aisp_log_drain( 500, AI_Secure_Proxy\Access::site() );
			$in   = array( AI_Secure_Proxy\Log\Table::insert( $one ), AI_Secure_Proxy\Log\Table::insert( $two ) );
			aisp_log_ack( array_column( $one, "uid" ) );
			aisp_log_ack( array_column( $two, "uid" ) );
			return array( count( $one ), $in );'
		);
		self::assertSame( array( 50, array( true, true ) ), $twice );
		self::assertCount( 50, Site::log() );
		self::assertSame( 0, $this->waiting() );
	}

	public function test_a_drain_that_died_before_its_ack_is_repeated_without_a_trace(): void {
		Site::php( self::MAKE_RECORDS, 20 );
		Site::php( 'AI_Secure_Proxy\Log\Table::insert( aisp_log_drain( 10, AI_Secure_Proxy\Access::site() ) );' );
		self::assertCount( 10, Site::log() );
		self::assertSame( 20, $this->waiting() );
		self::assertSame( 20, Site::php( 'return AI_Secure_Proxy\Log\Drain::run();' ) );
		self::assertCount( 20, Site::log() );
	}

	public function test_what_cannot_be_written_stays_in_the_spool(): void {
		$this->expect_php_log( '/^\[[^\]]*\] WordPress database error Table .wordpress\.wp_aisp_logs. doesn.t exist for query INSERT IGNORE INTO/' );
		Site::php( self::MAKE_RECORDS, 10 );
		Site::db()->exec( 'RENAME TABLE wp_aisp_logs TO wp_aisp_away' );
		try {
			self::assertSame( 0, Site::php( 'return AI_Secure_Proxy\Log\Drain::run();' ) );
			self::assertSame( 10, $this->waiting() );
		} finally {
			Site::db()->exec( 'RENAME TABLE wp_aisp_away TO wp_aisp_logs' );
		}
		self::assertSame( 10, Site::php( 'return AI_Secure_Proxy\Log\Drain::run();' ) );
		self::assertCount( 10, Site::log() );
	}

	public function test_more_than_a_batch_is_drained_in_one_go(): void {
		Site::php( self::MAKE_RECORDS, 1101 );
		self::assertSame( 1101, Site::php( 'return AI_Secure_Proxy\Log\Drain::run();' ) );
		self::assertCount( 1101, Site::log() );
		self::assertSame( 0, Site::php( 'return AI_Secure_Proxy\Log\Drain::run();' ) );
	}

	public function test_another_sites_records_are_not_taken(): void {
		Site::php(
			'$caller = array( "site" => "https://other.example" ) + AI_Secure_Proxy\Access::caller( "cli", "test" );
			try {
				aisp_infer( array( "prompt" => "" ), $caller );
			} catch ( Aisp\Exception $e ) {
				return;
			}'
		);
		self::assertSame( array(), self::logs() );
		self::assertSame( 1, $this->waiting( 'https://other.example' ) );
		Site::php( 'aisp_log_ack( array_column( aisp_log_drain( 10, "https://other.example" ), "uid" ) );' );
	}

	public function test_a_busy_site_drains_after_the_answer(): void {
		Site::php( self::MAKE_RECORDS, 499 );
		$prompt = self::fresh();
		for ( $calls = 0; $calls < 1000; $calls++ ) { // One in 32 looks.
			self::assertSame( 200, Http::infer( array( 'prompt' => $prompt ) )->status );
			if ( (int) Site::value( 'SELECT COUNT(*) FROM wp_aisp_logs' ) >= 500 ) {
				return;
			}
		}
		self::fail( 'nobody drained' );
	}

	public function test_a_quiet_site_does_not(): void {
		$prompt = self::fresh();
		for ( $calls = 0; $calls < 30; $calls++ ) {
			Http::infer( array( 'prompt' => $prompt ) );
		}
		usleep( 500000 );
		self::assertSame( 0, (int) Site::value( 'SELECT COUNT(*) FROM wp_aisp_logs' ) );
		self::assertSame( 30, $this->waiting() );
	}

	public function test_cron_drains_each_minute(): void {
		Site::php( self::MAKE_RECORDS, 3 );
		$due = Site::php(
			'$event = wp_get_scheduled_event( "aisp_drain_log" );
			wp_unschedule_event( $event->timestamp, "aisp_drain_log" );
			wp_schedule_event( time() - 1, "aisp_minute", "aisp_drain_log" );
			return $event->interval;'
		);
		self::assertSame( 60, $due );
		Http::send(
			array(
				'method' => 'GET',
				'path'   => '/wp-cron.php',
				'login'  => null,
			)
		);
		self::eventually( static fn(): bool => 3 === (int) Site::value( 'SELECT COUNT(*) FROM wp_aisp_logs' ), 'drained by WP-Cron' );
		self::assertGreaterThan( time(), Site::php( 'return wp_next_scheduled( "aisp_drain_log" );' ) );
	}

	private function waiting( ?string $site = null ): int {
		return Site::php( 'return count( aisp_log_drain( 5000, $in ?? AI_Secure_Proxy\Access::site() ) );', $site );
	}
}
