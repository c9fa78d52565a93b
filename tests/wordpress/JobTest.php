<?php
/**
 * POST /jobs and what follows: a job is enqueued at once and answered later, and is its owner's business and the managers'.
 */

declare( strict_types=1 );

final class JobTest extends JobTestCase {

	public function test_a_job_is_accepted_at_once_and_answered_by_a_worker(): void {
		$reply = self::post( array( 'prompt' => self::fresh() ) );
		self::assertSame( 202, $reply->status, $reply->body );
		self::assertSame( array( 'job_id', 'job' ), array_keys( $reply->json() ) );
		$id = $reply->json()['job_id'];
		self::assertMatchesRegularExpression( '/^job_[0-9a-f]{32}$/', $id );
		self::assertSame( getenv( 'SITE_URL' ) . "/wp-json/ai-secure-proxy/v1/jobs/$id", $reply->header( 'Location' ) );
		$job = $reply->json()['job'];
		self::assert_fields(
			array(
				'id'       => $id,
				'state'    => 'queued',
				'result'   => null,
				'preview'  => false,
				'ended_at' => null,
			),
			$job
		);
		self::assertSame( array( 'total' => 1, 'done' => 0, 'failed' => 0 ), $job['progress'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assert_fields( array( 'user_id' => Site::user( 'editor' )['id'], 'source' => 'rest' ), $job['caller'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( array(), Mock::requests() );
		self::assertSame( array(), self::logs() );

		self::provider_says( 'Later is soon enough.' );
		self::work();
		$job = self::job( $id, '', 'editor' );
		self::assert_fields( array( 'state' => 'done', 'error' => null ), $job ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( 'Later is soon enough.', $job['result']['text'] );
		self::assertSame( 1, $job['progress']['done'] );
		self::assertSame( array( 'completed' ), self::told_of() );
		self::assertSame( $id, self::told()[0][1][0]['id'] );
		self::assert_fields(
			array(
				'user_id'     => Site::user( 'editor' )['id'],
				'route'       => '/jobs',
				'status_code' => 200,
			),
			self::only_record()
		);
	}

	public function test_while_the_store_is_down_nobody_is_told_that_a_job_was_taken(): void {
		$this->expect_php_log( '/^(.*aisp: cannot open \S+none\.db: .*\n)+$/' );
		Site::policy( self::policy( array( 'clients' => array( 'shop' => array( 'secret_env' => 'AISP_TEST_CLIENT' ) ) ) ) );
		Site::without_store(
			static function (): void {
				$body   = array( 'prompt' => self::fresh() );
				$json   = json_encode( $body, JSON_THROW_ON_ERROR );
				$signed = array( 'headers' => array( Signature::of( '/wp-json/ai-secure-proxy/v1/jobs', $json ) ) );
				foreach ( array( self::post( $body ), self::post( $json, null, $signed ) ) as $reply ) {
					self::assert_error( 503, 'store_unavailable', $reply );
					self::assertSame( '30', $reply->header( 'Retry-After' ) );
				}
			}
		);
		self::assert_nothing_enqueued();
	}

	public function test_a_job_of_many_shows_its_items_and_how_far_it_is(): void {
		$shared = array( 'system' => 'Be brief.' );
		$id     = self::enqueue( $shared + array( 'items' => array( array( 'prompt' => self::fresh( 'one' ) ), array( 'prompt' => self::fresh( 'two' ) ), array( 'prompt' => self::fresh( 'three' ) ) ) ) );
		self::assertArrayNotHasKey( 'items', self::job( $id ), 'only where they are asked for' );
		self::work();
		$job = self::job( $id, '?items=2&from=1' );
		self::assertSame( array( 'total' => 3, 'done' => 3, 'failed' => 0 ), $job['progress'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( array( 1, 2 ), array_column( $job['items'], 'n' ) );
		self::assertSame( array( 'done', 'done' ), array_column( $job['items'], 'state' ) );
		self::assertNotSame( '', $job['items'][0]['result']['text'] );
		self::assertCount( 3, Mock::requests() );
		foreach ( Mock::requests() as $request ) {
			self::assertStringContainsString( 'Be brief.', json_encode( $request['body'], JSON_THROW_ON_ERROR ) );
		}
		foreach ( array( '?items=1001', '?items=-1', '?from=100000' ) as $query ) {
			self::assert_error( 400, 'rest_invalid_param', Http::get( "/jobs/$id$query" ) );
		}
	}

	public function test_a_private_value_leaves_no_trace_and_comes_back_in_the_result(): void {
		self::provider_says( 'Dear [EMAIL_1], hello.' );
		$id = self::enqueue( array( 'prompt' => self::fresh( 'Write to ann@example.com' ) ) );
		self::work();
		self::assertStringNotContainsString( 'ann@example.com', json_encode( Mock::requests(), JSON_THROW_ON_ERROR ) );
		self::assertSame( 'Dear ann@example.com, hello.', self::job( $id )['result']['text'] );
	}

	public function test_without_a_key_to_seal_them_private_values_are_not_kept(): void {
		Site::policy( self::policy( array( 'jobs' => array( 'key_env' => 'AISP_TEST_NO_SUCH_KEY' ) ) ) );
		$error = self::assert_error( 500, 'config_error', self::post( array( 'prompt' => 'Write to ann@example.com' ) ) );
		self::assertStringContainsString( 'AISP_TEST_NO_SUCH_KEY', $error['message'] );
		self::assert_nothing_enqueued();
		self::enqueue( array( 'prompt' => self::fresh() ) );
	}

	public function test_the_same_key_is_the_same_job(): void {
		$body = array( 'prompt' => self::fresh() );
		$key  = array( 'headers' => array( 'Idempotency-Key: order-17' ) );
		$id   = self::enqueue( $body, 'editor', $key );
		self::assertSame( $id, self::enqueue( $body, 'editor', $key ) );
		self::assertSame( $id, self::enqueue( $body + array( 'idempotency_key' => 'order-17' ), 'editor', $key ), 'in both places' );
		self::assertNotSame( $id, self::enqueue( $body, 'author', $key ), 'somebody else has keys of his own' );
		self::assert_error( 409, 'conflict', self::post( array( 'prompt' => self::fresh() ), 'editor', $key ) );
		$error = self::assert_error( 400, 'invalid_request', self::post( $body + array( 'idempotency_key' => 'order-18' ), 'editor', $key ) );
		self::assertStringContainsString( 'Idempotency-Key', $error['message'] );
		self::assertCount( 2, Http::get( '/jobs' )->json() );
	}

	public function test_a_job_is_its_owner_s_and_the_managers_and_is_not_there_for_others(): void {
		$id = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::assertSame( $id, self::job( $id, '', 'editor' )['id'] );
		self::assertSame( $id, self::job( $id, '', 'admin' )['id'] );
		foreach ( array( $id, self::NO_JOB ) as $other ) {
			foreach ( array( array( 'GET', $other ), array( 'DELETE', $other ), array( 'POST', "$other/retry" ), array( 'POST', "$other/accept" ) ) as list( $method, $path ) ) {
				$errors[] = self::assert_error( 404, 'not_found', self::act( $method, $path, 'author' ) );
			}
		}
		self::assertCount( 1, array_unique( array_column( $errors, 'message' ) ), 'nobody can tell them apart' );
		self::assertSame( 'queued', self::job( $id )['state'] );
		self::assertSame( array( $id ), array_column( Http::get( '/jobs', 'editor' )->json(), 'id' ) );
		self::assertSame( array(), Http::get( '/jobs', 'author' )->json() );
		$editor = Site::user( 'editor' )['id'];
		self::assertSame( array( $id ), array_column( Http::get( "/jobs?user_id=$editor", 'editor' )->json(), 'id' ) );
		self::assert_error( 403, 'forbidden', Http::get( "/jobs?user_id=$editor", 'author' ) );
	}

	public function test_jobs_are_for_those_who_may_infer(): void {
		$id = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::assert_error( 401, 'unauthorized', self::post( array( 'prompt' => 'Hi' ), null ) );
		self::assert_error( 401, 'unauthorized', self::post( '{"prompt":', null ) );
		self::assert_error( 403, 'forbidden', self::post( array( 'prompt' => 'Hi' ), 'reader' ) );
		self::assertSame( array( 'caller_forbidden', 'caller_unauthorized', 'caller_unauthorized' ), array_column( self::logs(), 'error' ) );
		self::assertSame( array( '/jobs' ), array_values( array_unique( array_column( self::logs(), 'route' ) ) ) );
		foreach ( array( array( 'GET', $id ), array( 'DELETE', $id ), array( 'POST', "$id/retry" ), array( 'POST', "$id/accept" ) ) as list( $method, $path ) ) {
			self::assert_error( 401, 'unauthorized', self::act( $method, $path, null ) );
			self::assert_error( 403, 'forbidden', self::act( $method, $path, 'reader' ) );
		}
		self::assert_error( 401, 'unauthorized', Http::get( '/jobs', null ) );
	}

	public function test_the_list_has_pages_and_filters(): void {
		for ( $i = 0; $i < 3; $i++ ) {
			$ids[] = self::enqueue( array( 'prompt' => self::fresh() ) );
		}
		$ids[] = self::enqueue( array( 'prompt' => self::fresh() ), 'author' );
		self::act( 'DELETE', $ids[0] );
		$listed = static fn( string $query ): array => array_column( Http::get( "/jobs$query" )->json(), 'id' );
		self::assertSame( array_reverse( $ids ), $listed( '' ), 'newest first' );
		self::assertSame( array( $ids[0] ), $listed( '?state=cancelled' ) );
		self::assertSame( array( $ids[3] ), $listed( '?user_id=' . Site::user( 'author' )['id'] ) );
		self::assertSame( array(), $listed( '?source=elsewhere' ) );
		$first = Http::get( '/jobs?per_page=2&source=rest' );
		self::assertSame( array( $ids[3], $ids[2] ), array_column( $first->json(), 'id' ) );
		self::assertMatchesRegularExpression( '~^<' . preg_quote( (string) getenv( 'SITE_URL' ), '~' ) . '(\S+)>; rel="next"$~', (string) $first->header( 'Link' ) );
		preg_match( '~/v1(/jobs\S+)>~', (string) $first->header( 'Link' ), $next );
		self::assertSame( array( $ids[1], $ids[0] ), array_column( Http::get( $next[1] )->json(), 'id' ) );
		foreach ( array( '?state=gone', '?per_page=101', '?per_page=0', '?before=job_1', '?user_id=me' ) as $query ) {
			self::assert_error( 400, 'rest_invalid_param', Http::get( "/jobs$query" ) );
		}
	}

	/** @dataProvider faults */
	public function test_what_is_wrong_is_refused_by_name_and_nothing_is_stored( array|string $body, string $pattern ): void {
		Site::policy( self::policy( array( 'jobs' => array( 'max_items' => 3, 'max_bytes' => 2000, 'callback_env' => 'AISP_TEST_WEBHOOK' ) ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$error = self::assert_error( 400, 'invalid_request', self::post( $body ) );
		self::assertMatchesRegularExpression( $pattern, $error['message'] );
		self::assert_nothing_enqueued();
		self::assert_fields(
			array(
				'user_id'     => Site::user( 'editor' )['id'],
				'route'       => '/jobs',
				'source'      => 'rest',
				'status_code' => 400,
				'error'       => 'caller_invalid',
			),
			self::only_record()
		);
	}

	public static function faults(): array {
		$hi = array( 'prompt' => 'Hi' );
		return array(
			'nothing'              => array( '{}', '/prompt/' ),
			'a number'             => array( '5', '/prompt/' ),
			'not UTF-8'            => array( "{\"prompt\":\"\xC3\x28\"}", '/prompt/' ),
			'no such model'        => array( $hi + array( 'model' => 'gpt-none' ), '/model/' ),
			'unknown key'          => array( $hi + array( 'x' => 1 ), '/"x"/' ),
			'no item'              => array( array( 'items' => array() ), '/items/' ),
			'no list'              => array( array( 'items' => array( 'a' => $hi ) ), '/items/' ),
			'a bad item'           => array( array( 'items' => array( $hi, array( 'prompt' => ' ' ) ) ), '/items\[1\]/' ),
			'too many items'       => array( array( 'items' => array_fill( 0, 4, $hi ) ), '/items.*\b3\b/' ),
			'too many bytes'       => array( array( 'items' => array_fill( 0, 3, array( 'prompt' => str_repeat( 'a', 1000 ) ) ) ), '/\b2000\b/' ),
			'a priority'           => array( $hi + array( 'priority' => 10 ), '/priority/' ),
			'a time'               => array( $hi + array( 'run_at' => 'noon' ), '/run_at/' ),
			'a key of nothing'     => array( $hi + array( 'idempotency_key' => '' ), '/idempotency_key/' ),
			'a preview of yes'     => array( $hi + array( 'preview' => 'yes' ), '/preview/' ),
			'a private callback'   => array( $hi + array( 'callback' => 'https://10.0.0.1/' ), '/callback/' ),
			'a metadata callback'  => array( $hi + array( 'callback' => 'https://169.254.169.254/latest' ), '/callback/' ),
			'a plain callback'     => array( $hi + array( 'callback' => 'http://192.0.2.1/' ), '/callback/' ),
			'a store that is none' => array( $hi + array( 'store' => 'summary' ), '/^store must/' ),
			'a post of words'      => array( $hi + array( 'store' => array( 'post_id' => '1', 'meta_key' => 'a' ) ), '/^store must/' ), // phpcs:ignore
			'post 0'               => array( $hi + array( 'store' => array( 'post_id' => 0, 'meta_key' => 'a' ) ), '/^store must/' ), // phpcs:ignore
			'no key'               => array( $hi + array( 'store' => array( 'post_id' => 1 ) ), '/^store must/' ),
			'a long key'           => array( $hi + array( 'store' => array( 'post_id' => 1, 'meta_key' => str_repeat( 'a', 256 ) ) ), '/^store must/' ), // phpcs:ignore
			'more than a store'    => array( $hi + array( 'store' => array( 'post_id' => 1, 'meta_key' => 'a', 'blog_id' => 1 ) ), '/^store must/' ), // phpcs:ignore
			'no such post'         => array( $hi + array( 'store' => self::into( 99999999 ) ), '/^store\.post_id: .*99999999/' ),
			'no such post in one'  => array( array( 'items' => array( $hi, $hi + array( 'store' => self::into( 99999999 ) ) ) ), '/^items\[1\]\.store\.post_id: .*99999999/' ),
		);
	}

	public function test_json_that_does_not_parse_is_refused_and_logged(): void {
		self::assert_error( 400, 'rest_invalid_json', self::post( '{"prompt":' ) );
		self::assert_fields( array( 'route' => '/jobs' ), self::only_record() );
	}

	public function test_a_form_is_understood_like_json(): void {
		$post = self::new_post();
		$form = http_build_query(
			array(
				'items'    => array(
					array(
						'prompt'     => self::fresh(),
						'max_tokens' => '50',
						'store'      => self::into( $post ),
					),
				),
				'priority' => '9',
				'preview'  => 'false',
			)
		);
		$reply = self::post( $form, 'editor', array( 'type' => 'application/x-www-form-urlencoded' ) );
		self::assertSame( 202, $reply->status, $reply->body );
		self::work();
		self::assertSame( 50, Mock::requests()[0]['body']['max_output_tokens'] );
		self::assertCount( 1, self::meta( $post ) );
	}

	public function test_a_job_is_called_off_once(): void {
		$id    = self::enqueue( array( 'prompt' => self::fresh() ) );
		$reply = self::act( 'DELETE', $id );
		self::assertSame( array( 200, 'cancelled' ), array( $reply->status, $reply->json()['state'] ) );
		self::assert_error( 409, 'conflict', self::act( 'DELETE', $id ) );
		self::work();
		self::assertSame( array(), Mock::requests() );
		self::assertSame( array(), self::told() );

		$reply = self::act( 'POST', "$id/retry" );
		self::assertSame( array( 200, 'queued' ), array( $reply->status, $reply->json()['state'] ) );
		self::assert_error( 409, 'conflict', self::act( 'POST', "$id/retry" ) );
		self::work();
		self::assertSame( 'done', self::job( $id )['state'] );
		foreach ( array( array( 'DELETE', $id ), array( 'POST', "$id/retry" ), array( 'POST', "$id/accept" ) ) as list( $method, $path ) ) {
			self::assert_error( 409, 'conflict', self::act( $method, $path ) );
		}
	}

	public function test_a_job_that_failed_is_tried_again_for_what_was_not_answered(): void {
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 400,
			)
		);
		$id = self::enqueue_many( 3 );
		self::work();
		$job = self::job( $id, '?items=3' );
		self::assertSame( array( 'failed', 2, 1 ), array( $job['state'], $job['progress']['done'], $job['progress']['failed'] ) );
		self::assertSame( array( 'failed' ), self::told_of() );
		$failed = array_values( array_filter( $job['items'], static fn( array $item ): bool => 'failed' === $item['state'] ) );
		self::assertSame( 'provider_rejected', $failed[0]['error'] );
		self::assertSame( 200, self::act( 'POST', "$id/retry" )->status );
		self::work();
		self::assertSame( 'done', self::job( $id )['state'] );
		self::assertCount( 4, Mock::requests(), 'what was answered is not paid for again' );
		self::assertSame( array( 'failed', 'completed' ), self::told_of() );
	}

	public function test_a_dry_run_shows_what_would_be_asked_and_stores_nothing(): void {
		$prompt = self::fresh();
		$dry    = array( 'dry_run' => true );
		$reply  = self::post( $dry + array( 'prompt' => $prompt, 'priority' => 9, 'preview' => true ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertSame( array( 'dry_run', 'preview' ), array_keys( $reply->json() ) );
		self::assertSame( $prompt, $reply->json()['preview']['body']['input'] );
		$items   = array( array( 'prompt' => $prompt ), array( 'prompt' => ' ' ) );
		$results = self::post( $dry + array( 'system' => 'Be brief.', 'items' => $items ) )->json()['results']; // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertStringContainsString( 'Be brief.', json_encode( $results[0]['preview'], JSON_THROW_ON_ERROR ) );
		self::assertSame( 'invalid_request', $results[1]['error']['code'] );
		self::assertCount( 100, self::post( $dry + array( 'items' => array_fill( 0, 150, $items[0] ) ) )->json()['results'] );
		self::assert_error( 400, 'invalid_request', self::post( $dry + array( 'prompt' => 'Hi', 'store' => self::into( 99999999 ) ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assert_error( 400, 'invalid_request', self::post( $dry + array( 'items' => 'many' ) ) );
		self::assert_nothing_enqueued();
		self::assertSame( array(), self::logs() );
	}

	public function test_filters_see_each_request_by_itself(): void {
		Site::mu_plugin( 'add_filter( "aisp_request", static function ( $request ) { $request["system"] = ( $request["system"] ?? "" ) . " For " . $request["prompt"]; return $request; } );' );
		$one = self::fresh( 'one' );
		$two = self::fresh( 'two' );
		self::enqueue( array( 'system' => 'Be brief.', 'items' => array( array( 'prompt' => $one ), array( 'prompt' => $two ) ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::enqueue( array( 'prompt' => self::fresh( 'three' ) ) );
		self::work();
		$asked = array_map( static fn( array $request ): string => json_encode( $request['body'], JSON_THROW_ON_ERROR ), Mock::requests() );
		self::assertCount( 3, $asked );
		foreach ( array( "Be brief. For $one", "Be brief. For $two", 'For three' ) as $words ) {
			self::assertCount( 1, array_filter( $asked, static fn( string $body ): bool => str_contains( $body, $words ) ), $words );
		}
	}
}
