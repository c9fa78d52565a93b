<?php
/**
 * Moderation by a model of the policy: what is blocked is not sent, not kept, and answered with its categories.
 *
 * The moderation endpoint is tested against the module itself (tests/moderation.rs): llmock has none.
 */

declare( strict_types=1 );

final class ModerationTest extends SiteTestCase {

	private const BAD  = '{"flagged":true,"categories":["violence","hate"]}';
	private const FINE = '{"flagged":false,"categories":[]}';

	private static function moderate( string $what ): void {
		$moderate = array(
			'what' => $what,
			'by'   => 'mock-1',
		);
		Site::policy(
			self::policy(
				array(
					'moderate'     => $moderate,
					'max_attempts' => 1,
				)
			)
		);
	}

	public function test_a_question_that_is_flagged_is_not_sent_and_the_answer_says_why(): void {
		self::moderate( 'input' );
		foreach ( array( '/infer', '/infer/stream' ) as $route ) {
			Mock::reset();
			self::provider_says( self::BAD );
			$error = self::assert_error( 422, 'blocked', Http::send( Http::post_call( $route, array( 'prompt' => self::fresh() ) ) ) );
			self::assertSame( array( 'hate', 'violence' ), $error['data']['categories'] );
			self::assertSame( 'The request was blocked by moderation: hate, violence.', $error['message'] );
			self::assertCount( 1, Mock::requests(), 'the moderator alone was asked' );
		}
		self::assertSame( array( 'policy_blocked_input' ), array_values( array_unique( array_column( self::logs(), 'error' ) ) ) );
	}

	public function test_an_answer_that_is_flagged_is_neither_told_nor_kept(): void {
		self::moderate( 'output' );
		$prompt = self::fresh();
		self::provider_says( 'something bad' );
		self::provider_says( self::BAD );
		$reply = Http::send( Http::post_call( '/infer/stream', array( 'prompt' => $prompt ) ) );
		self::assert_error( 422, 'blocked', $reply );
		self::assertStringNotContainsString( 'something bad', $reply->body );

		self::provider_says( 'something good' );
		self::provider_says( self::FINE );
		$answer = Http::infer( array( 'prompt' => $prompt ) )->json();
		self::assertSame( array( false, 'something good' ), array( $answer['cached'], $answer['result']['text'] ) );
		self::assertTrue( Http::infer( array( 'prompt' => $prompt ) )->json()['cached'], 'what has passed is kept' );
	}

	public function test_a_client_may_ask_for_more_and_each_request_of_a_batch_is_judged(): void {
		self::moderate( 'none' );
		self::provider_says( self::BAD );
		$ask = array(
			'prompt'   => self::fresh(),
			'moderate' => 'input',
		);
		self::assert_error( 422, 'blocked', Http::infer( $ask ) );
		self::provider_says( self::BAD );
		$item = Http::batch( array( 'requests' => array( array( 'prompt' => self::fresh() ) + $ask ) ) )->json()['results'][0];
		self::assertSame( array( 'blocked', array( 'hate', 'violence' ) ), array( $item['error']['code'], $item['error']['categories'] ) );
	}

	public function test_a_moderator_that_fails_stops_answers_and_lets_questions_pass(): void {
		$this->expect_php_log( '/aisp: the moderator fails \(provider_unavailable\): texts (pass unjudged|are refused)/' );
		$fail = array(
			'type'   => 'fail',
			'status' => 500,
			'times'  => 1,
		);
		self::moderate( 'input' );
		Mock::will( $fail );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ) )->status );

		self::moderate( 'output' );
		Mock::reset();
		self::provider_says( 'fine' );
		Mock::will( $fail );
		self::assert_error( 503, 'provider_error', Http::infer( array( 'prompt' => self::fresh() ) ) );
	}
}
