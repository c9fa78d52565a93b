<?php
/**
 * POST /batch: each request has its answer or its error in its place, and what is the same is paid for once.
 */

declare( strict_types=1 );

final class BatchTest extends SiteTestCase {

	public function test_good_bad_and_equal_ones_each_in_their_place(): void {
		$one   = self::fresh( 'one' );
		$two   = self::fresh( 'two' );
		$reply = Http::batch(
			array(
				'requests' => array(
					array( 'prompt' => $one ),
					array( 'prompt' => ' ' ),
					array( 'prompt' => $one ),
					array(
						'prompt' => 'Hi',
						'model'  => 'gpt-none',
					),
					array( 'prompt' => $two ),
					array(),
				),
			)
		);
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertSame( array( 'results' ), array_keys( $reply->json() ) );
		$results = $reply->json()['results'];
		self::assertCount( 6, $results );

		foreach ( array( 0, 2, 4 ) as $i ) {
			self::assertSame( array( 'cached', 'result' ), array_keys( $results[ $i ] ) );
			self::assertNotSame( '', $results[ $i ]['result']['text'] );
		}
		self::assertSame( $results[0]['result']['text'], $results[2]['result']['text'] );
		self::assertSame( $results[0]['result']['req_hash'], $results[2]['result']['req_hash'] );
		self::assertNotSame( $results[0]['result']['req_hash'], $results[4]['result']['req_hash'] );
		self::assertCount( 2, Mock::requests(), 'the equal ones are asked once' );

		foreach ( array(
			1 => 'prompt',
			3 => 'model',
			5 => 'prompt',
		) as $i => $key ) {
			self::assertSame( array( 'error' ), array_keys( $results[ $i ] ) );
			self::assert_fields(
				array(
					'code'        => 'invalid_request',
					'status'      => 400,
					'retry_after' => null,
				),
				$results[ $i ]['error']
			);
			self::assertMatchesRegularExpression( "/\\b$key\\b/", $results[ $i ]['error']['message'] );
		}
		$logs = self::logs();
		self::assertSame( array( '/batch' ), array_values( array_unique( array_column( $logs, 'route' ) ) ) );
		$statuses = array_count_values( array_column( $logs, 'status_code' ) );
		self::assertSame( 3, $statuses[400] );
		self::assertSame( $results[0]['result']['tokens_out'] + $results[4]['result']['tokens_out'], array_sum( array_column( $logs, 'tokens_out' ) ) );
	}

