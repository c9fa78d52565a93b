<?php
/**
 * POST /infer/stream when things break: the provider, the browser, the site itself. Never half an answer that looks whole.
 */

declare( strict_types=1 );

final class StreamFaultTest extends SiteTestCase {

	private const ANSWER = 'An answer of some words, so that it can break off in the middle of them and begin again.';

	public function test_a_provider_that_fails_before_the_first_word_is_an_ordinary_error(): void {
		Mock::will(
			array(
				'type'        => 'fail',
				'status'      => 503,
				'retry_after' => 40,
				'times'       => null,
			)
		);
		$reply = Http::send( Http::post_call( '/infer/stream', array( 'prompt' => self::fresh() ) ) );
		self::assert_error( 503, 'provider_error', $reply );
		self::assertSame( '40', $reply->header( 'Retry-After' ) );
	}

	/** @dataProvider faults */
	public function test_a_stream_that_breaks_is_an_error_and_never_a_result( array $fault, int $status ): void {
		$body = self::breaking( $fault );
		self::provider_says( self::ANSWER );
		$stream = Events::of( $body );
		self::assertSame( 200, $stream->status );
		self::assertSame( array( 'start', 'delta', 'error' ), $stream->course() );
		self::assertStringStartsWith( $stream->text(), self::ANSWER );
		$error = $stream->one( 'error' );
		self::assertSame( array( 'code', 'message', 'status', 'retry_after' ), array_keys( $error ) );
		self::assertSame( $status, $error['status'] );
		self::assertNotSame( '', $error['message'] );
		self::assertMatchesRegularExpression( '/^provider_[a-z_]+$/', (string) self::only_record()['error'] );

		self::provider_says( self::ANSWER );
		$again = Events::of( array( 'timeout_ms' => 10000 ) + $body );
		self::assertFalse( $again->one( 'result' )['cached'], 'half an answer is not kept' );
	}

	/** @dataProvider faults_with_time_left */
	public function test_a_stream_that_breaks_begins_again_for_who_can_take_it( array $fault ): void {
		self::provider_says( self::ANSWER, 2 );
		$stream = Events::of( self::breaking( $fault ) + array( 'restart' => true ) );
		self::assertSame( array( 'start', 'delta', 'restart', 'delta', 'result' ), $stream->course() );
		self::assertSame( self::ANSWER, $stream->text() );
		self::assertSame( self::ANSWER, $stream->one( 'result' )['result']['text'] );
		self::assertSame( 'mock', $stream->one( 'restart' )['provider'] );
		self::assertSame( 2, $stream->one( 'result' )['result']['attempts'] );
		self::assertTrue( Mock::verdict()['passed'], json_encode( Mock::verdict(), JSON_THROW_ON_ERROR ) );
	}

	public static function faults(): array {
		return array(
			'truncated'    => array( array( 'kind' => 'truncate' ), 502 ),
			'disconnected' => array( array( 'kind' => 'disconnect' ), 502 ),
			'malformed'    => array( array( 'kind' => 'malformed' ), 502 ),
			'stalled'      => array(
				array(
					'kind'          => 'stall',
					'stall_seconds' => 6,
				),
				504,
			),
		);
	}

	/** A stall uses up the deadline where there is no other provider to go to. */
	public static function faults_with_time_left(): array {
		return array_diff_key( self::faults(), array( 'stalled' => true ) );
	}

	public function test_a_closed_browser_ends_the_call_at_once_and_is_logged(): void {
		self::provider_says( implode( ' ', range( 1, 200 ) ) );
		$deltas = 0;
		Events::of(
			array( 'prompt' => self::fresh() ),
			'editor',
			array(),
			static function ( array $frame ) use ( &$deltas ): bool {
				return 'delta' === $frame['name'] && 3 === ++$deltas;
			}
		);
		self::eventually( static fn(): bool => 1 === count( self::logs() ), 'a record of it' );
		$record = self::only_record();
		self::assertSame( 'caller_cancelled', $record['error'] );
		self::assertLessThan( 3000, $record['duration_ms'], 'the whole answer takes eight seconds' );
		$request = Mock::requests()[0];
		self::assertFalse( $request['completed'], 'the provider was hung up on' );
		self::assertLessThan( 60, $request['chunks_sent'] );
	}

	public function test_a_fault_of_the_site_in_the_middle_is_told_without_words_of_its_own(): void {
		$this->expect_php_log( '/^\[[^\]]*\] AI Secure Proxy: TypeError in \S+Inference\.php:\d+\n$/' );
		Site::mu_plugin( 'add_filter( "aisp_result", static fn() => "secret words" );' );
		$stream = Events::of( array( 'prompt' => self::fresh() ) );
		self::assertSame( array( 'start', 'delta', 'error' ), $stream->course() );
		self::assertSame(
			array(
				'code'        => 'internal_error',
				'message'     => 'The AI proxy failed on this request.',
				'status'      => 500,
				'retry_after' => null,
			),
			$stream->one( 'error' )
		);
	}

	/** A request whose answer breaks after some words, in the way that is asked for. */
	private static function breaking( array $fault ): array {
		Mock::will(
			$fault + array(
				'type'         => 'stream_fault',
				'after_chunks' => 8,
			)
		);
		return array(
			'prompt'     => self::fresh(),
			'timeout_ms' => 'stall' === $fault['kind'] ? 3000 : 10000,
		);
	}
}
