<?php
/**
 * The whole chain with a real model at its end: real tokens, a real answer, and the second time from the cache.
 */

declare( strict_types=1 );

final class RealModelTest extends SiteTestCase {

	public function test_a_real_answer_and_then_the_same_from_the_cache(): void {
		if ( ! getenv( 'MODEL_URL' ) ) {
			self::markTestSkipped( 'no real model could be started here' );
		}
		Site::policy(
			self::policy(
				array(
					'default_model' => getenv( 'MODEL_NAME' ),
					'models'        => array( getenv( 'MODEL_NAME' ) => array( 'route' => array( array( 'local', getenv( 'MODEL_NAME' ) ) ) ) ),
					'providers'     => array(
						'local' => array(
							'kind'     => 'openai_responses',
							'base_url' => getenv( 'MODEL_URL' ),
							'key_env'  => 'AISP_TEST_MODEL_KEY',
						),
					),
				)
			)
		);
		$body  = array(
			'prompt'      => 'What is the capital of France? Answer in one sentence.',
			'max_tokens'  => 40,
			'temperature' => 0,
			'timeout_ms'  => 30000,
		);
		$first = Http::infer( $body );
		self::assertSame( 200, $first->status, $first->body );
		$result = $first->json()['result'];
		self::assertFalse( $first->json()['cached'] );
		self::assertStringContainsString( 'Paris', $result['text'] );
		self::assertGreaterThan( 5, $result['tokens_in'] );
		self::assertGreaterThan( 1, $result['tokens_out'] );
		self::assertSame( 'local', $result['provider'] );

		$second = Http::infer( $body )->json();
		self::assertTrue( $second['cached'] );
		self::assertSame( $result['text'], $second['result']['text'] );
		self::assertSame( array( true, false ), array_column( self::logs(), 'cached' ) );
	}
}
