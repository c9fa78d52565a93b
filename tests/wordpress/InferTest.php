<?php
/**
 * The main job: a prompt goes in, an answer comes out, and the log knows of it.
 */

declare( strict_types=1 );

final class InferTest extends SiteTestCase {

	public function test_a_miss_then_a_hit(): void {
		$prompt = self::fresh();
		Mock::will(
			array(
				'type' => 'reply',
				'text' => 'Bonjour.',
			)
		);
		$miss = $this->infer( array( 'prompt' => $prompt ) );
		$hit  = $this->infer( array( 'prompt' => $prompt ) );

		self::assertFalse( $miss['cached'] );
		self::assertTrue( $hit['cached'] );
		self::assertCount( 1, Mock::requests() );
		self::assertSame( $prompt, Mock::requests()[0]['body']['input'][0]['content'] ?? Mock::requests()[0]['body']['input'] );
		self::assertSame( 'gpt-4o-mini', Mock::requests()[0]['body']['model'] );

		foreach ( array( $miss, $hit ) as $answer ) {
			self::assertSame( array( 'cached', 'result' ), array_keys( $answer ) );
			$result = $answer['result'];
			self::assertSame( $answer['cached'], $result['cached'] );
			self::assertSame( 'Bonjour.', $result['text'] );
			self::assertNull( $result['data'] );
			self::assertSame( 'mock-1', $result['model'] );
			self::assertSame( 'mock', $result['provider'] );
			self::assertSame( 'stop', $result['finish_reason'] );
			self::assertIsInt( $result['duration_ms'] );
			self::assertNotSame( '', $result['request_id'] );
			self::assertMatchesRegularExpression( '/^[0-9a-f]{64}$/', $result['req_hash'] );
		}
		self::assertSame( $miss['result']['req_hash'], $hit['result']['req_hash'] );
		self::assertNotSame( $miss['result']['request_id'], $hit['result']['request_id'] );
		self::assertSame( 1, $miss['result']['attempts'] );
		self::assertSame( 0, $hit['result']['attempts'] );
		self::assertGreaterThan( 0, $miss['result']['tokens_out'] );
	}

	public function test_both_are_in_the_log_field_by_field_and_the_prompt_is_not(): void {
		$prompt = self::fresh( 'Canary' );
		$before = time();
		$miss   = $this->infer( array( 'prompt' => $prompt ) )['result'];
		$this->infer( array( 'prompt' => $prompt ) );
		$after = time();

		list( $hit_record, $miss_record ) = self::logs();
		$common                           = array(
			'user_id'     => Site::user( 'editor' )['id'],
			'client'      => '',
			'source'      => 'rest',
			'route'       => '/infer',
			'provider'    => 'mock',
			'model'       => 'mock-1',
			'status_code' => 200,
			'error'       => null,
			'req_hash'    => $miss['req_hash'],
		);
		$price                            = ( $miss['tokens_in'] * 100 + $miss['tokens_out'] * 200 );
		self::assert_fields(
			array(
				'cached'        => false,
				'attempts'      => 1,
				'tokens_in'     => $miss['tokens_in'],
				'tokens_out'    => $miss['tokens_out'],
				'cost_microusd' => $price,
				'request_id'    => $miss['request_id'],
			) + $common,
			$miss_record
		);
		self::assert_fields(
			array(
				'cached'   => true,
				'attempts' => 0,
			) + $common,
			$hit_record
		);
		self::assertEqualsWithDelta( $price / 1e6, $miss['cost_usd'], 1e-9 );
		self::assertContains( $hit_record['cost_microusd'], array( 0, null ), 'an answer from the cache costs nothing' );
		foreach ( array( $miss_record, $hit_record ) as $record ) {
			self::assertMatchesRegularExpression( '/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/', $record['created_at'] );
			self::assertGreaterThanOrEqual( $before, strtotime( $record['created_at'] ) );
			self::assertLessThanOrEqual( $after, strtotime( $record['created_at'] ) );
		}
		$table = json_encode( Site::log(), JSON_THROW_ON_ERROR );
		foreach ( array( 'Canary', $prompt, $miss['text'] ) as $secret ) {
			self::assertStringNotContainsString( $secret, $table );
		}
	}

