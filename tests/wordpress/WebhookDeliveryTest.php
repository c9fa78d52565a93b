<?php
/**
 * Webhooks: what is verified is kept before it is acknowledged, acts once, and is tried again where a listener fails.
 */

declare( strict_types=1 );

final class WebhookDeliveryTest extends SiteTestCase {

	/** The bytes of AISP_TEST_WEBHOOK, and AISP_TEST_WEBHOOK_OLD as it is. */
	private const KEY = 'new secret of a site';
	private const OLD = 'old secret of a site';

	/** Keeps what a listener gets, one line an event; fails where the payload says so. */
	private const LISTEN = 'add_action( "aisp_webhook_received", static function ( $payload, array $event ) { file_put_contents( WP_CONTENT_DIR . "/uploads/events", json_encode( array( $payload, $event ) ) . "\n", FILE_APPEND ); if ( isset( $payload["fail"] ) ) { throw new DomainException( "secret" ); } }, 10, 2 );';

	protected function setUp(): void {
		parent::setUp();
		$secrets = array( 'AISP_TEST_WEBHOOK', 'AISP_TEST_WEBHOOK_OLD' );
		$sources = array(
			'default' => array(
				'scheme'     => 'standard',
				'secret_env' => $secrets,
			),
		);
		foreach ( array( 'stripe', 'github', 'hex' ) as $scheme ) {
			$sources[ $scheme ] = array(
				'scheme'     => $scheme,
				'secret_env' => 'AISP_TEST_WEBHOOK_OLD',
			);
		}
		Site::policy( self::policy( array( 'webhooks' => $sources ) ) );
		Site::mu_plugin( self::LISTEN );
		Site::php( 'aisp_webhook_forget( array( "site" => AI_Secure_Proxy\Access::site() ) ); file_put_contents( WP_CONTENT_DIR . "/uploads/events", "" );' );
	}

	/** @return array[] What the listener got: payload and event. */
	private static function acts(): array {
		$lines = Site::php( 'return file( WP_CONTENT_DIR . "/uploads/events", FILE_IGNORE_NEW_LINES );' );
		return array_map( static fn( string $line ): array => json_decode( $line, true ), $lines );
	}

	private static function deliver( string $route, string $body, array $headers, string $query = '' ): Reply {
		return Http::send( self::delivery( $route, $body, $headers, $query ) );
	}

	private static function delivery( string $route, string $body, array $headers, string $query = '' ): array {
		return Http::post_call(
			$route,
			$body,
			null,
			array(
				'headers' => $headers,
				'query'   => $query,
			)
		);
	}

	/** Headers of Standard Webhooks. */
	private static function standard( string $body, array $changes = array() ): array {
		$is   = $changes + array(
			'id'   => 'msg_' . bin2hex( random_bytes( 8 ) ),
			'time' => (string) time(),
			'key'  => self::KEY,
		);
		$sign = base64_encode( hash_hmac( 'sha256', "{$is['id']}.{$is['time']}.$body", $is['key'], true ) );
		return array( "webhook-id: {$is['id']}", "webhook-timestamp: {$is['time']}", 'webhook-signature: ' . ( $is['signature'] ?? "v1,$sign" ) );
	}

