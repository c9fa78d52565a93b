<?php
/**
 * What is wrong with a request, its settings or its provider is said by name, is charged nothing, and is logged.
 */

declare( strict_types=1 );

final class BadInputTest extends SiteTestCase {

	/** No free text from outside: a word of one of four families. */
	private const VOCABULARY = '/^(caller|policy|provider|store)_[a-z_]+$/';

	/** @dataProvider bad_requests */
	public function test_a_bad_request_is_refused_by_the_name_of_its_key( array|string $body, string $key ): void {
		$reply = Http::infer( $body );
		$error = self::assert_error( 400, 'invalid_request', $reply );
		self::assertMatchesRegularExpression( "/\\b$key\\b/", $error['message'] );
		self::assertStringNotContainsString( 'canary', $reply->body );
		$this->assert_logged_and_free( 400, '/^caller_[a-z_]+$/' );
	}

	public static function bad_requests(): array {
		$hi = array( 'prompt' => 'Hi' );
		return array(
			'no prompt'                 => array( array( 'cache' => true ), 'prompt' ),
			'nothing'                   => array( '{}', 'prompt' ),
			'an empty body'             => array( '', 'prompt' ),
			'no object but a number'    => array( '5', 'prompt' ),
			'no object but a string'    => array( '"canary"', 'prompt' ),
			'null'                      => array( 'null', 'prompt' ),
			'blank prompt'              => array( array( 'prompt' => '' ), 'prompt' ),
			'prompt of spaces'          => array( array( 'prompt' => " \n\t " ), 'prompt' ),
			'prompt is a number'        => array( array( 'prompt' => 5 ), 'prompt' ),
			'prompt is a list'          => array( array( 'prompt' => array( 'canary' ) ), 'prompt' ),
			'prompt is null'            => array( array( 'prompt' => null ), 'prompt' ),
			'prompt is not UTF-8'       => array( "{\"prompt\":\"canary \xC3\x28\"}", 'prompt' ),
			'prompt is half a pair'     => array( '{"prompt":"canary \ud83d"}', 'prompt' ),
			'system is not UTF-8'       => array( "{\"prompt\":\"canary\",\"system\":\"\xFF\"}", 'system' ),
			'some key is not UTF-8'     => array( "{\"prompt\":\"canary\",\"tags\":[\"\xFF\"]}", 'prompt' ),
			'8,001 characters'          => array( array( 'prompt' => 'canary' . str_repeat( 'é', 7995 ) ), 'prompt' ),
			'unknown key'               => array( $hi + array( 'promt' => 'canary' ), 'promt' ),
			'unlisted model'            => array( $hi + array( 'model' => 'gpt-canary' ), 'model' ),
			'model is a list'           => array( $hi + array( 'model' => array() ), 'model' ),
			'temperature out of range'  => array( $hi + array( 'temperature' => 2.5 ), 'temperature' ),
			'temperature below range'   => array( $hi + array( 'temperature' => -0.1 ), 'temperature' ),
			'temperature is a word'     => array( $hi + array( 'temperature' => 'canary' ), 'temperature' ),
			'max_tokens is a string'    => array( $hi + array( 'max_tokens' => '12' ), 'max_tokens' ),
			'max_tokens is nothing'     => array( $hi + array( 'max_tokens' => 0 ), 'max_tokens' ),
			'cache is a word'           => array( $hi + array( 'cache' => 'canary' ), 'cache' ),
			'tags is no list'           => array( $hi + array( 'tags' => 'canary' ), 'tags' ),
			'prompt and messages'       => array( $hi + array( 'messages' => array( array( 'role' => 'user', 'content' => 'canary' ) ) ), 'messages' ), // phpcs:ignore
		);
	}

	public function test_a_form_that_is_not_utf8_is_refused(): void {
		$error = self::assert_error( 400, 'invalid_request', Http::infer( 'prompt=%ff', 'editor', array( 'type' => 'application/x-www-form-urlencoded' ) ) );
		self::assertMatchesRegularExpression( '/\bprompt\b/', $error['message'] );
		$this->assert_logged_and_free( 400, '/^caller_[a-z_]+$/' );
	}

	public function test_a_form_value_of_the_wrong_kind_is_refused(): void {
		$error = self::assert_error( 400, 'invalid_request', Http::infer( 'prompt=Hi&max_tokens=many', 'editor', array( 'type' => 'application/x-www-form-urlencoded' ) ) );
		self::assertMatchesRegularExpression( '/\bmax_tokens\b/', $error['message'] );
	}

	public function test_json_that_does_not_parse_is_refused_and_logged(): void {
		self::assert_error( 400, 'rest_invalid_json', Http::infer( '{"prompt": "canary' ) );
		$this->assert_logged_and_free( 400, '/^caller_invalid$/' );
	}

	public function test_a_missing_key_is_named_and_nothing_else(): void {
		Site::policy( self::policy( array( 'providers' => array( 'mock' => self::provider( array( 'key_env' => 'AISP_ABSENT_KEY' ) ) ) ) ) );
		$error = self::assert_error( 500, 'config_error', Http::infer( array( 'prompt' => self::fresh() ) ) );
		self::assertStringContainsString( 'AISP_ABSENT_KEY', $error['message'] );
		self::assertStringNotContainsString( 'sk-test', $error['message'] );
		self::assertStringNotContainsString( 'http', $error['message'] );
		$this->assert_logged_and_free( 500, self::VOCABULARY );
	}

