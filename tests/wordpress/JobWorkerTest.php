<?php
/**
 * Who works on jobs: `wp aisp worker`, WP-Cron and Action Scheduler, in any number, at the same time, and until they are told to end.
 */

declare( strict_types=1 );

final class JobWorkerTest extends JobTestCase {

	/** Stands in for Action Scheduler, which no package registry has: writes down what it is given. */
	private const ACTION_SCHEDULER = '
		function as_enqueue_async_action( ...$given ) {
			file_put_contents( WP_CONTENT_DIR . "/uploads/actions", json_encode( array( "async", $given ) ) . "\n", FILE_APPEND );
		}
		function as_schedule_single_action( ...$given ) {
			file_put_contents( WP_CONTENT_DIR . "/uploads/actions", json_encode( array( "single", $given ) ) . "\n", FILE_APPEND );
		}
		function as_has_scheduled_action( $hook, $args, $group ) {
			return str_contains( (string) @file_get_contents( WP_CONTENT_DIR . "/uploads/actions" ), json_encode( array( $hook, $args, $group ) ) );
		}';

	protected function setUp(): void {
		parent::setUp();
		Site::php( '@unlink( WP_CONTENT_DIR . "/uploads/actions" ); @unlink( WP_CONTENT_DIR . "/uploads/worker" );' );
	}

	/** A worker that says which process it is; for signal() and Site::wait(). */
	private static function start_worker( string ...$options ): array {
		return Site::start(
			'file_put_contents( WP_CONTENT_DIR . "/uploads/worker", getmypid() ); return WP_CLI::run( $in );',
			array( 'aisp', 'worker', ...$options ),
			array(),
			'require ' . var_export( getenv( 'SITE_TESTS' ) . '/wordpress/support/wp-cli.php', true ) . ';'
		);
	}

	private static function signal( int $signal ): void {
		posix_kill( (int) file_get_contents( getenv( 'SITE_ROOT' ) . '/wp-content/uploads/worker' ), $signal );
	}

	/** @return array[] What Action Scheduler was given: its function, the arguments. */
	private static function actions(): array {
		$file = getenv( 'SITE_ROOT' ) . '/wp-content/uploads/actions';
		return file_exists( $file ) ? array_map( static fn( string $line ): array => json_decode( $line, true ), file( $file, FILE_IGNORE_NEW_LINES ) ) : array();
	}

	public function test_a_worker_says_what_it_does_and_ends_where_nothing_is_due(): void {
		$id   = self::enqueue_many( 3 );
		$said = self::work();
		self::assertSame( array( 'log' ), array_values( array_unique( array_column( $said, 0 ) ) ) );
		self::assertSame( array( 'Working on the jobs of ' . getenv( 'SITE_URL' ) . ', 4 at a time.', "$id done 3/3", 'Ends after 1 job: no job is due.' ), array_column( $said, 1 ) );
	}

	public function test_a_worker_ends_after_as_many_jobs_as_it_is_told(): void {
		$ids = array( self::enqueue( array( 'prompt' => self::fresh() ) ), self::enqueue( array( 'prompt' => self::fresh() ) ), self::enqueue( array( 'prompt' => self::fresh() ) ) );
		$said = self::wp( 'worker', '--max-jobs=2', '--concurrency=2' );
		self::assertSame( 'Ends after 2 jobs: that was the last job wanted.', end( $said )[1] );
		self::assertSame( array( 'done', 'done', 'queued' ), array_map( static fn( string $id ): string => self::job( $id )['state'], $ids ) );
	}

	public function test_a_worker_ends_where_it_takes_too_much_memory(): void {
		$said = self::wp( 'worker', '--max-memory=1' );
		self::assertSame( 'Ends after 0 jobs: too much memory is taken.', end( $said )[1] );
	}

