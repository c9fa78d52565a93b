<?php
/**
 * What does not come from its source is refused, all of it alike, and leaves nothing behind but one row a minute and source.
 */

declare( strict_types=1 );

final class WebhookRefusalTest extends WebhookTestCase {

	public static function forgeries(): array {
		$text  = Webhook::SECRETS['AISP_TEST_WEBHOOK_TEXT'];
		$next  = Webhook::SECRETS['AISP_TEST_WEBHOOK_NEXT'];
		$other = 'whsec_' . base64_encode( 'a secret of somebody else' );
		return array(
			'no header at all'                => array( array( 'headers' => array() ) ),
			'a secret of somebody else'       => array( array( 'secret' => $other ) ),
			'the same at Stripe\'s'           => array( array( 'route' => '/webhook/stripe', 'scheme' => 'stripe', 'secret' => $other ) ), // phpcs:ignore
			'the same at GitHub\'s'           => array( array( 'route' => '/webhook/github', 'scheme' => 'github', 'secret' => $other ) ), // phpcs:ignore
			'the same where HMAC is plain'    => array( array( 'route' => '/webhook/plain_1', 'scheme' => 'hex', 'secret' => $other ) ), // phpcs:ignore
			'another source\'s secret'        => array( array( 'route' => '/webhook/old-key', 'secret' => $next ) ), // phpcs:ignore
			'another source\'s scheme'        => array( array( 'scheme' => 'hex', 'secret' => $text ) ), // phpcs:ignore
			'too old'                         => array( array( 'time' => -310 ) ),
			'from the future'                 => array( array( 'time' => 310 ) ),
			'too old where 60 s are allowed'  => array( array( 'route' => '/webhook/old-key', 'time' => -70 ) ), // phpcs:ignore
			'a source that there is not'      => array( array( 'route' => '/webhook/nobody' ) ),
			'a source in other letters'       => array( array( 'route' => '/webhook/DEFAULT' ) ),
			'a source that the query names'   => array( array( 'route' => '/webhook/nobody', 'query' => '?source=default' ) ), // phpcs:ignore
		);
	}

	/** @dataProvider forgeries */
	public function test_a_forgery_is_refused_and_leaves_one_row( array $options ): void {
		if ( isset( $options['time'] ) ) {
			$options['time'] += time();
		}
		for ( $i = 0; $i < 3; $i++ ) {
			$error = self::assert_error( 401, 'unauthorized', Webhook::send( Webhook::body(), null, $options ) );
			self::assertSame( 'This webhook could not be verified.', $error['message'] );
		}
		self::assert_nothing();
		$rows = Site::log();
		self::assertContains( count( $rows ), array( 1, 2 ), 'one row, or two where a minute has passed' );
		self::assert_fields(
			array(
				'route'       => '/webhook',
				'status_code' => 401,
				'error'       => 'caller_unauthorized',
				'source'      => 'webhook',
			),
			$rows[0]
		);
		self::assertStringNotContainsString( 'nobody', $rows[0]['client'] );
	}

	public function test_a_flood_of_forgeries_is_one_row_a_source(): void {
		$calls = array();
		for ( $i = 0; $i < 40; $i++ ) {
			$calls[] = Webhook::call( '{}', null, array( 'headers' => array() ) );
			$calls[] = Webhook::call( '{}', null, array( 'route' => "/webhook/made-up-$i" ) );
		}
		self::assertSame( array( 401 ), array_values( array_unique( array_column( Http::send_all( $calls ), 'status' ) ) ) );
		self::assertLessThanOrEqual( 4, count( Site::log() ) );
		self::assertEqualsCanonicalizing( array( '', 'default' ), array_values( array_unique( array_column( Site::log(), 'client' ) ) ) );
	}

	public function test_a_captured_webhook_never_acts_again(): void {
		$body = Webhook::body();
		$call = Webhook::call( $body, Webhook::id() );
		self::assert_received( false, Http::send( $call ) );
		self::assert_acts( 1 );
		for ( $i = 0; $i < 3; $i++ ) {
			self::assert_received( true, Http::send( $call ), 'at once' );
		}
		$call['headers'][1] = 'webhook-id: ' . Webhook::id();
		self::assert_error( 401, 'unauthorized', Http::send( $call ) );
		$call['path'] = str_replace( '/webhook', '/webhook/old-key', $call['path'] );
		self::assert_error( 401, 'unauthorized', Http::send( $call ) );
		self::assert_acts( 1 );
	}

