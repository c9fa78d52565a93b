<?php
/**
 * Events from outside: what comes from its source is kept, acknowledged and handled once.
 */

declare( strict_types=1 );

final class WebhookTest extends WebhookTestCase {

	public static function schemes(): array {
		$next = Webhook::SECRETS['AISP_TEST_WEBHOOK_NEXT'];
		$text = Webhook::SECRETS['AISP_TEST_WEBHOOK_TEXT'];
		return array(
			'the default source'         => array( 'default', array() ),
			'by its own name'            => array( 'default', array( 'route' => '/webhook/default' ) ),
			'its next secret'            => array( 'default', array( 'secret' => $next ) ),
			'290 seconds old'            => array( 'default', array( 'time' => -290 ) ),
			'290 seconds in the future'  => array( 'default', array( 'time' => 290 ) ),
			'Stripe'                     => array( 'stripe', array( 'route' => '/webhook/stripe', 'scheme' => 'stripe', 'secret' => $text ) ), // phpcs:ignore
			'GitHub'                     => array( 'github', array( 'route' => '/webhook/github', 'scheme' => 'github', 'secret' => $text ) ), // phpcs:ignore
			'plain HMAC'                 => array( 'plain_1', array( 'route' => '/webhook/plain_1', 'scheme' => 'hex', 'secret' => $text ) ), // phpcs:ignore
		);
	}

	/** @dataProvider schemes */
	public function test_an_event_from_its_source_is_kept_and_handled_once( string $source, array $options ): void {
		if ( isset( $options['time'] ) ) {
			$options['time'] += time(); // Not in the provider: that runs long before the test.
		}
		$id   = Webhook::id();
		$body = Webhook::body( array( 'id' => $id ) );
		self::assert_received( false, Webhook::send( $body, $id, $options ) );
		self::assert_acts( 1 );
		self::assert_received( true, Webhook::send( $body, $id, $options ) );
		self::assert_acts( 1, 'the second delivery acts no more' );

		list( $act ) = self::acts();
		self::assertSame( json_decode( $body, true ), $act['payload'] );
		self::assertSame( array( 'source', 'id', 'type', 'timestamp', 'received_at', 'attempts', 'body' ), array_keys( $act['event'] ) );
		self::assert_fields(
			array(
				'source'   => $source,
				'type'     => 'github' === $source ? 'push' : 'response.completed',
				'attempts' => 1,
				'body'     => $body,
			),
			$act['event']
		);
		self::assertEqualsWithDelta( time(), $act['event']['received_at'], 30 );
		self::assertSame( array( array( 'done', $source ) ), array_map( static fn( array $event ): array => array( $event['state'], $event['source'] ), self::inbox() ) );
	}