	public function test_cache_false_asks_again(): void {
		$body = array(
			'prompt' => self::fresh(),
			'cache'  => false,
		);
		self::assertFalse( $this->infer( $body )['cached'] );
		self::assertFalse( $this->infer( $body )['cached'] );
		self::assertCount( 2, Mock::requests() );
	}

	public function test_the_other_arguments_reach_the_provider(): void {
		$this->infer(
			array(
				'prompt'      => self::fresh(),
				'system'      => 'Be brief.',
				'model'       => 'mock-1',
				'max_tokens'  => 50,
				'temperature' => 0.5,
				'cache_ttl'   => 60,
				'tags'        => array( 'post:1' ),
				'timeout_ms'  => 5000,
			)
		);
		$body = Mock::requests()[0]['body'];
		self::assertSame( 50, $body['max_output_tokens'] );
		self::assertSame( 0.5, $body['temperature'] );
		self::assertStringContainsString( 'Be brief.', json_encode( $body, JSON_THROW_ON_ERROR ) );
	}

	public function test_a_form_is_understood_like_json(): void {
		$prompt = self::fresh();
		$reply  = Http::infer(
			http_build_query(
				array(
					'prompt'      => $prompt,
					'max_tokens'  => '50',
					'temperature' => '0.5',
					'cache'       => 'false',
					'tags'        => array( 'post:1' ),
				)
			),
			'editor',
			array( 'type' => 'application/x-www-form-urlencoded' )
		);
		self::assertSame( 200, $reply->status, $reply->body );
		$body = Mock::requests()[0]['body'];
		self::assertSame( 50, $body['max_output_tokens'] );
		self::assertSame( 0.5, $body['temperature'] );
	}

	public function test_the_query_string_is_no_part_of_the_request(): void {
		$reply = Http::infer( array( 'prompt' => self::fresh() ), 'editor', array( 'query' => '?_locale=user&prompt=other&model=none' ) );
		self::assertSame( 200, $reply->status, $reply->body );
		$this->assertStringNotContainsString( 'other', json_encode( Mock::requests(), JSON_THROW_ON_ERROR ) );
	}

	public function test_the_answer_is_not_kept_by_caches_of_http(): void {
		$reply = Http::infer( array( 'prompt' => self::fresh() ) );
		self::assertStringContainsString( 'no-store', (string) $reply->header( 'Cache-Control' ) );
	}

	public function test_eight_thousand_characters_of_any_kind_pass(): void {
		$prompt = substr( self::fresh( 'x' ), 0, 20 );
		$prompt = '  ' . $prompt . str_repeat( 'é', 8000 - mb_strlen( $prompt ) ) . "\n";
		$this->infer( array( 'prompt' => $prompt ) );
		$this->assertCount( 1, Mock::requests() );
	}

	public function test_what_the_filters_say_counts(): void {
		$prompt = self::fresh();
		Site::mu_plugin(
			'add_filter( "aisp_request", static function ( $request, $caller ) { $request["prompt"] .= " for " . $caller["role"]; return $request; }, 10, 2 );
			add_filter( "aisp_caller", static function ( $caller ) { $caller["source"] = "my-plugin"; return $caller; } );
			add_filter( "aisp_policy", static function ( $policy, $caller ) { $policy["models"]["mock-1"]["route"][0][1] = "model-of-" . $caller["source"]; return $policy; }, 10, 2 );
			add_filter( "aisp_result", static function ( $result, $request, $caller ) { $result["text"] = strtoupper( $result["text"] ); return $result; }, 10, 3 );'
		);
		Mock::will(
			array(
				'type' => 'reply',
				'text' => 'quiet',
			)
		);
		self::assertSame( 'QUIET', $this->infer( array( 'prompt' => $prompt ) )['result']['text'] );
		$request = Mock::requests()[0]['body'];
		self::assertStringContainsString( "$prompt for editor", json_encode( $request, JSON_THROW_ON_ERROR ) );
		self::assertSame( 'model-of-my-plugin', $request['model'] );
		self::assertSame( 'my-plugin', self::only_record()['source'] );
	}

