<?php
/**
 * Where the answers of a job go: into posts, if whoever asked may write there, when he asks and when it is written.
 */

declare( strict_types=1 );

final class JobResultTest extends JobTestCase {

	public function test_answers_are_written_into_posts_as_they_are(): void {
		$said = "<b>\"It's\"</b> C:\\temp\n\$1 & more";
		$post = self::new_post();
		self::provider_says( $said );
		self::enqueue( array( 'prompt' => self::fresh(), 'store' => self::into( $post ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::work();
		self::assertSame( array( $said ), self::meta( $post ) );
		self::assert_fields( array( 'written' => 1, 'skipped' => 0 ), self::told()[0][1][0] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
	}

	public function test_an_answer_with_a_schema_is_written_as_what_it_encodes(): void {
		$post = self::new_post();
		self::provider_says( '{"title": "O\'Neill\\\\s", "tags": ["a", "b"]}' );
		$schema = array(
			'type'       => 'object',
			'properties' => array(
				'title' => array( 'type' => 'string' ),
				'tags'  => array(
					'type'  => 'array',
					'items' => array( 'type' => 'string' ),
				),
			),
		);
		self::enqueue( array( 'prompt' => self::fresh(), 'schema' => $schema, 'store' => self::into( $post ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::work();
		self::assertSame( array( array( 'title' => "O'Neill\\s", 'tags' => array( 'a', 'b' ) ) ), self::meta( $post ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
	}

	public function test_each_of_many_has_its_own_place_also_beyond_a_page_of_them(): void {
		$posts = Site::php(
			'for ( $i = 0; $i < 120; $i++ ) { $ids[] = wp_insert_post( array( "post_title" => "n", "post_author" => $in ) ); }
			return $ids;',
			Site::user( 'editor' )['id']
		);
		$items = array();
		foreach ( $posts as $n => $post ) {
			$items[] = array( 'prompt' => self::fresh(), 'store' => self::into( $post, "field_$n" ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		}
		self::enqueue( array( 'items' => $items ) );
		self::work();
		self::assertSame( 120, (int) Site::value( 'SELECT COUNT(*) FROM wp_postmeta WHERE meta_key LIKE "field\\_%" AND meta_value != ""' ) );
		self::assertSame( array( 120, 0 ), array( self::told()[0][1][0]['written'], self::told()[0][1][0]['skipped'] ) );
		Site::php( 'foreach ( $in as $id ) { wp_delete_post( $id, true ); }', $posts );
	}

	public function test_items_say_where_their_answers_go_and_whether_they_are_there(): void {
		$posts = array( self::new_post(), self::new_post() );
		$items = array_map( static fn( int $post ): array => array( 'prompt' => self::fresh(), 'store' => self::into( $post ) ), $posts ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$id    = self::enqueue( array( 'items' => array( ...$items, array( 'prompt' => self::fresh() ) ) ) );
		$place = static fn( int $n, string $login = 'admin' ): ?array => self::job( $id, '?items=3', $login )['items'][ $n ]['place'] ?? null;
		self::assertSame( array( 'A post', false, null ), array( $place( 0 )['title'], $place( 0 )['written'], $place( 0 )['obstacle'] ) );
		self::assertStringContainsString( "post=$posts[0]", $place( 0 )['edit_url'] );
		Site::php( 'wp_delete_post( $in, true );', $posts[1] );
		self::work();
		$expected = array(
			'title'    => 'A post',
			'edit_url' => $place( 0 )['edit_url'],
			'written'  => true,
			'obstacle' => null,
		);
		self::assertSame( $expected, $place( 0 ) );
		self::assertSame( $expected, $place( 0, 'editor' ) );
		self::assertSame( array_combine( array_keys( $expected ), array( null, null, false, 'gone' ) ), $place( 1 ) );
		self::assertNull( $place( 2 ), 'it goes nowhere' );
	}

	public function test_nobody_has_something_written_where_he_may_not(): void {
		$own     = self::new_post( 'author' );
		$other   = self::new_post( 'admin' );
		$refused = static function ( array $body, string $name ): void {
			$error = self::assert_error( 403, 'forbidden', self::post( $body + array( 'prompt' => 'Hi' ), 'author' ) );
			self::assertStringStartsWith( $name . ':', $error['message'] );
		};
		$refused( array( 'store' => self::into( $other ) ), 'store.post_id' );
		$refused( array( 'store' => self::into( $own, '_edit_lock' ) ), 'store.meta_key' );
		$items = array( array( 'store' => self::into( $own ) ), array( 'store' => self::into( $other ) ) );
		$refused( array( 'items' => $items ), 'items[1].store.post_id' );
		self::assert_nothing_enqueued();
		self::assertSame( array( 'caller_forbidden', '/jobs' ), array( self::logs()[0]['error'], self::logs()[0]['route'] ) );

		Site::mu_plugin( 'add_action( "init", static function () { register_post_meta( "post", "_summary", array( "single" => true, "type" => "string", "auth_callback" => static fn( $allowed, $key, $post, $user ) => user_can( $user, "edit_post", $post ) ) ); } );' );
		self::enqueue( array( 'prompt' => self::fresh(), 'store' => self::into( $own, '_summary' ) ), 'author' ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::work();
		self::assertCount( 1, self::meta( $own, '_summary' ) );
	}

	public function test_a_revision_is_no_way_around_the_rules_of_its_post(): void {
		Site::mu_plugin( 'add_action( "init", static function () { register_post_meta( "post", "price", array( "single" => true, "type" => "string", "auth_callback" => "__return_false" ) ); } );' );
		$post     = self::new_post();
		$revision = Site::php( 'return wp_save_post_revision( $in ) ?: wp_insert_post( array( "post_type" => "revision", "post_status" => "inherit", "post_parent" => $in, "post_title" => "r" ) );', $post );
		$reply    = static fn( int $id ): Reply => self::post( array( 'prompt' => 'Hi', 'store' => self::into( $id, 'price' ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assert_error( 403, 'forbidden', $reply( $post ) );
		self::assert_error( 400, 'invalid_request', $reply( $revision ) );
		self::assert_nothing_enqueued();
	}

	public function test_what_was_allowed_is_looked_at_again_before_it_is_written(): void {
		$user  = Site::new_user( 'editor' );
		$posts = array( self::new_post(), self::new_post() );
		$items = array();
		foreach ( array( ...$posts, $posts[1] ) as $n => $post ) {
			$items[] = array( 'prompt' => self::fresh(), 'store' => self::into( $post, "field$n" ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		}
		$id = self::enqueue( array( 'items' => $items ), $user['login'], $user );
		Site::php( 'wp_delete_post( $in[0], true ); get_user_by( "id", $in[1] )->set_role( "contributor" );', array( $posts[0], $user['id'] ) );
		self::work();
		self::assertSame( array( 'skipped', 'skipped', 'skipped', 'completed' ), self::told_of() );
		self::assertSame( array( 'gone', 'forbidden', 'forbidden' ), array_map( static fn( array $told ): string => $told[1][2], array_slice( self::told(), 0, 3 ) ) );
		self::assertSame( array( 0, 3 ), array( self::told()[3][1][0]['written'], self::told()[3][1][0]['skipped'] ) );
		self::assertSame( array(), self::meta( $posts[1], 'field1' ) );
		self::assertNotSame( '', self::job( $id, '?items=1' )['items'][0]['result']['text'], 'it stays in the job' );
	}

	public function test_a_user_who_is_gone_has_nothing_written(): void {
		$user = Site::new_user( 'editor' );
		$post = self::new_post();
		self::enqueue( array( 'prompt' => self::fresh(), 'store' => self::into( $post ) ), $user['login'], $user ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		Site::php( 'wp_delete_user( $in );', $user['id'] );
		self::work();
		self::assertSame( array( 'skipped', 'completed' ), self::told_of() );
		self::assertSame( array(), self::meta( $post ) );
	}

	/** A job of two prompts, one of which its provider refuses, after its end; its id and the posts. */
	private static function half_answered(): array {
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 400,
			)
		);
		$posts = array( self::new_post(), self::new_post() );
		$items = array_map( static fn( int $post ): array => array( 'prompt' => self::fresh(), 'store' => self::into( $post ) ), $posts ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$id    = self::enqueue( array( 'items' => $items ) );
		self::work();
		return array( $id, $posts );
	}

	public function test_what_is_answered_of_a_job_that_failed_is_written(): void {
		list( , $posts ) = self::half_answered();
		self::assertSame( array( 'failed' ), self::told_of() );
		self::assertCount( 1, array( ...self::meta( $posts[0] ), ...self::meta( $posts[1] ) ) );
	}

	public function test_what_somebody_has_written_over_an_answer_stays_when_the_rest_is_tried_again(): void {
		list( $id, $posts ) = self::half_answered();
		$answered = array() === self::meta( $posts[0] ) ? 1 : 0;
		Site::php( 'update_post_meta( $in, "summary", "mended by hand" );', $posts[ $answered ] );
		self::assertSame( 200, self::act( 'POST', "$id/retry" )->status );
		self::work();
		self::assertSame( array( 'failed', 'completed' ), self::told_of() );
		self::assertSame( array( 'mended by hand' ), self::meta( $posts[ $answered ] ) );
		self::assertCount( 1, self::meta( $posts[ 1 - $answered ] ) );
		self::assertSame( array( 1, 1 ), array( self::told()[0][1][0]['written'], self::told()[1][1][0]['written'] ) );

		self::enqueue( array( 'prompt' => self::fresh(), 'store' => self::into( $posts[ $answered ] ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::work();
		self::assertNotSame( array( 'mended by hand' ), self::meta( $posts[ $answered ] ), 'another job is another answer' );
	}

	public function test_a_preview_is_written_once_it_is_accepted(): void {
		$post = self::new_post();
		$id   = self::enqueue( array( 'prompt' => self::fresh(), 'preview' => true, 'store' => self::into( $post ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assert_error( 409, 'conflict', self::act( 'POST', "$id/accept" ) );
		self::work();
		self::assertSame( array( 'completed' ), self::told_of() );
		self::assertSame( array( true, 0 ), array( self::told()[0][1][0]['preview'], self::told()[0][1][0]['written'] ) );
		self::assertSame( array(), self::meta( $post ) );
		self::assert_error( 404, 'not_found', self::act( 'POST', "$id/accept", 'author' ) );

		$reply = self::act( 'POST', "$id/accept" );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertIsInt( $reply->json()['accepted_at'] );
		self::eventually( static fn(): bool => array( 'completed', 'accepted' ) === self::told_of(), 'right after the answer' );
		self::assertSame( array( self::job( $id )['result']['text'] ), self::meta( $post ) );
		self::assertSame( 200, self::act( 'POST', "$id/accept" )->status, 'again' );
		self::work();
		self::assertSame( array( 'completed', 'accepted' ), self::told_of(), 'but told once' );
	}

	public function test_a_preview_is_not_accepted_where_its_owner_may_not_write_any_more(): void {
		$user = Site::new_user( 'editor' );
		$post = self::new_post();
		$id   = self::enqueue( array( 'prompt' => self::fresh(), 'preview' => true, 'store' => self::into( $post ) ), $user['login'], $user ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::work();
		Site::php( 'get_user_by( "id", $in )->set_role( "contributor" );', $user['id'] );
		$error = self::assert_error( 403, 'forbidden', self::act( 'POST', "$id/accept", 'admin' ) );
		self::assertStringStartsWith( 'store.post_id:', $error['message'] );
		self::assertNull( self::job( $id )['accepted_at'] );
	}

	public function test_what_no_key_opens_any_more_is_not_written_with_holes(): void {
		$post = self::new_post();
		self::provider_says( 'Dear [EMAIL_1]!' );
		$id = self::enqueue( array( 'prompt' => self::fresh( 'Write to ann@example.com' ), 'preview' => true, 'store' => self::into( $post ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::work();
		self::assertSame( 'Dear ann@example.com!', self::job( $id )['result']['text'] );
		Site::policy( self::policy( array( 'jobs' => array( 'key_env' => 'AISP_TEST_CLIENT' ) ) ) );
		self::assert_fields( array( 'text' => 'Dear [EMAIL_1]!', 'sealed' => true ), self::job( $id )['result'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( 200, self::act( 'POST', "$id/accept" )->status );
		self::eventually( static fn(): bool => array( 'completed', 'skipped', 'accepted' ) === self::told_of(), 'told' );
		self::assertSame( 'sealed', self::told()[1][1][2] );
		self::assertSame( array(), self::meta( $post ) );
	}

	public function test_a_listener_of_what_was_left_out_that_throws_keeps_nothing_from_being_written(): void {
		$this->expect_php_log( '/^.*job\.completed: LogicException.*\n$/' );
		$posts = array( self::new_post(), self::new_post() );
		$items = array_map( static fn( int $post ): array => array( 'prompt' => self::fresh(), 'store' => self::into( $post ) ), $posts ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::enqueue( array( 'items' => $items ) );
		Site::php( 'wp_delete_post( $in, true );', $posts[0] );
		self::listeners_throw( true );
		self::work();
		self::assertSame( array( 'skipped' ), self::told_of() );
		self::assertCount( 1, self::meta( $posts[1] ) );
	}

	public function test_a_listener_that_throws_is_told_again_and_what_is_written_stays(): void {
		$this->expect_php_log( '/^(.*AI Secure Proxy: job\.completed: LogicException in \S+:\d+\n){2}$/' );
		$post = self::new_post();
		self::enqueue( array( 'prompt' => self::fresh(), 'store' => self::into( $post ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::listeners_throw( true );
		self::work();
		self::assertCount( 1, self::meta( $post ) );
		self::on_store( 'UPDATE inbox SET due_us = 0' );
		self::work();
		self::listeners_throw( false );
		self::on_store( 'UPDATE inbox SET due_us = 0' );
		self::work();
		self::assertSame( array( 'completed', 'completed', 'completed' ), self::told_of() );
		self::assertCount( 1, self::meta( $post ) );
		self::work();
		self::assertCount( 3, self::told() );
	}

	public function test_the_end_of_a_job_is_no_webhook(): void {
		Site::mu_plugin( 'add_action( "aisp_webhook_received", static function () { throw new Exception( "a webhook" ); } );' );
		self::enqueue( array( 'prompt' => self::fresh() ) );
		self::work();
		self::assertSame( array( 'completed' ), self::told_of() );
		self::assertSame( array(), self::wp( 'webhook', 'list' )[0][3], 'and not in their list' );
		list( list( , , , $rows ) ) = self::wp( 'webhook', 'list', '--source=:job' );
		self::assertSame( array( array( 'job.completed', 'done' ) ), array_map( static fn( array $row ): array => array( $row['type'], $row['state'] ), $rows ) );
	}

	public function test_a_job_that_was_dropped_before_it_was_told_is_passed_over(): void {
		$this->expect_php_log( '/^.*job\.completed: LogicException.*\n$/' );
		self::listeners_throw( true );
		$id = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::work();
		self::assertSame( 1, Site::php( 'return aisp_job_purge( array( "id" => $in ) );', $id ) );
		self::on_store( 'UPDATE inbox SET due_us = 0' );
		self::assertSame( array( array( 'success', '1 handled, 0 failed.' ) ), self::wp( 'webhook', 'work' ) );
		self::assertCount( 1, self::told() );
	}
}
