<?php
/**
 * Herds: equal calls at the same time are one call to the provider; and while it fails, an answer that has expired will do.
 */

declare( strict_types=1 );

final class HerdTest extends SiteTestCase {

	public function test_sixty_four_equal_calls_on_a_cold_cache_are_one_call_to_the_provider(): void {
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 2,
			)
		);
		$calls   = array_fill( 0, 64, Http::infer_call( array( 'prompt' => self::fresh() ) ) );
		$replies = Http::send_all( $calls );
		self::assertSame( array( 200 => 64 ), array_count_values( array_map( static fn( Reply $reply ): int => $reply->status, $replies ) ) );
		self::assertCount( 1, Mock::requests() );

		$results = array_map( static fn( Reply $reply ): array => $reply->json()['result'], $replies );
		self::assertCount( 1, array_unique( array_column( $results, 'text' ) ) );
		$leaders = array_values( array_filter( $results, static fn( array $result ): bool => ! $result['cached'] ) );
		self::assertCount( 1, $leaders );
		self::assertSame( 1, $leaders[0]['attempts'] );
		self::assertSame( $leaders[0]['cost_usd'], (float) array_sum( array_column( $results, 'cost_usd' ) ), 'paid for once' );

		$records = self::logs( '?per_page=100' );
		self::assertCount( 64, $records );
		self::assertSame( 1, array_sum( array_column( $records, 'attempts' ) ) );
	}

	public function test_streams_and_whole_answers_wait_for_each_other(): void {
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 2,
			)
		);
		$body    = array( 'prompt' => self::fresh() );
		$replies = Http::send_all( array( Http::infer_call( $body ), Http::post_call( '/infer/stream', $body ), Http::infer_call( $body ), Http::post_call( '/infer/stream', $body ) ) );
		self::assertCount( 1, Mock::requests() );
		$text = $replies[0]->json()['result']['text'];
		self::assertSame( $text, $replies[2]->json()['result']['text'] );
		foreach ( array( $replies[1], $replies[3] ) as $stream ) {
			self::assertStringContainsString( 'event: result', $stream->body );
			self::assertStringContainsString( json_encode( $text, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ), $stream->body );
		}
	}

	public function test_a_call_that_wants_an_answer_of_its_own_gets_it(): void {
		$body = array(
			'prompt' => self::fresh(),
			'cache'  => false,
		);
		Http::send_all( array_fill( 0, 3, Http::infer_call( $body ) ) );
		self::assertCount( 3, Mock::requests() );
	}

	public function test_a_preview_sees_the_call_under_way(): void {
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 3,
			)
		);
		$body    = array( 'prompt' => self::fresh() );
		$replies = null;
		$asking  = Site::start( 'wp_set_current_user( $in[1] ); return AI_Secure_Proxy\Inference::infer( $in[0], AI_Secure_Proxy\Access::caller( "/infer", "rest" ) )["cached"];', array( $body, Site::user( 'editor' )['id'] ) );
		self::eventually(
			static function () use ( $body, &$replies ): bool {
				$replies = Http::infer( $body + array( 'dry_run' => true ) );
				return $replies->json()['preview']['in_flight'];
			},
			'in flight'
		);
		self::assertFalse( $replies->json()['preview']['cached'] );
		self::assertFalse( Site::wait( $asking ) );
		self::assertFalse( Http::infer( $body + array( 'dry_run' => true ) )->json()['preview']['in_flight'] );
	}

	public function test_an_expired_answer_will_do_while_the_provider_fails(): void {
		Site::policy(
			self::policy(
				array(
					'cache' => array(
						'ttl'   => 1,
						'stale' => 3600,
					),
				)
			)
		);
		$body = array( 'prompt' => self::fresh() );
		self::provider_says( 'That was true.' );
		$first = Http::infer( $body )->json()['result'];
		self::assertSame( array( false, null ), array( $first['stale'], $first['age_s'] ) );

		sleep( 2 );
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 500,
				'times'  => null,
			)
		);
		$reply = Http::infer( $body );
		self::assertSame( 200, $reply->status, $reply->body );
		$result = $reply->json()['result'];
		self::assertSame( array( 'That was true.', true, true ), array( $result['text'], $result['cached'], $result['stale'] ) );
		self::assertGreaterThanOrEqual( 2, $result['age_s'] );
		$stream = Events::of( $body );
		self::assertTrue( $stream->one( 'result' )['result']['stale'] );
		self::assertSame( 'That was true.', $stream->text() );
		self::assertSame( 503, Http::infer( array( 'prompt' => self::fresh() ) )->status, 'where there is none, it is an error' );

		Mock::reset();
		Site::policy( self::policy( array( 'cache' => array( 'ttl' => 1, 'stale' => 3600 ), 'providers' => array( 'mock' => self::provider( array( 'base_url' => getenv( 'LLMOCK_URL' ) . '/v1?round=' . bin2hex( random_bytes( 4 ) ) ) ) ) ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::provider_says( 'That is true.' );
		$result = Http::infer( $body )->json()['result'];
		self::assertSame( array( 'That is true.', false ), array( $result['text'], $result['stale'] ), 'once it is well again, it is asked' );
	}

	public function test_without_the_setting_an_expired_answer_is_none(): void {
		Site::policy( self::policy( array( 'cache' => array( 'ttl' => 1 ) ) ) );
		$body = array( 'prompt' => self::fresh() );
		self::assertSame( 200, Http::infer( $body )->status );
		sleep( 2 );
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 400,
				'times'  => null,
			)
		);
		self::assertSame( 502, Http::infer( $body )->status );
	}
}
