<?php
/**
 * POST /infer/stream, through nginx and php-fpm as they are: what a browser sees, and when.
 */

declare( strict_types=1 );

final class StreamTest extends SiteTestCase {

	private const ANSWER = 'Über Ångström: 日本語 und 🙂 "quoted" <b>bold</b> \\ end, a line' . "\n" . 'and another one, then some more words to fill the time.';

	public function test_the_answer_comes_piece_by_piece_and_whole_at_the_end(): void {
		self::provider_says( self::ANSWER );
		$stream = Events::of( array( 'prompt' => self::fresh() ) );

		self::assertSame( 200, $stream->status, $stream->body );
		self::assertSame( 'text/event-stream; charset=utf-8', $stream->headers['content-type'] );
		self::assertSame( 'no-store, no-transform', $stream->headers['cache-control'] );
		self::assertSame( array( 'start', 'delta', 'result' ), $stream->course() );
		self::assertSame( self::ANSWER, $stream->text() );

		$start  = $stream->one( 'start' );
		$result = $stream->one( 'result' );
		self::assertSame( array( 'cached', 'result' ), array_keys( $result ) );
		self::assertFalse( $result['cached'] );
		self::assertSame( self::ANSWER, $result['result']['text'] );
		self::assertSame( 'stop', $result['result']['finish_reason'] );
		foreach ( array( 'request_id', 'model', 'provider', 'cached', 'limits' ) as $key ) {
			self::assertSame( $result['result'][ $key ], $start[ $key ], $key );
		}
		self::assert_fields(
			array(
				'user_id'     => Site::user( 'editor' )['id'],
				'source'      => 'rest',
				'route'       => '/infer/stream',
				'status_code' => 200,
				'error'       => null,
				'tokens_out'  => $result['result']['tokens_out'],
				'request_id'  => $start['request_id'],
			),
			self::only_record()
		);
	}

	public function test_each_piece_arrives_when_the_provider_sends_it(): void {
		self::provider_says( implode( ' ', range( 1, 40 ) ) );
		$stream = Events::of( array( 'prompt' => self::fresh() ) );
		$deltas = $stream->all( 'delta' );
		self::assertCount( 40, $deltas );
		self::assertGreaterThan( 1.2, $deltas[39]['at'] - $deltas[0]['at'], 'forty pieces, 40 ms apart' );
		self::assertGreaterThan( 30, count( array_unique( array_map( static fn( array $delta ): int => (int) ( 100 * $delta['at'] ), $deltas ) ) ), 'one by one' );
		self::assertLessThan( 1.0, $deltas[0]['at'], 'the first of them long before the last' );
	}

	public function test_a_kept_answer_comes_as_a_stream_too(): void {
		$body = array( 'prompt' => self::fresh() );
		self::provider_says( self::ANSWER );
		Events::of( $body );
		$stream = Events::of( $body );
		self::assertTrue( $stream->one( 'start' )['cached'] );
		self::assertTrue( $stream->one( 'result' )['cached'] );
		self::assertSame( self::ANSWER, $stream->text() );
		self::assertTrue( Http::infer( $body )->json()['cached'], 'and to who wants it whole' );
		self::assertCount( 1, Mock::requests() );
	}

	public function test_nothing_compresses_it(): void {
		Site::mu_plugin( 'ini_set( "zlib.output_compression", "1" );' );
		$gzip = array( 'headers' => array( 'Accept-Encoding: gzip' ) );
		self::assertSame( 'gzip', Http::infer( array( 'prompt' => self::fresh() ), 'editor', $gzip )->header( 'Content-Encoding' ), 'this site compresses' );
		self::provider_says( self::ANSWER );
		$stream = Events::of( array( 'prompt' => self::fresh() ), 'editor', $gzip );
		self::assertArrayNotHasKey( 'content-encoding', $stream->headers );
		self::assertSame( self::ANSWER, $stream->text() );
		$deltas = $stream->all( 'delta' );
		self::assertGreaterThan( 0.3, end( $deltas )['at'] - $deltas[0]['at'] );
	}

	public function test_other_buffers_do_not_hold_it_back(): void {
		Site::mu_plugin( 'ob_start(); ob_start( static fn( $text ) => "[$text]" ); echo "noise";' );
		self::provider_says( self::ANSWER );
		$stream = Events::of( array( 'prompt' => self::fresh() ) );
		self::assertSame( self::ANSWER, $stream->text(), $stream->body );
		self::assertStringStartsWith( "event: start\n", $stream->body );
	}

	public function test_a_session_is_not_held_while_it_flows(): void {
		Site::mu_plugin( 'add_action( "init", static function () { session_id( "aisp-test" ); session_start(); } );' );
		self::provider_says( implode( ' ', range( 1, 50 ) ) );
		$took   = null;
		$stream = Events::of(
			array( 'prompt' => self::fresh() ),
			'editor',
			array(),
			static function ( array $frame ) use ( &$took ): bool {
				if ( 'delta' === $frame['name'] && null === $took ) {
					$began = microtime( true );
					Http::get( '/status' );
					$took = microtime( true ) - $began;
				}
				return false;
			}
		);
		self::assertSame( array( 'start', 'delta', 'result' ), $stream->course() );
		self::assertLessThan( 1.0, $took, 'the same visitor is answered meanwhile' );
	}