	public function test_a_bad_policy_is_a_clear_config_error(): void {
		Site::policy( self::policy( array( 'qouta' => array() ) ) );
		$error = self::assert_error( 500, 'config_error', Http::infer( array( 'prompt' => self::fresh() ) ) );
		self::assertStringContainsString( 'qouta', $error['message'] );
		$this->assert_logged_and_free( 500, self::VOCABULARY );
	}

	public function test_a_refused_key_is_told_in_our_own_words(): void {
		Mock::will(
			array(
				'type'    => 'fail',
				'status'  => 401,
				'message' => 'Incorrect API key provided: sk-te***cdef. You can find your key in the canary.',
				'times'   => null,
			)
		);
		$reply = Http::infer( array( 'prompt' => self::fresh() ) );
		self::assert_error( 502, 'provider_error', $reply );
		foreach ( array( 'sk-', 'cdef', 'canary', 'Incorrect' ) as $piece ) {
			self::assertStringNotContainsString( $piece, $reply->body );
		}
		self::assertCount( 1, Mock::requests(), 'a refused key is not tried again' );
		$this->assert_logged( 502, '/^provider_[a-z_]+$/' );
	}

	public function test_a_provider_that_fails_for_ever_is_an_error_after_three_attempts(): void {
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 500,
				'times'  => null,
			)
		);
		$reply = Http::infer( array( 'prompt' => self::fresh() ) );
		self::assertContains( $reply->status, array( 502, 503, 504 ), $reply->body );
		self::assertCount( 3, Mock::requests() );
		self::assertTrue( Mock::verdict()['passed'], json_encode( Mock::verdict(), JSON_THROW_ON_ERROR ) );
		self::assert_fields( array( 'attempts' => 3 ), $this->assert_logged( $reply->status, '/^provider_[a-z_]+$/' ) );
	}

	public function test_a_provider_that_stumbles_once_is_asked_again(): void {
		Mock::will(
			array(
				'type'        => 'fail',
				'status'      => 429,
				'retry_after' => 0.3,
			)
		);
		$reply = Http::infer( array( 'prompt' => self::fresh() ) );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertSame( 2, $reply->json()['result']['attempts'] );
		self::assertSame( array(), Mock::verdict()['findings'] );
	}

	public function test_a_provider_that_is_down_is_an_error_within_the_deadline(): void {
		Site::policy( self::policy( array( 'providers' => array( 'mock' => self::provider( array( 'base_url' => 'http://127.0.0.1:1/v1' ) ) ) ) ) );
		$began = microtime( true );
		$reply = Http::infer(
			array(
				'prompt'     => self::fresh(),
				'timeout_ms' => 3000,
			)
		);
		self::assertLessThan( 4.0, microtime( true ) - $began );
		self::assertContains( $reply->status, array( 503, 504 ), $reply->body );
		$this->assert_logged( $reply->status, '/^provider_[a-z_]+$/' );
	}

	public function test_a_provider_that_is_silent_is_an_error_within_the_deadline(): void {
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 8,
				'times'   => null,
			)
		);
		$began = microtime( true );
		$reply = Http::infer(
			array(
				'prompt'     => self::fresh(),
				'timeout_ms' => 1000,
			)
		);
		self::assertLessThan( 2.5, microtime( true ) - $began );
		self::assert_error( 504, 'timeout', $reply );
		$this->assert_logged( 504, '/^provider_[a-z_]+$/' );
	}

	public function test_a_wait_beyond_the_deadline_is_handed_to_the_caller(): void {
		Mock::will(
			array(
				'type'        => 'fail',
				'status'      => 503,
				'retry_after' => 40,
				'times'       => null,
			)
		);
		$reply = Http::infer( array( 'prompt' => self::fresh() ) );
		self::assertSame( 503, $reply->status, $reply->body );
		self::assertSame( '40', $reply->header( 'Retry-After' ) );
		self::assertSame( 40, $reply->json()['data']['retry_after'] );
		self::assertCount( 1, Mock::requests() );
	}

	/** One record, and nothing sent to the provider. */
	private function assert_logged_and_free( int $status, string $error ): void {
		self::assertSame( array(), Mock::requests(), 'nothing is sent' );
		self::assert_fields( array( 'attempts' => 0 ), $this->assert_logged( $status, $error ) );
	}

	private function assert_logged( int $status, string $error ): array {
		$record = self::only_record();
		self::assert_fields(
			array(
				'user_id'     => Site::user( 'editor' )['id'],
				'route'       => '/infer',
				'source'      => 'rest',
				'status_code' => $status,
			) + self::NOTHING,
			$record
		);
		self::assertMatchesRegularExpression( $error, (string) $record['error'] );
		self::assertStringNotContainsString( 'canary', json_encode( Site::log(), JSON_THROW_ON_ERROR ) );
		return $record;
	}
}