	public function test_the_published_vectors_are_what_these_tests_sign(): void {
		$secret = Webhook::SECRETS['AISP_TEST_WEBHOOK'];
		$id     = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
		$body   = '{"test": 2432232314}';
		self::assertSame( 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', Webhook::standard( $secret, $body, $id, 1614265330 ) );
		self::assert_error( 401, 'unauthorized', Webhook::send( $body, $id, array( 'time' => 1614265330 ) ) );
		self::assert_received( false, Webhook::send( $body, $id ), 'the same, signed now' );

		$github = array( 'X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17', 'X-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958', 'X-GitHub-Event: ping' );
		self::assert_received( false, Webhook::send( 'Hello, World!', null, array( 'route' => '/webhook/github', 'headers' => $github ) ) ); // phpcs:ignore
		self::assert_acts( 2 );
		self::assertSame( array( null, 'Hello, World!', 'ping' ), array( self::acts()[1]['payload'], self::acts()[1]['event']['body'], self::acts()[1]['event']['type'] ) );
	}

	public function test_the_raw_body_counts_whatever_wordpress_thinks_of_it(): void {
		$bodies = array( '{"broken": ', '', '5', 'null', '"text"', '[]', "{\"a\":\"\xC3\x28\"}", 'a=1&b[]=2', "\0\1\2", str_repeat( '[', 2000 ), '{"id":12345678901234567890}' );
		$ids    = array();
		foreach ( $bodies as $i => $body ) {
			foreach ( array( 'application/json', 'application/x-www-form-urlencoded', 'text/plain', 'application/cloudevents+json; charset=latin1' ) as $type ) {
				$ids[] = Webhook::id();
				self::assert_received( false, Webhook::send( $body, end( $ids ), array( 'type' => $type ) ), "body $i as $type" );
			}
		}
		self::eventually( static fn(): bool => count( self::acts() ) >= count( $ids ), 'all of them acted' );
		$acts = array_column( array_column( self::acts(), 'event' ), 'id' );
		self::assertEqualsCanonicalizing( $ids, $acts );
		self::assertSame( '12345678901234567890', self::acts()[ count( $ids ) - 1 ]['payload']['id'], 'no digit of a long number is lost' );
	}

	public function test_a_body_of_a_megabyte_comes_through(): void {
		$body = Webhook::body( array( 'text' => str_repeat( 'x', 1048576 - strlen( Webhook::body( array( 'text' => '' ) ) ) ) ) );
		self::assertSame( 1048576, strlen( $body ) );
		self::assert_received( false, Webhook::send( $body ) );
		self::assert_acts( 1 );
		self::assertSame( sha1( $body ), sha1( self::acts()[0]['event']['body'] ) );
	}

	public function test_eight_deliveries_at_once_are_one_event(): void {
		for ( $round = 0; $round < 5; $round++ ) {
			$call    = Webhook::call( Webhook::body(), Webhook::id() );
			$replies = Http::send_all( array_fill( 0, 8, $call ) );
			self::assertSame( array_fill( 0, 8, 200 ), array_column( $replies, 'status' ) );
			self::assertCount( 1, array_filter( $replies, static fn( Reply $reply ): bool => ! $reply->json()['duplicate'] ), 'one of them is new' );
		}
		self::assert_acts( 5 );
	}

	public function test_forty_events_at_once_all_act_once(): void {
		$calls = array();
		for ( $i = 0; $i < 40; $i++ ) {
			$calls[] = Webhook::call( Webhook::body(), "msg_burst_$i" );
		}
		self::assertSame( array( 200 ), array_values( array_unique( array_column( Http::send_all( $calls ), 'status' ) ) ) );
		self::eventually( static fn(): bool => count( self::acts() ) >= 40, 'all acted' );
		self::assertCount( 40, array_unique( array_column( array_column( self::acts(), 'event' ), 'id' ) ) );
		self::assertCount( 40, self::acts() );
	}

	public function test_who_is_logged_in_has_not_sent_it(): void {
		$session = Http::session( 'admin' );
		self::assert_received( false, Http::send( $session + Webhook::call( Webhook::body() ) ) );
		self::assert_acts( 1 );
		$line = file( getenv( 'SITE_ROOT' ) . '/wp-content/uploads/webhooks' )[0];
		self::assertSame( 0, json_decode( $line, true )[1], 'the handler runs as nobody' );
	}

	public function test_answers_are_not_kept_or_found(): void {
		foreach ( array( Webhook::send( Webhook::body() ), Webhook::send( '{}', null, array( 'headers' => array() ) ), Http::get( '/logs' ), Http::get( '/status', null ) ) as $reply ) {
			self::assertStringContainsString( 'no-store', (string) $reply->header( 'Cache-Control' ) );
			self::assertSame( 'noindex', $reply->header( 'X-Robots-Tag' ) );
		}
	}

	public function test_a_body_of_github_that_was_caught_is_known_under_any_id(): void {
		$body = '{"action":"opened"}';
		$sign = 'X-Hub-Signature-256: sha256=' . hash_hmac( 'sha256', $body, Webhook::SECRETS['AISP_TEST_WEBHOOK_TEXT'] );
		foreach ( array( false, true ) as $i => $duplicate ) {
			$headers = array( $sign, "X-GitHub-Delivery: delivery-$i", 'X-GitHub-Event: issues' );
			self::assert_received( $duplicate, Webhook::send( $body, null, array( 'route' => '/webhook/github', 'headers' => $headers ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing -- As above.
		}
	}

	public function test_site_health_warns_of_secrets_that_cannot_be_used(): void {
		$warnings = static function ( array $changes ): array {
			Site::policy( self::policy( $changes + array( 'webhooks' => Webhook::SOURCES ) ) );
			$description = Site::php( 'return AI_Secure_Proxy\Site_Health::test()["description"];' );
			preg_match_all( '#<p>([^<]*(?:is named by the settings|name no secret)[^<]*)</p>#', $description, $found );
			return $found[1];
		};
		self::assertSame( array(), $warnings( array() ) );
		$webhooks = array(
			'stripe' => array(
				'scheme'     => 'stripe',
				'secret_env' => 'AISP_TEST_UNSET',
			),
			'github' => array( 'scheme' => 'github' ),
		);
		$clients  = array( 'shop' => array( 'secret_env' => array( 'AISP_TEST_CLIENT', 'AISP_TEST_CLIENT_NEXT' ) ) );
		$expected = array(
			'AISP_TEST_CLIENT_NEXT is named by the settings for clients.shop, but is not set, or is no key.',
			'AISP_TEST_UNSET is named by the settings for webhooks.stripe, but is not set, or is no key.',
			'The settings name no secret for webhooks.github.',
		);
		self::assertSame(
			$expected,
			$warnings(
				array(
					'clients'  => $clients,
					'webhooks' => $webhooks,
				)
			)
		);
	}
}