	public function test_without_any_source_nothing_comes_in(): void {
		foreach ( array( array(), array( 'webhooks' => array() ), array( 'webhooks' => array( 'default' => array( 'scheme' => 'standard', 'secret_env' => 'AISP_ABSENT' ) ) ), array( 'webhooks' => array( 'default' => array( 'scheme' => 'standard' ) ) ) ) as $changes ) { // phpcs:ignore
			Site::policy( self::policy( $changes ) );
			self::assert_error( 401, 'unauthorized', Webhook::send( Webhook::body() ) );
		}
		self::assert_nothing();
		$this->expect_php_log( '/^(|.*AISP_ABSENT.*)$/s' ); // The module may say once which secret is not set.
	}

	public function test_settings_that_cannot_work_are_said_to_the_administrator_alone(): void {
		Site::policy( self::policy( array( 'webhooks' => array( 'default' => array( 'scheme' => 'canary' ) ) ) ) );
		$reply = Webhook::send( Webhook::body() );
		Webhook::send( Webhook::body() );
		self::assert_error( 401, 'unauthorized', $reply );
		self::assertStringNotContainsString( 'scheme', $reply->body );
		self::assert_nothing();
		$this->expect_php_log( '/^.*AI Secure Proxy: webhooks of default: .*scheme.*\n(.*scheme.*\n)?$/' );
	}

	public function test_a_webhook_in_disguise_is_refused_before_anything_else(): void {
		$disguises = array( array( 'query' => '?_method=GET' ), array( 'query' => '?_method=POST' ), array( 'query' => '?_envelope' ), array( 'query' => '?_envelope=1&_jsonp=cb' ), array( 'query' => '?_jsonp=cb' ) );
		foreach ( array( '/webhook', '/webhook/stripe', '/webhook/nobody' ) as $route ) {
			foreach ( $disguises as $disguise ) {
				$this->assert_disguise_refused( Webhook::call( Webhook::body(), null, $disguise + array( 'route' => $route ) ) );
			}
			foreach ( array( 'GET', 'POST', 'DELETE' ) as $method ) {
				$call              = Webhook::call( Webhook::body(), null, array( 'route' => $route ) );
				$call['headers'][] = "X-HTTP-Method-Override: $method";
				$this->assert_disguise_refused( $call );
			}
		}
		self::assert_nothing();
	}

	private function assert_disguise_refused( array $call ): void {
		$reply = Http::send( $call );
		self::assert_error( 400, 'invalid_request', $reply );
		self::assertStringStartsWith( 'application/json', (string) $reply->header( 'Content-Type' ), $call['path'] );
	}

	public function test_no_batch_and_no_other_method(): void {
		$batch = array( 'requests' => array( array( 'path' => '/ai-secure-proxy/v1/webhook', 'method' => 'POST', 'body' => array() ) ) ); // phpcs:ignore
		$reply = Http::send( array( 'method' => 'POST', 'path' => '/wp-json/batch/v1', 'login' => null, 'headers' => array( 'Content-Type: application/json' ), 'body' => json_encode( $batch ) ) ); // phpcs:ignore
		self::assertSame( 400, $reply->json()['responses'][0]['status'] ?? $reply->status, $reply->body );
		foreach ( array( 'GET', 'PUT', 'PATCH', 'DELETE' ) as $method ) {
			self::assertSame( 404, Http::send( array( 'method' => $method ) + Webhook::call( Webhook::body() ) )->status, $method );
		}
		self::assert_nothing();
	}

	public function test_while_the_store_is_down_the_sender_is_asked_to_come_again(): void {
		Site::without_store(
			static function (): void {
				$reply = Webhook::send( Webhook::body() );
				self::assert_error( 503, 'store_unavailable', $reply );
				self::assertGreaterThan( 0, (int) $reply->header( 'Retry-After' ) );
				self::assert_error( 401, 'unauthorized', Webhook::send( '{}', null, array( 'headers' => array() ) ) );
			}
		);
		self::assert_nothing();
	}

	public function test_without_the_module_it_is_503(): void {
		try {
			Site::up( Site::WITHOUT_MODULE );
			self::assert_error( 503, 'module_missing', Webhook::send( Webhook::body() ) );
		} finally {
			Site::up( array() );
		}
	}
}
