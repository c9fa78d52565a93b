<?php
/**
 * Cached answers are forgotten when somebody says so, and when what they were made of changes.
 */

declare( strict_types=1 );

final class CacheTest extends SiteTestCase {

	/** Asks, and says whether the cache answered. */
	private static function cached( string $prompt, array $tags = array() ): bool {
		$reply = Http::infer(
			array(
				'prompt' => $prompt,
				'tags'   => $tags,
			)
		);
		self::assertSame( 200, $reply->status, $reply->body );
		return $reply->json()['cached'];
	}

	private static function invalidate( array $what, ?string $login = 'admin' ): Reply {
		return Http::send( Http::post_call( '/cache/invalidate', $what, $login ) );
	}

	public static function sources(): array {
		$post = '$id = wp_insert_post( array( "post_title" => "Old", "post_status" => "publish" ) ); return array( "post:$id", $id );';
		$term = '$term = wp_insert_term( "old" . wp_rand(), "category" ); return array( "term:" . $term["term_id"], $term["term_id"] );';
		$user = '$id = wp_insert_user( array( "user_login" => "u" . wp_rand(), "user_pass" => "x" ) ); return array( "user:$id", $id );';
		$name = 'update_option( "motto", "old" ); return array( "option:motto", 0 );';
		return array(
			'a post that is saved'      => array( $post, 'wp_update_post( array( "ID" => $in, "post_title" => "New" ) );' ),
			'a post that is trashed'    => array( $post, 'wp_trash_post( $in );' ),
			'a post that is deleted'    => array( $post, 'wp_delete_post( $in, true );' ),
			'a term that is edited'     => array( $term, 'wp_update_term( $in, "category", array( "description" => "new" ) );' ),
			'a term that is deleted'    => array( $term, 'wp_delete_term( $in, "category" );' ),
			'a user who is edited'      => array( $user, 'wp_update_user( array( "ID" => $in, "display_name" => "New" ) );' ),
			'a user who is deleted'     => array( $user, 'wp_delete_user( $in );' ),
			'an option that is changed' => array( $name, 'update_option( "motto", "new" . wp_rand() );' ),
			'an option that is deleted' => array( $name, 'delete_option( "motto" );' ),
		);
	}

	/** @dataProvider sources */
	public function test_an_answer_is_asked_anew_once_its_source_changes( string $make, string $change ): void {
		list( $tag, $id ) = Site::php( $make );
		$about            = self::fresh();
		$other            = self::fresh();
		self::cached( $about, array( $tag ) );
		self::cached( $other, array( $tag . '0' ) );
		self::assertTrue( self::cached( $about ) );
		Site::php( $change, $id );
		self::assertFalse( self::cached( $about ), 'what was said of it is not true any more' );
		self::assertTrue( self::cached( $other ), 'what was said of another one still is' );
	}

	public function test_an_answer_that_was_on_its_way_when_its_source_changed_is_not_kept(): void {
		list( $tag, $id ) = Site::php( self::sources()['a post that is saved'][0] );
		$prompt           = self::fresh();
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 3,
			)
		);
		$body   = array(
			'prompt' => $prompt,
			'tags'   => array( $tag ),
		);
		$saving = Site::start( 'usleep( 800000 ); wp_update_post( array( "ID" => $in, "post_title" => "New" ) );', $id );
		self::assertSame( 200, Http::infer( $body )->status );
		Site::wait( $saving );
		self::assertFalse( self::cached( $prompt ) );
	}

	public function test_what_is_refused_for_its_disguise_forgets_nothing(): void {
		$prompt = self::fresh();
		self::cached( $prompt );
		foreach ( array( '?_envelope=1' => array(), '?_jsonp=f' => array(), '' => array( 'X-HTTP-Method-Override: POST' ) ) as $query => $headers ) { // phpcs:ignore WordPress.Arrays
			foreach ( array( 'X-Sign: 00', 'X-AISP-Signature: v2', 'X-AISP-Token: aisp1' ) as $stray ) {
				$options = array(
					'query'   => $query,
					'headers' => array( ...$headers, $stray ),
				);
				self::assert_error( 400, 'invalid_request', Http::send( Http::post_call( '/cache/invalidate', array( 'all' => true ), 'admin', $options ) ) );
			}
		}
		self::assertTrue( self::cached( $prompt ) );
	}

	public function test_a_manager_forgets_answers_by_what_they_have_in_common(): void {
		$prompt = self::fresh();
		$hash   = Http::infer( array( 'prompt' => $prompt ) )->json()['result']['req_hash'];
		foreach ( array( array( 'hash' => $hash ), array( 'model' => 'mock-1' ), array( 'provider' => 'mock' ), array( 'all' => true ) ) as $what ) {
			self::cached( $prompt );
			$reply = self::invalidate( $what );
			self::assertSame( 200, $reply->status, $reply->body );
			self::assertGreaterThan( 0, $reply->json()['dropped'] );
			self::assertFalse( self::cached( $prompt ), json_encode( $what, JSON_THROW_ON_ERROR ) );
		}
		self::assertSame( array( 'dropped' => 0 ), self::invalidate( array( 'age' => 3600 ) )->json() );
		self::assertSame( array( 'dropped' => 0 ), self::invalidate( array( 'tag' => 'post:0' ) )->json() );
		self::assertTrue( self::cached( $prompt ) );
	}

	public function test_a_new_epoch_forgets_all_and_leaves_the_settings(): void {
		$prompt = self::fresh();
		self::cached( $prompt );
		self::assertSame( array( 'epoch' => 1 ), self::invalidate( array( 'epoch' => true ) )->json() );
		self::assertFalse( self::cached( $prompt ) );
		self::assertSame( array( 'epoch' => 2 ), self::invalidate( array( 'epoch' => true ) )->json() );
		self::assertSame( 'mock-1', Site::php( 'return get_option( "aisp_settings" )["default_model"];' ) );
	}

	public function test_nobody_else_may_and_nothing_is_forgotten_by_accident(): void {
		$prompt = self::fresh();
		self::cached( $prompt );
		self::assertSame( 401, self::invalidate( array( 'all' => true ), null )->status );
		self::assertSame( 403, self::invalidate( array( 'all' => true ), 'editor' )->status );
		foreach ( array( array(), array( 'all' => false ), array( 'all' => true, 'tag' => 'a' ), array( 'hash' => 'x' ), array( 'age' => 0 ), array( 'tag' => '' ), array( 'tag' => str_repeat( 'é', 1 << 19 ) ) ) as $what ) { // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing -- One a line would be a page.
			self::assertSame( 400, self::invalidate( $what )->status, substr( json_encode( $what, JSON_THROW_ON_ERROR ), 0, 100 ) );
		}
		self::assertTrue( self::cached( $prompt ) );
	}

	public function test_the_command_line_does_it_too(): void {
		$prompt = self::fresh();
		self::cached( $prompt, array( 'news' ) );
		self::assertSame( array( array( 'success', '1 answer forgotten.' ) ), self::wp( 'cache', 'invalidate', '--tag=news' ) );
		self::assertFalse( self::cached( $prompt ) );
		self::assertSame( 'error', self::wp( 'cache', 'invalidate' )[0][0] );
		list( list( , , $stats ) ) = self::wp( 'cache', 'stats', '--format=json' );
		self::assertGreaterThan( 0, $stats['entries'] );
		self::assertSame( array( 'entries', 'bytes', 'max_bytes', 'calls', 'hits' ), array_keys( $stats ) );
	}
}