	public function test_one_that_the_provider_fails_does_not_harm_the_others(): void {
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 400,
			)
		);
		$requests = array();
		for ( $i = 0; $i < 5; $i++ ) {
			$requests[] = array( 'prompt' => self::fresh() );
		}
		$results = Http::batch( array( 'requests' => $requests ) )->json()['results'];
		$failed  = array_values( array_filter( array_column( $results, 'error' ) ) );
		self::assertCount( 1, $failed, json_encode( $results, JSON_THROW_ON_ERROR ) );
		self::assertSame( array( 'provider_error', 502 ), array( $failed[0]['code'], $failed[0]['status'] ) );
		self::assertCount( 4, array_column( $results, 'result' ) );
	}

	public function test_they_run_at_the_same_time(): void {
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 1,
				'times'   => null,
			)
		);
		$requests = array();
		for ( $i = 0; $i < 8; $i++ ) {
			$requests[] = array( 'prompt' => self::fresh() );
		}
		$began = microtime( true );
		$reply = Http::batch( array( 'requests' => $requests ) );
		self::assertLessThan( 3.0, microtime( true ) - $began );
		self::assertCount( 8, array_column( $reply->json()['results'], 'result' ), $reply->body );
	}

	public function test_short_prompts_may_share_a_call(): void {
		$words    = array( self::fresh( 'apple' ), self::fresh( 'pear' ), self::fresh( 'plum' ) );
		$requests = array_map( static fn( string $word ): array => array( 'prompt' => $word ), $words );
		$reply    = Http::batch(
			array(
				'requests' => $requests,
				'pack'     => true,
			)
		);
		self::assertCount( 3, array_column( $reply->json()['results'], 'result' ), $reply->body );
		$first = json_encode( Mock::requests()[0]['body'], JSON_THROW_ON_ERROR );
		foreach ( $words as $word ) {
			self::assertStringContainsString( $word, $first );
		}
	}

	public function test_the_last_known_limit_is_told(): void {
		Site::policy( self::policy( array( 'quota' => array( array( 'per' => 'user', 'limit' => 2, 'period' => 86400 ) ) ) ) ); // phpcs:ignore
		$user    = Site::new_user( 'author' );
		$reply   = Http::batch( array( 'requests' => array( array( 'prompt' => self::fresh() ), array( 'prompt' => self::fresh() ), array( 'prompt' => self::fresh() ) ) ), $user['login'], $user );
		$results = $reply->json()['results'];
		self::assertCount( 2, array_column( $results, 'result' ), $reply->body );
		$errors = array_column( $results, 'error' );
		self::assertSame( array( 'rate_limited', 429 ), array( $errors[0]['code'], $errors[0]['status'] ) );
		self::assertGreaterThan( 0, $errors[0]['retry_after'] );
		self::assertSame( '"quota-user";q=2;w=86400', $reply->header( 'RateLimit-Policy' ) );
		self::assertSame( 200, $reply->status );
	}

	public function test_filters_see_each_of_them(): void {
		Site::mu_plugin(
			'add_filter( "aisp_request", static function ( $request ) { $request["system"] = "For " . $request["prompt"]; return $request; } );
			add_filter( "aisp_result", static function ( $result, $request ) { $result["text"] = $request["system"]; return $result; }, 10, 2 );'
		);
		$one     = self::fresh();
		$two     = self::fresh();
		$results = Http::batch( array( 'requests' => array( array( 'prompt' => $one ), array( 'prompt' => $two ) ) ) )->json()['results'];
		self::assertSame( array( "For $one", "For $two" ), array_column( array_column( $results, 'result' ), 'text' ) );
	}

	public function test_a_form_is_understood_like_json(): void {
		$reply = Http::batch( 'requests[0][prompt]=' . rawurlencode( self::fresh() ) . '&requests[0][max_tokens]=50&pack=false', 'editor', array( 'type' => 'application/x-www-form-urlencoded' ) );
		self::assertCount( 1, array_column( $reply->json()['results'] ?? array(), 'result' ), $reply->body );
		self::assertSame( 50, Mock::requests()[0]['body']['max_output_tokens'] );
	}

	/** @dataProvider faults */
	public function test_what_is_wrong_with_all_of_it_is_refused_by_name( array|string $body, string $word ): void {
		$error = self::assert_error( 400, 'invalid_request', Http::batch( $body ) );
		self::assertMatchesRegularExpression( $word, $error['message'] );
		self::assertSame( array(), Mock::requests() );
		self::assert_fields(
			array(
				'user_id'     => Site::user( 'editor' )['id'],
				'route'       => '/batch',
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
			'nothing'         => array( '{}', '/^requests /' ),
			'an empty body'   => array( '', '/^requests /' ),
			'a number'        => array( '5', '/^requests /' ),
			'no request'      => array( array( 'requests' => array() ), '/^requests /' ),
			'101 of them'     => array( array( 'requests' => array_fill( 0, 101, $hi ) ), '/\b100\b/' ),
			'no list'         => array( array( 'requests' => array( 'a' => $hi ) ), '/^requests /' ),
			'a string in it'  => array( array( 'requests' => array( $hi, 'Hi' ) ), '/^requests\[1\] /' ),
			'pack is no bool' => array( array( 'requests' => array( $hi ), 'pack' => 'yes' ), '/^pack /' ), // phpcs:ignore
			'unknown key'     => array( array( 'requests' => array( $hi ), 'model' => 'mock-1' ), '/model/' ), // phpcs:ignore
			'not UTF-8'       => array( "{\"requests\":[{\"prompt\":\"\xC3\x28\"}]}", '/^requests .*UTF-8/' ),
			'half a pair'     => array( '{"requests":[{"prompt":"\ud83d"}]}', '/^requests .*UTF-8/' ),
		);
	}

	public function test_json_that_does_not_parse_is_refused_and_logged(): void {
		self::assert_error( 400, 'rest_invalid_json', Http::batch( '{"requests":' ) );
		self::assert_fields( array( 'route' => '/batch' ), self::only_record() );
	}

	public function test_it_is_for_those_who_may_infer(): void {
		$body = array( 'requests' => array( array( 'prompt' => 'Hi' ) ) );
		self::assert_error( 401, 'unauthorized', Http::batch( $body, null ) );
		self::assert_error( 403, 'forbidden', Http::batch( $body, 'reader' ) );
		self::assertSame( array( 'caller_forbidden', 'caller_unauthorized' ), array_column( self::logs(), 'error' ) );
		self::assertSame( array( '/batch', '/batch' ), array_column( self::logs(), 'route' ) );
	}

	public function test_a_bad_policy_is_one_error(): void {
		Site::policy( self::policy( array( 'qouta' => array() ) ) );
		$error = self::assert_error( 500, 'config_error', Http::batch( array( 'requests' => array( array( 'prompt' => self::fresh() ) ) ) ) );
		self::assertStringContainsString( 'qouta', $error['message'] );
	}
}
