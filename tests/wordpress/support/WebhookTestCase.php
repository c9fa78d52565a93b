<?php
/**
 * A test of webhooks: it starts with an empty inbox, and a site that writes down what its handler gets.
 */

declare( strict_types=1 );

abstract class WebhookTestCase extends SiteTestCase {

	/** Keeps what the action gets, one line an event; throws where the payload says so. */
	private const LISTEN = '
		add_action( "aisp_webhook_received", static function ( ...$given ) {
			$file = WP_CONTENT_DIR . "/uploads/webhooks";
			file_put_contents( $file, json_encode( array( $given, get_current_user_id() ), JSON_INVALID_UTF8_SUBSTITUTE ) . "\n", FILE_APPEND | LOCK_EX );
			if ( ! empty( $given[0]["throw"] ) && ! file_exists( $file . ".mended" ) ) {
				throw new LogicException( "canary: " . $given[1]["body"] );
			}
		}, 10, 2 );';

	/** Keeps requests from handling what they bring, like a server that cannot answer before it works. */
	protected const NO_WORK_IN_REQUESTS = 'add_action( "shutdown", static function () { remove_action( "shutdown", array( AI_Secure_Proxy\Webhook\Inbox::class, "when_answered" ), 110 ); }, 1 );';

	protected function setUp(): void {
		parent::setUp();
		Site::policy( self::policy( array( 'webhooks' => Webhook::SOURCES ) ) );
		self::forget();
		Site::php( 'file_put_contents( WP_CONTENT_DIR . "/uploads/webhooks", "" ); @unlink( WP_CONTENT_DIR . "/uploads/webhooks.mended" );' );
		Site::mu_plugin( self::LISTEN );
	}

	/** Empties the inbox, of this site and of any other. */
	protected static function forget(): void {
		self::on_store( 'DELETE FROM inbox' );
	}

	/** The handler no longer throws. */
	protected static function mend(): void {
		Site::php( 'touch( WP_CONTENT_DIR . "/uploads/webhooks.mended" );' );
	}

	/** Time passes: what waits for its next attempt is due, and leases have run out. */
	protected static function make_due(): void {
		self::on_store( 'UPDATE inbox SET due_us = 0' );
	}

	/** @return array[] The inbox, newest first. */
	protected static function inbox( array $filter = array() ): array {
		return Site::php( 'return aisp_webhook_list( $in + array( "site" => AI_Secure_Proxy\Access::site() ) );', $filter );
	}

	/** @return array[] payload and event of each time that the action fired. */
	protected static function acts(): array {
		return array_map(
			static fn( string $line ): array => array_combine( array( 'payload', 'event' ), json_decode( $line, true, 512, JSON_THROW_ON_ERROR )[0] ),
			file( getenv( 'SITE_ROOT' ) . '/wp-content/uploads/webhooks', FILE_IGNORE_NEW_LINES )
		);
	}

	/** Waits until the action has fired so often; and a little longer, for once too many. */
	protected static function assert_acts( int $times, string $message = '' ): void {
		self::eventually( static fn(): bool => count( self::acts() ) >= $times, "acted: $message" );
		usleep( 200000 );
		self::assertCount( $times, self::acts(), $message );
	}

	protected static function assert_received( bool $duplicate, Reply $reply, string $message = '' ): void {
		self::assertSame( 200, $reply->status, "$message: $reply->body" );
		self::assertSame(
			array(
				'received'  => true,
				'duplicate' => $duplicate,
			),
			$reply->json(),
			$message
		);
	}

	/** Nothing has come in, and nothing happened. */
	protected static function assert_nothing(): void {
		self::assertSame( array(), self::inbox() );
		self::assertSame( array(), self::acts() );
	}
}