	public function test_workers_cron_and_action_scheduler_at_the_same_time_share_the_jobs(): void {
		$ids = array();
		for ( $i = 0; $i < 12; $i++ ) {
			$ids[] = self::enqueue( array( 'prompt' => self::fresh() ) );
		}
		$workers = array();
		for ( $i = 0; $i < 3; $i++ ) {
			$workers[] = self::start_wp( 'worker', '--stop-when-empty', '--concurrency=1' );
		}
		$workers[] = Site::start( 'do_action( "aisp_run_jobs" );' );
		$workers[] = Site::start( 'array_map( static fn( $id ) => do_action( "aisp_job_run", $id ), $in );', $ids ); // As Action Scheduler does.
		array_map( array( Site::class, 'wait' ), $workers );
		self::assertCount( 12, Mock::requests(), 'each is asked once' );
		self::assertCount( 12, array_unique( array_column( array_column( array_column( self::told(), 1 ), 0 ), 'id' ) ) );
		self::assertCount( 12, Http::get( '/jobs?state=done' )->json() );
	}

	public function test_a_signal_ends_a_worker_in_order_and_the_next_one_goes_on(): void {
		Site::policy( self::policy( array( 'max_parallel' => 1 ) ) );
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 1,
				'times'   => 12,
			)
		);
		$id     = self::enqueue_many( 12 );
		$worker = self::start_worker();
		self::eventually( static fn(): bool => array() !== Mock::requests(), 'the worker has begun' );
		self::signal( SIGTERM );
		$said = Site::wait( $worker );
		self::assertSame( 'Ends after 0 jobs: told to.', end( $said )[1] );
		$job = self::job( $id );
		self::assertSame( array( 'queued', 0 ), array( $job['state'], $job['progress']['failed'] ) );
		self::assertGreaterThan( 0, $job['progress']['done'] );
		self::assertLessThan( 12, $job['progress']['done'] );
		self::assertCount( $job['progress']['done'], Mock::requests(), 'what was begun was waited for' );
		self::work();
		self::assertSame( 'done', self::job( $id )['state'] );
		self::assertCount( 12, Mock::requests(), 'nothing is asked twice' );
	}

	public function test_a_signal_wakes_a_worker_that_has_nothing_to_do(): void {
		$worker = self::start_worker( '--sleep=60' );
		self::eventually( static fn(): bool => file_exists( getenv( 'SITE_ROOT' ) . '/wp-content/uploads/worker' ), 'it has started' );
		usleep( 700000 );
		$began = microtime( true );
		self::signal( SIGINT );
		$said = Site::wait( $worker );
		self::assertSame( 'Ends after 0 jobs: told to.', end( $said )[1] );
		self::assertLessThan( 5.0, microtime( true ) - $began );
	}

	public function test_a_job_whose_worker_was_killed_is_finished_by_the_next_one(): void {
		Site::policy( self::policy( array( 'max_parallel' => 1 ) ) );
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 1,
				'times'   => 3,
			)
		);
		$id     = self::enqueue_many( 4 );
		$worker = self::start_worker();
		self::eventually( static fn(): bool => count( Mock::requests() ) >= 2, 'the worker is in the middle of it' );
		self::signal( SIGKILL );
		try {
			Site::wait( $worker );
		} catch ( RuntimeException ) {
			self::on_store( 'UPDATE job SET due_us = 0' );
		}
		self::work();
		self::assertSame( array( 'total' => 4, 'done' => 4, 'failed' => 0 ), self::job( $id )['progress'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertLessThanOrEqual( 5, count( Mock::requests() ), 'only what was under way is asked again' );
		self::assertSame( array( 'completed' ), self::told_of() );
	}

	public function test_a_worker_goes_by_the_settings_of_now(): void {
		$id = self::enqueue( array( 'prompt' => self::fresh() ) );
		Site::policy( self::policy( array( 'qouta' => array() ) ) );
		list( , list( $kind, $text ) ) = self::work();
		self::assertSame( 'error', $kind );
		self::assertStringContainsString( 'qouta', $text );
		self::assertSame( array( 'queued', 0 ), array( self::job_of_cli( $id )['state'], self::job_of_cli( $id )['attempts'] ), 'it was not even taken' );

		Site::policy( self::policy( array( 'max_parallel' => 1, 'providers' => array( 'mock' => self::provider( array( 'base_url' => getenv( 'LLMOCK_URL' ) . '/v1?later' ) ) ) ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::work();
		self::assertSame( 'done', self::job( $id )['state'] );
	}

	/** Where the settings cannot be used, nor can REST. */
	private static function job_of_cli( string $id ): array {
		return Site::php( 'return aisp_job_get( $in, array( "site" => AI_Secure_Proxy\Access::site() ) );', $id );
	}

	public function test_each_job_runs_by_what_is_allowed_to_whoever_asked(): void {
		Site::mu_plugin( 'add_filter( "aisp_policy", static function ( $policy, $caller ) { if ( "author" === $caller["role"] ) { $policy["models"]["mock-1"]["route"] = array( array( "mock", "for-authors" ) ); } return $policy; }, 10, 2 );' );
		self::enqueue( array( 'prompt' => self::fresh() ), 'author' );
		self::enqueue( array( 'prompt' => self::fresh() ), 'editor' );
		self::work();
		$models = array_map( static fn( array $request ): string => $request['body']['model'], Mock::requests() );
		sort( $models );
		self::assertSame( array( 'for-authors', 'gpt-4o-mini' ), $models );
	}

	public function test_a_policy_that_cannot_be_used_holds_up_the_jobs_of_nobody_else(): void {
		$this->expect_php_log( '/^.*AI Secure Proxy: job_[0-9a-f]{32}: .*qouta.*\n$/' );
		Site::mu_plugin( 'add_filter( "aisp_policy", static fn( $policy, $caller ) => "author" === $caller["role"] && "/jobs" === $caller["route"] && PHP_SAPI === "cli" ? $policy + array( "qouta" => array() ) : $policy, 10, 2 );' );
		$bad  = self::enqueue( array( 'prompt' => self::fresh() ), 'author' );
		$good = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::wp( 'worker', '--max-jobs=1' );
		self::assertSame( array( 'running', 'done' ), array( self::job( $bad )['state'], self::job( $good )['state'] ) );
	}

	public function test_jobs_of_another_site_are_none_of_ours(): void {
		$id = self::enqueue( array( 'prompt' => self::fresh() ) );
		Site::mu_plugin( 'add_filter( "option_siteurl", static fn() => "http://elsewhere.test" );' );
		self::assertSame( 'Ends after 0 jobs: no job is due.', self::work()[1][1] );
		self::assertSame( 'error', self::wp( 'job', 'get', $id )[0][0] );
		self::assertSame( array(), self::wp( 'job', 'list' )[0][3] );
		self::assertSame( array( array( 'success', '0 jobs dropped.' ) ), self::wp( 'job', 'purge', $id, '--yes' ) );
	}

	public function test_cron_is_asked_for_once_and_works_within_its_time(): void {
		$scheduled = 'return array_sum( array_map( static fn( $events ) => count( $events["aisp_run_jobs"] ?? array() ), _get_cron_array() ) );';
		self::assertSame( 0, Site::php( $scheduled ) );
		self::enqueue( array( 'prompt' => self::fresh() ) );
		self::enqueue( array( 'prompt' => self::fresh() ) );
		self::assertSame( 1, Site::php( $scheduled ) );
		$cron = array( 'method' => 'GET', 'path' => '/wp-cron.php', 'login' => null ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( 200, Http::send( $cron )->status );
		self::eventually( static fn(): bool => 2 === count( Http::get( '/jobs?state=done' )->json() ), 'cron has done them' );
		self::eventually( static fn(): bool => array( 'completed', 'completed' ) === self::told_of(), 'and told' );
		self::assertSame( 0, Site::php( $scheduled ) );
	}

	public function test_cron_looks_each_minute(): void {
		$id = self::enqueue( array( 'prompt' => self::fresh() ) );
		Site::php( 'do_action( "aisp_drain_log" );' );
		self::assertSame( 'done', self::job( $id )['state'] );
	}

	public function test_one_request_spawns_cron_once_and_only_where_cron_is_on(): void {
		$spawns = '
			add_filter( "pre_http_request", static function ( $answer, $args, $url ) { $GLOBALS["asked"][] = $url; return array( "response" => array( "code" => 200 ) ); }, 10, 3 );
			delete_transient( "doing_cron" );
			for ( $i = 0; $i < 3; $i++ ) {
				AI_Secure_Proxy\Jobs\Queue::enqueue( array( "prompt" => "Hi $i" ), AI_Secure_Proxy\Access::caller( "test", "test" ) );
			}
			do_action( "shutdown" );
			remove_all_actions( "shutdown" );
			delete_transient( "doing_cron" );
			return count( preg_grep( "/wp-cron\.php/", $GLOBALS["asked"] ?? array() ) );';
		self::assertSame( 0, Site::php( $spawns ), 'the site calls wp-cron.php by other means' );
		Site::php( 'wp_clear_scheduled_hook( "aisp_run_jobs" );' );
		self::assertSame( 1, Site::php( $spawns, null, array(), 'define( "DISABLE_WP_CRON", false );' ) );
	}

	public function test_action_scheduler_gets_an_id_and_never_a_prompt(): void {
		Site::mu_plugin( self::ACTION_SCHEDULER );
		$prompt = self::fresh();
		$key    = array( 'headers' => array( 'Idempotency-Key: once' ) );
		$id     = self::enqueue( array( 'prompt' => $prompt ), 'editor', $key );
		self::enqueue( array( 'prompt' => $prompt ), 'editor', $key );
		self::assertSame( array( array( 'async', array( 'aisp_job_run', array( 'job_id' => $id ), 'aisp' ) ) ), self::actions() );
		Site::php( 'do_action( "aisp_job_run", $in );', $id );
		self::assertSame( 'done', self::job( $id )['state'] );
		self::assertSame( array( 'completed' ), self::told_of() );
		self::assertCount( 1, self::actions(), 'nothing is left to do' );

		$at    = time() + 3600;
		$later = self::enqueue( array( 'prompt' => $prompt, 'run_at' => $at ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( array( 'single', array( $at, 'aisp_job_run', array( 'job_id' => $later ), 'aisp' ) ), self::actions()[1] );
		Site::php( 'do_action( "aisp_job_run", $in );', $later );
		self::assertSame( 'queued', self::job( $later )['state'] );
	}

	public function test_what_action_scheduler_could_not_finish_is_another_action(): void {
		Site::mu_plugin( self::ACTION_SCHEDULER );
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 503,
				'times'  => null,
			)
		);
		$id = self::enqueue( array( 'prompt' => self::fresh(), 'timeout_ms' => 500 ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		Site::php( 'do_action( "aisp_job_run", $in );', $id );
		$job = self::job( $id );
		self::assertSame( 'queued', $job['state'] );
		self::assertGreaterThan( time() - 5, $job['due_at'] );
		self::assertSame( array( 'single', array( $job['due_at'], 'aisp_job_run', array( 'job_id' => $id ), 'aisp' ) ), self::actions()[1] );
		Mock::reset();
		self::make_jobs_due();
		Site::policy( self::policy( array( 'providers' => array( 'mock' => self::provider( array( 'base_url' => getenv( 'LLMOCK_URL' ) . '/v1?again' ) ) ) ) ) );
		Site::php( 'do_action( "aisp_job_run", $in );', $id );
		self::assertSame( 'done', self::job( $id )['state'] );
	}

	public static function misuses(): array {
		return array( array( '--concurrency=0' ), array( '--concurrency=65' ), array( '--max-jobs=none' ), array( '--max-memory=0' ), array( '--sleep=0' ), array( '--for=ever' ) );
	}

	/** @dataProvider misuses */
	public function test_misuse_is_said( string $option ): void {
		self::assertSame( array( 'error' ), array_column( self::wp( 'worker', $option ), 0 ) );
	}

	public function test_deactivation_and_uninstall_end_what_was_scheduled(): void {
		self::enqueue( array( 'prompt' => self::fresh() ) );
		self::assertFalse( Site::php( 'AI_Secure_Proxy\Installer::unschedule(); $left = wp_next_scheduled( "aisp_run_jobs" ); AI_Secure_Proxy\Installer::install(); return $left;' ) );
	}
}
