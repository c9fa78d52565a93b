<?php
/**
 * `wp aisp job …`: what an operator does with the queue.
 */

declare( strict_types=1 );

final class JobCommandTest extends JobTestCase {

	private const FIELDS = array( 'id', 'state', 'total', 'done', 'failed', 'attempts', 'error', 'user_id', 'client', 'source', 'created_at', 'due_at', 'ended_at' );

	/** @return array[] The rows of `wp aisp job list`. */
	private static function listed( string ...$options ): array {
		$said = self::wp( 'job', 'list', ...$options );
		self::assertSame( 'items', $said[0][0], json_encode( $said, JSON_THROW_ON_ERROR ) );
		return $said[0][3];
	}

	private static function fail_one(): string {
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 400,
			)
		);
		$id = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::work();
		return $id;
	}

	public function test_enqueue_takes_a_prompt_with_its_options(): void {
		$post = self::new_post();
		$said = self::wp( 'job', 'enqueue', self::fresh(), '--system=Be brief.', '--max-tokens=50', '--user=editor', "--post=$post", '--meta-key=summary', '--priority=9', '--key=one', '--no-cache' );
		self::assertSame( 'success', $said[0][0], json_encode( $said, JSON_THROW_ON_ERROR ) );
		self::assertMatchesRegularExpression( '/^job_[0-9a-f]{32} with 1 prompt\.$/', $said[0][1] );
		list( $row ) = self::listed();
		self::assert_fields( array( 'state' => 'queued', 'total' => 1, 'user_id' => Site::user( 'editor' )['id'], 'source' => 'cli' ), $row ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::work();
		self::assertSame( 50, Mock::requests()[0]['body']['max_output_tokens'] );
		self::assertCount( 1, self::meta( $post ) );
		self::assertSame( 'cli', self::only_record()['route'] );
	}

	public function test_enqueue_takes_a_file_of_prompts(): void {
		$file = tempnam( sys_get_temp_dir(), 'jobs' );
		chmod( $file, 0644 );
		file_put_contents( $file, json_encode( self::fresh() ) . "\n\n" . json_encode( array( 'prompt' => self::fresh(), 'max_tokens' => 7 ) ) . "\n" ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		list( list( $kind, $id ) ) = self::wp( 'job', 'enqueue', "--file=$file", '--max-tokens=50', '--preview', '--run-at=2020-01-01', '--porcelain' );
		self::assertSame( 'line', $kind );
		self::work();
		$asked = array_map( static fn( array $request ): int => $request['body']['max_output_tokens'], Mock::requests() );
		sort( $asked );
		self::assertSame( array( 7, 50 ), $asked, 'the options hold where a line says nothing else' );
		self::assertTrue( self::job( $id )['preview'] );

		file_put_contents( $file, "\"Hi\"\n[1]\n" );
		$said = self::wp( 'job', 'enqueue', "--file=$file" );
		self::assertSame( 'error', $said[0][0] );
		self::assertStringStartsWith( 'Line 2: ', $said[0][1] );
		unlink( $file );
		self::assertCount( 1, self::listed() );
	}

	public function test_list_has_filters_and_formats(): void {
		$one = self::enqueue( array( 'prompt' => self::fresh() ) );
		$two = self::enqueue( array( 'prompt' => self::fresh() ), 'author' );
		self::act( 'DELETE', $one );
		list( list( $kind, $format, $fields, $rows ) ) = self::wp( 'job', 'list', '--format=csv' );
		self::assertSame( array( 'items', 'csv', self::FIELDS ), array( $kind, $format, $fields ) );
		self::assertSame( array( $two, $one ), array_column( $rows, 'id' ) );
		self::assertSame( self::FIELDS, array_keys( $rows[0] ) );
		self::assertMatchesRegularExpression( '/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/', $rows[0]['created_at'] );
		self::assertSame( '', $rows[0]['ended_at'] );
		$author = Site::user( 'author' )['id'];
		foreach ( array( '--state=cancelled' => $one, '--state=queued' => $two, "--user-id=$author" => $two, "--before=$two" => $one, '--max=1' => $two ) as $option => $id ) { // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
			self::assertSame( array( $id ), array_column( self::listed( $option ), 'id' ), $option );
		}
		self::assertSame( array(), self::listed( '--source=elsewhere' ) );
		self::assertSame( array(), self::listed( '--client=shop' ) );
	}

	public function test_get_shows_a_job_and_its_items(): void {
		$id = self::enqueue_many( 3 );
		self::work();
		list( list( $kind, $format, $fields, $rows ) ) = self::wp( 'job', 'get', $id );
		self::assertSame( array( 'items', 'table', array( 'field', 'value' ) ), array( $kind, $format, $fields ) );
		self::assertSame( 'done', array_column( $rows, 'value', 'field' )['state'] );
		list( list( $kind, $format, $job ) ) = self::wp( 'job', 'get', $id, '--items=2', '--from=1', '--format=json' );
		self::assertSame( array( 'value', 'json', $id, array( 1, 2 ) ), array( $kind, $format, $job['id'], array_column( $job['items'], 'n' ) ) );
	}

	public function test_cancel_and_retry_some_or_all(): void {
		$ids = array( self::enqueue( array( 'prompt' => self::fresh() ) ), self::enqueue( array( 'prompt' => self::fresh() ) ), self::enqueue( array( 'prompt' => self::fresh() ) ) );
		self::assertSame( array( array( 'success', '1 job cancelled.' ) ), self::wp( 'job', 'cancel', $ids[0] ) );
		self::assertSame( 'error', self::wp( 'job', 'cancel', $ids[0] )[0][0], 'it has ended' );
		self::assertSame( array( array( 'success', '0 jobs cancelled.' ) ), self::wp( 'job', 'cancel', '--all', '--source=elsewhere' ) );
		self::assertSame( array( array( 'success', '2 jobs cancelled.' ) ), self::wp( 'job', 'cancel', '--all', '--source=rest' ) );
		self::assertSame( array( array( 'success', '2 jobs will be tried again.' ) ), self::wp( 'job', 'retry', $ids[1], $ids[2] ) );
		self::assertSame( array( array( 'success', '0 jobs will be tried again.' ) ), self::wp( 'job', 'retry', '--all' ), 'all that have failed' );
		self::work();
		$failed = self::fail_one();
		self::assertSame( array( array( 'success', '1 job will be tried again.' ) ), self::wp( 'job', 'retry', '--all' ) );
		self::assertSame( array( $failed ), array_column( self::listed( '--state=queued' ), 'id' ) );
	}

	public function test_accept_has_what_waits_written(): void {
		$post = self::new_post();
		$id   = self::enqueue( array( 'prompt' => self::fresh(), 'preview' => true, 'store' => self::into( $post ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertStringStartsWith( 'conflict: ', self::wp( 'job', 'accept', $id )[0][1] );
		self::work();
		self::assertSame( array( array( 'success', '1 job accepted.' ) ), self::wp( 'job', 'accept', $id ) );
		self::work();
		self::assertCount( 1, self::meta( $post ) );
	}

	public function test_purge_asks_and_then_drops_what_was_named(): void {
		$done = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::work();
		$failed = self::fail_one();
		$queued = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::assertSame( 'confirm', self::wp( 'job', 'purge', '--state=done' )[0][0] );
		self::assertSame( array( array( 'success', '0 jobs dropped.' ) ), self::wp( 'job', 'purge', '--state=done', '--ended-before=2020-01-01', '--yes' ) );
		self::assertSame( array( array( 'success', '1 job dropped.' ) ), self::wp( 'job', 'purge', $failed, '--yes' ) );
		self::assertSame( array( array( 'success', '1 job dropped.' ) ), self::wp( 'job', 'purge', '--state=done', '--source=rest', '--yes' ) );
		self::assertSame( array( array( 'success', '0 jobs dropped.' ) ), self::wp( 'job', 'purge', $queued, '--yes' ), 'it has not ended' );
		self::assertSame( array( $queued ), array_column( self::listed(), 'id' ) );
		self::assertSame( 'error', self::wp( 'job', 'get', $done )[0][0] );
	}

	public function test_stats_say_how_long_the_queue_is(): void {
		self::fail_one();
		self::enqueue( array( 'prompt' => self::fresh() ) );
		self::on_store( 'UPDATE job SET due_us = due_us - 90000000 WHERE state = 0' );
		list( list( $kind, $format, $stats ) ) = self::wp( 'job', 'stats', '--format=json' );
		self::assertSame( array( 'value', 'json' ), array( $kind, $format ) );
		self::assertSame( array( 'queued', 'running', 'waiting', 'done', 'failed', 'cancelled', 'oldest_age_s', 'asked_again', 'abandoned' ), array_keys( $stats ) );
		self::assertSame( array( 1, 0, 0, 1 ), array( $stats['queued'], $stats['running'], $stats['waiting'], $stats['failed'] ) );
		self::assertGreaterThanOrEqual( 90, $stats['oldest_age_s'] );
		self::assertSame( 'items', self::wp( 'job', 'stats' )[0][0] );
		self::assertSame( 1, Http::get( '/status' )->json()['jobs']['failed'] );
	}

	public static function misuses(): array {
		return array(
			'get what is not'       => array( array( 'get', self::NO_JOB ) ),
			'get too many items'    => array( array( 'get', self::NO_JOB, '--items=0' ) ),
			'list no state'         => array( array( 'list', '--state=gone' ) ),
			'list too many'         => array( array( 'list', '--max=1001' ) ),
			'list a user by name'   => array( array( 'list', '--user-id=me' ) ),
			'cancel nothing'        => array( array( 'cancel' ) ),
			'cancel one and all'    => array( array( 'cancel', self::NO_JOB, '--all' ) ),
			'cancel what is not'    => array( array( 'cancel', self::NO_JOB ) ),
			'retry nothing'         => array( array( 'retry' ) ),
			'accept what is not'    => array( array( 'accept', self::NO_JOB ) ),
			'purge everything'      => array( array( 'purge', '--yes' ) ),
			'purge what is queued'  => array( array( 'purge', '--state=queued', '--yes' ) ),
			'purge by no date'      => array( array( 'purge', '--ended-before=yesterday', '--yes' ) ),
			'enqueue nothing'       => array( array( 'enqueue' ) ),
			'enqueue two things'    => array( array( 'enqueue', 'Hi', '--file=prompts' ) ),
			'enqueue no file'       => array( array( 'enqueue', '--file=/nowhere' ) ),
			'enqueue at no date'    => array( array( 'enqueue', 'Hi', '--run-at=noon' ) ),
			'enqueue a blank'       => array( array( 'enqueue', ' ' ) ),
			'enqueue without a key' => array( array( 'enqueue', 'Hi', '--post=1', '--user=editor' ) ),
			'nobody into a post'    => array( array( 'enqueue', 'Hi', '--post=1', '--meta-key=summary' ) ),
		);
	}

	/** @dataProvider misuses */
	public function test_misuse_is_said( array $words ): void {
		$said = self::wp( 'job', ...$words );
		self::assertSame( array( 'error' ), array_column( $said, 0 ), json_encode( $said, JSON_THROW_ON_ERROR ) );
		self::assertSame( array(), self::listed() );
	}
}