	public function test_each_scheme_is_taken_and_its_listener_asked_after_the_answer(): void {
		$body = '{"id":"evt_1","type":"response.completed","data":{"id":"resp_1"}}';
		$hex  = static fn( string $signed ): string => hash_hmac( 'sha256', $signed, self::OLD );
		$time = time();
		$sent = array(
			'/webhook'        => self::standard( $body ),
			'/webhook/stripe' => array( "Stripe-Signature: t=$time,v1=" . $hex( "$time.$body" ) ),
			'/webhook/github' => array( 'X-Hub-Signature-256: sha256=' . $hex( $body ), 'X-GitHub-Delivery: 72d3162e', 'X-GitHub-Event: push' ),
			'/webhook/hex'    => array( 'X-AISig: ' . $hex( $body ) ),
		);
		foreach ( $sent as $route => $headers ) {
			$reply = self::deliver( $route, $body, $headers );
			self::assertSame( array( 200, array( 'received' => true, 'duplicate' => false ) ), array( $reply->status, $reply->json() ), $route ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
			self::assertStringContainsString( 'no-store', (string) $reply->header( 'Cache-Control' ) );
		}
		self::eventually( static fn(): bool => 4 === count( self::acts() ), 'all have acted' );
		foreach ( self::acts() as list( $payload, $event ) ) {
			self::assertSame( 'resp_1', $payload['data']['id'] );
			self::assertSame( $body, $event['body'] );
		}
		$sources = array_column( array_column( self::acts(), 1 ), 'source' );
		sort( $sources );
		self::assertSame( array( 'default', 'github', 'hex', 'stripe' ), $sources );
	}

	public function test_a_second_delivery_is_acknowledged_and_acts_no_more(): void {
		$headers = self::standard( '{"type":"a"}' );
		$replies = Http::send_all( array_fill( 0, 8, self::delivery( '/webhook', '{"type":"a"}', $headers ) ) );
		$new     = array_filter( $replies, static fn( Reply $reply ): bool => 200 === $reply->status && false === $reply->json()['duplicate'] );
		self::assertCount( 1, $new );
		self::eventually( static fn(): bool => array() !== self::acts(), 'it acts' );
		self::assertTrue( self::deliver( '/webhook', '{"type":"a"}', $headers )->json()['duplicate'] );
		Site::php( 'AI_Secure_Proxy\Webhook\Inbox::each_minute();' );
		self::assertCount( 1, self::acts() );
		$caught = array( 'X-Hub-Signature-256: sha256=' . hash_hmac( 'sha256', '{}', self::OLD ), 'X-GitHub-Delivery: 1' );
		self::assertFalse( self::deliver( '/webhook/github', '{}', $caught )->json()['duplicate'] );
		$caught[1] = 'X-GitHub-Delivery: 2';
		self::assertTrue( self::deliver( '/webhook/github', '{}', $caught )->json()['duplicate'], 'under another id, that nobody signs' );
	}

	/** @return array<string, array{string, string, array}> */
	public static function forgeries(): array {
		$body = '{"type":"a"}';
		return array(
			'no headers'          => array( '/webhook', $body, array() ),
			'another secret'      => array( '/webhook', $body, self::standard( $body, array( 'key' => 'guessed' ) ) ),
			'another body'        => array( '/webhook', "$body ", self::standard( $body ) ),
			'an old one'          => array( '/webhook', $body, self::standard( $body, array( 'time' => (string) ( time() - 301 ) ) ) ),
			'one of the future'   => array( '/webhook', $body, self::standard( $body, array( 'time' => (string) ( time() + 400 ) ) ) ),
			'no time'             => array( '/webhook', $body, self::standard( $body, array( 'time' => 'now' ) ) ),
			'no Base64'           => array( '/webhook', $body, self::standard( $body, array( 'signature' => 'v1,%%%' ) ) ),
			'no version'          => array( '/webhook', $body, self::standard( $body, array( 'signature' => 'v1' ) ) ),
			'ten thousand'        => array( '/webhook', $body, self::standard( $body, array( 'signature' => str_repeat( 'v1,AAAA ', 500 ) ) ) ),
			'an id with a dot'    => array( '/webhook', $body, self::standard( $body, array( 'id' => 'a.b' ) ) ),
			'of another scheme'   => array( '/webhook', $body, array( 'X-AISig: ' . hash_hmac( 'sha256', $body, self::OLD ) ) ),
			'for another source'  => array( '/webhook/stripe', $body, self::standard( $body ) ),
			'for no source'       => array( '/webhook/nobody', $body, array( 'X-AISig: ' . hash_hmac( 'sha256', $body, '' ) ) ),
			'SHA-1'               => array( '/webhook/github', $body, array( 'X-Hub-Signature: sha1=' . hash_hmac( 'sha1', $body, self::OLD ), 'X-GitHub-Delivery: 1' ) ),
			'hex of odd length'   => array( '/webhook/hex', $body, array( 'X-AISig: abc' ) ),
			'a body of two megabytes' => array( '/webhook/hex', $big = str_repeat( 'x', 2 << 20 ), array( 'X-AISig: ' . hash_hmac( 'sha256', $big, self::OLD ) ) ),
		);
	}

	/** @dataProvider forgeries */
	public function test_what_does_not_hold_is_refused_and_leaves_nothing( string $route, string $body, array $headers ): void {
		$reply = self::deliver( $route, $body, $headers );
		self::assertContains( $reply->status, array( 401, 413 ) );
		if ( 401 === $reply->status ) {
			self::assert_error( 401, 'unauthorized', $reply );
		}
		self::assertSame( array(), Site::php( 'return aisp_webhook_list( array( "site" => AI_Secure_Proxy\Access::site() ) );' ) );
	}

	public function test_both_secrets_hold_while_they_are_changed_and_any_body_does(): void {
		foreach ( array( '{"a":1}', '', '{"a":', "\xff\xfe", '[]' ) as $body ) {
			self::assertSame( 200, self::deliver( '/webhook', $body, self::standard( $body, array( 'key' => self::OLD ) ) )->status, $body );
		}
		self::assertSame( 400, self::deliver( '/webhook', '{}', self::standard( '{}' ), '?_jsonp=f' )->status );
	}

	public function test_a_listener_that_fails_is_asked_again_later_and_the_event_can_be_forgotten(): void {
		$this->expect_php_log( '/aisp_webhook_received: DomainException in/' );
		self::assertSame( 200, self::deliver( '/webhook', '{"fail":1}', self::standard( '{"fail":1}' ) )->status );
		self::eventually( static fn(): bool => 1 === count( self::acts() ), 'the first attempt' );
		$event = static fn(): array => Site::php( 'return aisp_webhook_list( array( "site" => AI_Secure_Proxy\Access::site() ) )[0];' );
		self::eventually( static fn(): bool => 'waiting' === $event()['state'], 'it waits' );
		self::assertSame( array( 1, 'DomainException' ), array( $event()['attempts'], $event()['error'] ) );
		self::assertEqualsWithDelta( time() + 15, $event()['due_at'], 6 );
		// What nobody could handle is shown, and can be put back; when it becomes so, tests/store_inbox.rs says.
		self::assertSame( 'error', self::wp( 'webhook', 'replay' )[0][0] );
		self::assertSame( 'error', self::wp( 'webhook', 'replay', (string) $event()['id'] )[0][0], 'it is not dead' );
		self::assertSame( 'success', self::wp( 'webhook', 'forget', (string) $event()['id'], '--yes' )[0][0] );
		self::assertSame( array(), Site::php( 'return aisp_webhook_list( array( "site" => AI_Secure_Proxy\Access::site() ) );' ) );
	}
}