	public function test_the_sites_environment_picks_server_and_key(): void {
		$away = self::provider(
			array(
				'base_url'     => 'http://127.0.0.1:1/v1',
				'environments' => array( 'local' => array( 'base_url' => self::provider()['base_url'] ) ),
			)
		);
		Site::policy( self::policy( array( 'providers' => array( 'mock' => $away ) ) ) );
		$this->infer( array( 'prompt' => self::fresh() ) );
		self::assertCount( 1, Mock::requests(), 'the site says that it is local' );

		Site::policy( self::policy( array( 'environment' => 'staging', 'providers' => array( 'mock' => $away ) ) ) ); // phpcs:ignore
		self::assertSame( 503, Http::infer( array( 'prompt' => self::fresh() ) )->status, 'unless its settings say otherwise' );
	}

	public function test_an_answer_held_to_a_schema_comes_decoded(): void {
		Mock::will(
			array(
				'type' => 'reply',
				'text' => '{"city":"Paris"}',
			)
		);
		$result = $this->infer(
			array(
				'prompt' => self::fresh(),
				'schema' => array(
					'type'                 => 'object',
					'properties'           => array( 'city' => array( 'type' => 'string' ) ),
					'required'             => array( 'city' ),
					'additionalProperties' => false,
				),
			)
		)['result'];
		self::assertSame( array( 'city' => 'Paris' ), $result['data'] );
	}

	public function test_a_fault_in_a_filter_is_no_fatal_and_says_nothing(): void {
		$this->expect_php_log( '/^\[[^\]]*\] AI Secure Proxy: TypeError in \S+Inference\.php:\d+\n$/' );
		Site::mu_plugin( 'add_filter( "aisp_result", static fn() => "secret words" );' );
		$error = self::assert_error( 500, 'internal_error', Http::infer( array( 'prompt' => self::fresh() ) ) );
		self::assertSame( 'The AI proxy failed on this request.', $error['message'] );
	}

	public function test_the_route_describes_itself(): void {
		$reply = Http::send(
			array(
				'method' => 'OPTIONS',
				'path'   => '/wp-json/ai-secure-proxy/v1/infer',
				'login'  => 'editor',
			)
		);
		$args  = $reply->json()['endpoints'][0]['args'];
		foreach ( array(
			'prompt'      => 'string',
			'messages'    => 'array',
			'system'      => 'string',
			'model'       => 'string',
			'max_tokens'  => 'integer',
			'temperature' => 'number',
			'cache'       => 'boolean',
			'cache_ttl'   => 'integer',
			'tags'        => 'array',
			'timeout_ms'  => 'integer',
			'schema'      => 'object',
			'restart'     => 'boolean',
		) as $name => $type ) {
			self::assertSame( $type, $args[ $name ]['type'] );
			self::assertNotSame( '', $args[ $name ]['description'] );
		}
	}

	public function test_status_says_how_the_module_is(): void {
		$status = Http::get( '/status' )->json();
		self::assertTrue( $status['store']['ok'], json_encode( $status, JSON_THROW_ON_ERROR ) );
		$others = array_filter( $status['warnings'], static fn( string $warning ): bool => ! str_contains( $warning, '?round=' ) );
		self::assertSame( array(), $others, 'no warnings but of what other tests made the provider do' );
		self::assertContains( 'mock', array_column( $status['breakers'], 'provider' ) );
		self::assertIsInt( $status['spool'] );
		self::assertMatchesRegularExpression( '/^\d+\.\d+\.\d+$/', $status['version'] );
		self::assertSame( $status['version'], $status['plugin'], 'module and plugin move together' );
	}

	/** A 200 with an answer. */
	private function infer( array $body ): array {
		$reply = Http::infer( $body );
		self::assertSame( 200, $reply->status, $reply->body );
		return $reply->json();
	}
}