	/** @dataProvider refusals */
	public function test_what_is_refused_is_an_ordinary_error( array|string $body, ?string $login, int $status, string $code, string $error ): void {
		$reply = Http::send( Http::post_call( '/infer/stream', $body, $login ) );
		self::assertSame( $status, $reply->status, $reply->body );
		self::assertSame( $code, $reply->json()['code'] );
		self::assertStringStartsWith( 'application/json', (string) $reply->header( 'Content-Type' ) );
		self::assertStringContainsString( 'no-store', (string) $reply->header( 'Cache-Control' ) );
		self::assertSame( array(), Mock::requests() );
		self::assert_fields(
			array(
				'route'       => '/infer/stream',
				'source'      => 'rest',
				'status_code' => $status,
				'error'       => $error,
			),
			self::only_record()
		);
	}

	public static function refusals(): array {
		$hi = array( 'prompt' => 'Hi' );
		return array(
			'nobody'        => array( $hi, null, 401, 'unauthorized', 'caller_unauthorized' ),
			'a subscriber'  => array( $hi, 'reader', 403, 'forbidden', 'caller_forbidden' ),
			'blank prompt'  => array( array( 'prompt' => ' ' ), 'editor', 400, 'invalid_request', 'caller_invalid' ),
			'unknown key'   => array( $hi + array( 'stream' => true ), 'editor', 400, 'invalid_request', 'caller_invalid' ),
			'broken JSON'   => array( '{"prompt"', 'editor', 400, 'rest_invalid_json', 'caller_invalid' ),
			'not UTF-8'     => array( "{\"prompt\":\"\xC3\x28\"}", 'editor', 400, 'invalid_request', 'caller_invalid' ),
			'nobody, badly' => array( '{"prompt"', null, 401, 'unauthorized', 'caller_unauthorized' ),
		);
	}

	public function test_limits_are_told_in_headers_and_beyond_them_it_is_429(): void {
		Site::policy( self::policy( array( 'quota' => array( array( 'per' => 'user', 'limit' => 1, 'period' => 86400 ) ) ) ) ); // phpcs:ignore
		$user   = Site::new_user( 'author' );
		$stream = Events::of( array( 'prompt' => self::fresh() ), $user['login'], $user );
		self::assertSame( '"quota-user";q=1;w=86400', $stream->headers['ratelimit-policy'] );
		self::assertStringStartsWith( '"quota-user";r=0;', $stream->headers['ratelimit'] );
		self::assertSame( 'quota-user', $stream->one( 'start' )['limits'][0]['name'] );

		$reply = Http::send( Http::post_call( '/infer/stream', array( 'prompt' => self::fresh() ), $user['login'], $user ) );
		$error = self::assert_error( 429, 'rate_limited', $reply );
		self::assertSame( (string) $error['data']['retry_after'], $reply->header( 'Retry-After' ) );
		self::assertStringStartsWith( '"quota-user";r=0;', (string) $reply->header( 'RateLimit' ) );
	}

	public function test_long_silence_is_filled_with_comments(): void {
		Site::policy( self::policy( array( 'timeout_ms' => 40000 ) ) );
		Mock::will(
			array(
				'type'    => 'slow_first_token',
				'seconds' => 16.5,
			)
		);
		self::provider_says( 'At last.' );
		$stream = Events::of( array( 'prompt' => self::fresh() ) );
		self::assertSame( array( 'start', ':', 'delta', 'result' ), $stream->course() );
		self::assertSame( 'heartbeat', $stream->all( ':' )[0]['data'] );
		self::assertEqualsWithDelta( 15.0, $stream->all( ':' )[0]['at'], 1.0 );
		self::assertSame( 'At last.', $stream->text() );
	}

	public function test_the_sites_filters_see_a_stream_too(): void {
		Site::mu_plugin(
			'add_filter( "aisp_request", static function ( $request ) { $request["prompt"] .= " please"; return $request; } );
			add_filter( "aisp_result", static function ( $result, $request ) { $result["data"] = array( $request["prompt"] ); return $result; }, 10, 2 );'
		);
		$prompt = self::fresh();
		$stream = Events::of( array( 'prompt' => $prompt ) );
		self::assertSame( array( "$prompt please" ), $stream->one( 'result' )['result']['data'] );
	}

	public function test_code_that_asks_the_route_gets_the_whole_answer(): void {
		self::provider_says( self::ANSWER );
		$said = Site::php(
			'wp_set_current_user( $in["user"] );
			$request = new WP_REST_Request( "POST", "/ai-secure-proxy/v1/infer/stream" );
			$request->set_header( "Content-Type", "application/json" );
			$request->set_body( wp_json_encode( array( "prompt" => $in["prompt"] ) ) );
			$response = rest_do_request( $request );
			return array( $response->get_status(), $response->get_data() );',
			array(
				'user'   => Site::user( 'editor' )['id'],
				'prompt' => self::fresh(),
			)
		);
		self::assertSame( 200, $said[0] );
		self::assertSame( self::ANSWER, $said[1]['result']['text'] );
	}

	public function test_in_an_envelope_it_is_whole(): void {
		self::provider_says( self::ANSWER );
		$reply = Http::send( Http::post_call( '/infer/stream', array( 'prompt' => self::fresh() ), 'editor', array( 'query' => '?_envelope' ) ) );
		self::assertSame( self::ANSWER, $reply->json()['body']['result']['text'] );
	}

	public function test_only_a_post_is_answered(): void {
		self::assertSame( 404, Http::get( '/infer/stream', 'editor' )->status );
		self::assertSame( array(), self::logs() );
	}
}
