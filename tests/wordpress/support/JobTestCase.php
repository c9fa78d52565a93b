<?php
/**
 * A test of jobs: it starts with an empty queue, and a site that writes down what it is told of them.
 */

declare( strict_types=1 );

abstract class JobTestCase extends SiteTestCase {

	/** An id that no job has. */
	protected const NO_JOB = 'job_00000000000000000000000000000000';

	/** Keeps what the actions get, one line each; throws for as long as the test says so. */
	private const LISTEN = '
		foreach ( array( "completed", "failed", "accepted", "skipped" ) as $aisp_what ) {
			add_action( "aisp_job_$aisp_what", static function ( ...$given ) use ( $aisp_what ) {
				$file = WP_CONTENT_DIR . "/uploads/jobs";
				file_put_contents( $file, json_encode( array( $aisp_what, $given ), JSON_INVALID_UTF8_SUBSTITUTE ) . "\n", FILE_APPEND | LOCK_EX );
				if ( file_exists( "$file.throw" ) ) {
					throw new LogicException( "canary" );
				}
			}, 10, 3 );
		}
		unset( $aisp_what );';

	protected function setUp(): void {
		parent::setUp();
		self::drop_jobs();
		Site::php( 'file_put_contents( WP_CONTENT_DIR . "/uploads/jobs", "" ); @unlink( WP_CONTENT_DIR . "/uploads/jobs.throw" );' );
		Site::mu_plugin( self::LISTEN );
	}

	protected function tearDown(): void {
		Site::php( 'wp_clear_scheduled_hook( "aisp_run_jobs" );' );
		self::drop_jobs(); // WP-Cron, in another test, would work on them.
		parent::tearDown();
	}

	private static function drop_jobs(): void {
		foreach ( array( 'job_item', 'job', 'inbox' ) as $table ) {
			self::on_store( "DELETE FROM $table" );
		}
	}

	/** POST /jobs. */
	protected static function post( array|string $body, ?string $login = 'editor', array $options = array() ): Reply {
		return Http::send( Http::post_call( '/jobs', $body, $login, $options ) );
	}

	/** The id of a new job. */
	protected static function enqueue( array $body, ?string $login = 'editor', array $options = array() ): string {
		$reply = self::post( $body, $login, $options );
		self::assertSame( 202, $reply->status, $reply->body );
		return $reply->json()['job_id'];
	}

	/** A job of so many prompts that nobody asked before; the id. */
	protected static function enqueue_many( int $count, array $more = array() ): string {
		$items = array();
		for ( $i = 0; $i < $count; $i++ ) {
			$items[] = array( 'prompt' => self::fresh() );
		}
		return self::enqueue( array( 'items' => $items ) + $more );
	}

	/** A call to one job: `act( 'DELETE', $id )`, `act( 'POST', "$id/retry" )`. */
	protected static function act( string $method, string $id, ?string $login = 'editor' ): Reply {
		return Http::send( array( 'method' => $method ) + Http::get_call( "/jobs/$id", $login ) );
	}

	/** A job as GET shows it. */
	protected static function job( string $id, string $query = '', string $login = 'admin' ): array {
		$reply = Http::get( "/jobs/$id$query", $login );
		self::assertSame( 200, $reply->status, $reply->body );
		return $reply->json();
	}

	/** Lets a worker do all that is due; what it printed. */
	protected static function work( string ...$options ): array {
		return self::wp( 'worker', '--stop-when-empty', ...$options );
	}

	/** Time passes: what waits for another attempt is due. */
	protected static function make_jobs_due(): void {
		self::on_store( 'UPDATE job SET due_us = 0 WHERE state = 0' );
	}

	/** What the site was told: completed, failed, accepted or skipped, and what came with it. */
	protected static function told(): array {
		return array_map(
			static fn( string $line ): array => json_decode( $line, true, 512, JSON_THROW_ON_ERROR ),
			file( getenv( 'SITE_ROOT' ) . '/wp-content/uploads/jobs', FILE_IGNORE_NEW_LINES )
		);
	}

	/** Only of what the site was told, in order. */
	protected static function told_of(): array {
		return array_column( self::told(), 0 );
	}

	/** A listener begins to throw, or no longer does. */
	protected static function listeners_throw( bool $they_do ): void {
		Site::php( '$file = WP_CONTENT_DIR . "/uploads/jobs.throw"; $in ? touch( $file ) : unlink( $file );', $they_do );
	}

	/** A post of this author's. */
	protected static function new_post( string $author = 'editor' ): int {
		return Site::php( 'return wp_insert_post( array( "post_title" => "A post", "post_status" => "publish", "post_author" => $in ), true );', Site::user( $author )['id'] );
	}

	/** Where an answer is to be written. */
	protected static function into( int $post_id, string $meta_key = 'summary' ): array {
		return compact( 'post_id', 'meta_key' );
	}

	/** All values of a field of a post. */
	protected static function meta( int $post_id, string $key = 'summary' ): array {
		return Site::php( 'return get_post_meta( $in[0], $in[1] );', array( $post_id, $key ) );
	}

	protected static function assert_nothing_enqueued(): void {
		self::assertSame( array(), Http::get( '/jobs' )->json() );
		self::assertSame( array(), Mock::requests() );
	}
}
