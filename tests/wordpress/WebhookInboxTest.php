<?php
/**
 * An event that was acknowledged is handled in the end, or lies there dead until somebody looks: `wp aisp webhook`.
 */

declare( strict_types=1 );

final class WebhookInboxTest extends WebhookTestCase {

	private const FIELDS = array( 'id', 'source', 'event', 'type', 'state', 'attempts', 'error', 'received_at', 'due_at' );

	public function test_a_handler_that_throws_is_tried_again_until_the_event_is_dead_and_can_be_replayed(): void {
		$this->expect_php_log( '/^(.*AI Secure Proxy: aisp_webhook_received: LogicException in \S+:\d+\n){8}$/' ); // And no word of the event.
		$id   = Webhook::id();
		$body = Webhook::body( array( 'throw' => true ) );
		self::assert_received( false, Webhook::send( $body, $id ) );
		self::assert_acts( 1 );
		list( $event ) = self::inbox();
		self::assertSame( array( 'waiting', 1, 'LogicException' ), array( $event['state'], $event['attempts'], $event['error'] ) );
		self::assertGreaterThan( time() + 5, $event['due_at'] );
		self::assertSame( array( array( 'success', '0 handled, 0 failed.' ) ), self::wp( 'webhook', 'work' ), 'it is not due yet' );
		self::assert_received( true, Webhook::send( $body, $id ), 'the sender repeats it' );

		for ( $attempt = 2; $attempt <= 8; $attempt++ ) {
			self::make_due();
			self::assertSame( array( array( 'warning', '0 handled, 1 failed.' ) ), self::wp( 'webhook', 'work', '--max=1' ) );
		}
		self::assertSame( range( 1, 8 ), array_column( array_column( self::acts(), 'event' ), 'attempts' ) );
		list( list( , , $fields, $rows ) ) = self::wp( 'webhook', 'list', '--state=dead', '--source=default' );
		self::assertSame( self::FIELDS, $fields );
		self::assert_fields(
			array(
				'source'   => 'default',
				'event'    => $id,
				'type'     => 'response.completed',
				'state'    => 'dead',
				'attempts' => 8,
				'error'    => 'LogicException',
			),
			$rows[0]
		);
		self::make_due();
		self::assertSame( array( array( 'success', '0 handled, 0 failed.' ) ), self::wp( 'webhook', 'work' ), 'it is dead' );
		self::assertStringContainsString( 'wp aisp webhook list', Site::php( 'return AI_Secure_Proxy\Site_Health::test()["description"];' ) );
		self::assertSame( '0 waiting, 1 dead', Site::php( 'return AI_Secure_Proxy\Site_Health::debug_information( array() )["ai-secure-proxy"]["fields"]["inbox"]["value"];' ) );

		self::mend();
		self::assertSame( array( array( 'success', '1 event will be handled again.' ) ), self::wp( 'webhook', 'replay', (string) $rows[0]['id'] ) );
		self::assertSame( array( array( 'success', '1 handled, 0 failed.' ) ), self::wp( 'webhook', 'work' ) );
		self::assertSame( array( 'done' ), array_column( self::inbox(), 'state' ) );
		self::assertSame( $body, self::acts()[8]['event']['body'] );
	}

	public function test_cron_handles_what_no_request_did(): void {
		Site::mu_plugin( self::NO_WORK_IN_REQUESTS );
		for ( $i = 0; $i < 60; $i++ ) {
			self::assert_received( false, Webhook::send( Webhook::body() ) );
		}
		self::assertSame( array(), self::acts() );
		Site::php( 'do_action( "aisp_drain_log" );' );
		self::assertCount( 50, self::acts(), 'fifty a run' );
		Site::php( 'do_action( "aisp_drain_log" );' );
		self::assert_acts( 60 );
	}

	public function test_workers_at_the_same_time_share_the_events(): void {
		Site::mu_plugin( self::NO_WORK_IN_REQUESTS );
		for ( $i = 0; $i < 30; $i++ ) {
			Webhook::send( Webhook::body() );
		}
		$workers = array();
		for ( $i = 0; $i < 3; $i++ ) {
			$workers[] = self::start_wp( 'webhook', 'work' );
		}
		array_map( array( Site::class, 'wait' ), $workers );
		self::assert_acts( 30 );
		self::assertCount( 30, array_unique( array_column( array_column( self::acts(), 'event' ), 'id' ) ) );
	}

	public function test_a_handler_that_dies_is_called_again_once_its_lease_has_run_out(): void {
		Site::mu_plugin( 'add_action( "aisp_webhook_received", static function ( $payload, $event ) { if ( 1 === $event["attempts"] ) { exit; } }, 20, 2 );' );
		self::assert_received( false, Webhook::send( Webhook::body() ) );
		self::assert_acts( 1 );
		self::assertSame( array( 'leased' ), array_column( self::inbox(), 'state' ) );
		self::make_due();
		self::assertSame( array( array( 'success', '1 handled, 0 failed.' ) ), self::wp( 'webhook', 'work' ) );
		self::assertSame( array( 1, 2 ), array_column( array_column( self::acts(), 'event' ), 'attempts' ) );
	}

	public function test_events_of_another_site_are_none_of_ours(): void {
		Site::mu_plugin( self::NO_WORK_IN_REQUESTS );
		Webhook::send( Webhook::body() );
		$id = (string) self::inbox()[0]['id'];
		Site::mu_plugin( 'add_filter( "option_siteurl", static fn() => "http://elsewhere.test" );' );
		self::assertSame( array( array( 'success', '0 handled, 0 failed.' ) ), self::wp( 'webhook', 'work' ) );
		self::assertSame( array(), self::wp( 'webhook', 'list' )[0][3] );
		self::assertSame( 'error', self::wp( 'webhook', 'show', $id )[0][0] );
		self::assertSame( array( array( 'success', '0 events forgotten.' ) ), self::wp( 'webhook', 'forget', '--state=waiting', '--yes' ) );
	}

	public function test_forget_asks_and_then_forgets_what_was_named(): void {
		$ids = array( Webhook::id(), Webhook::id(), Webhook::id() );
		foreach ( $ids as $id ) {
			self::assert_received( false, Webhook::send( '{}', $id ) );
		}
		self::assert_acts( 3 );
		$first = (string) self::inbox()[2]['id'];
		self::assertSame( array( array( 'confirm', "Forget what is $first?" ) ), self::wp( 'webhook', 'forget', $first ) );
		self::assertCount( 3, self::inbox() );
		self::assertSame( array( array( 'success', '1 event forgotten.' ) ), self::wp( 'webhook', 'forget', $first, '--yes' ) );
		self::assert_received( false, Webhook::send( '{}', $ids[0] ), 'it is new again' );
		self::assert_acts( 4 );
		self::assertSame( array( array( 'success', '0 events forgotten.' ) ), self::wp( 'webhook', 'forget', '--state=done', '--source=stripe', '--yes' ) );
		self::assertSame( array( array( 'success', '3 events forgotten.' ) ), self::wp( 'webhook', 'forget', '--state=done', '--yes' ) );
		self::assertSame( array(), self::inbox() );
	}

	public function test_show_has_the_event_in_full(): void {
		Site::mu_plugin( self::NO_WORK_IN_REQUESTS );
		$body = '{"type":"response.completed","data":{"id":"r","output":{},"tags":[],"n":12345678901234567890,"text":"\\u001b[31mΑθήνα"}}';
		self::assert_received( false, Webhook::send( $body ) );
		list( $event ) = self::inbox();
		$id            = (string) $event['id'];

		list( list( $kind, $format, $fields, $rows ) ) = self::wp( 'webhook', 'show', $id );
		self::assertSame( array( 'items', 'table', array( 'field', 'value' ) ), array( $kind, $format, $fields ) );
		$shown = array_column( $rows, 'value', 'field' );
		self::assertSame( array( ...self::FIELDS, 'payload' ), array_keys( $shown ) );
		self::assertSame( array( $id, $event['event'], 'waiting' ), array( $shown['id'], $shown['event'], $shown['state'] ) );
		self::assertSame( gmdate( 'Y-m-d H:i:s', $event['received_at'] ), $shown['received_at'] );
		self::assertSame( str_replace( '12345678901234567890', '"12345678901234567890"', $body ), $shown['payload'], 'as it came, on one line' );

		foreach ( array( 'json', 'yaml' ) as $format ) {
			list( list( $kind, $printed, $value ) ) = self::wp( 'webhook', 'show', $id, "--format=$format" );
			self::assertSame( array( 'value', $format, $event['id'] ), array( $kind, $printed, $value['id'] ) );
			self::assertSame( json_decode( $body, true, 512, JSON_BIGINT_AS_STRING ), $value['payload'] );
		}

		self::wp( 'webhook', 'work' );
		self::assertNull( self::wp( 'webhook', 'show', $id, '--format=json' )[0][2]['payload'], 'what is handled is kept no longer' );
		self::assertSame( '', array_column( self::wp( 'webhook', 'show', $id )[0][3], 'value', 'field' )['payload'] );
	}

	public function test_show_has_a_body_that_is_no_json_as_a_text(): void {
		Site::mu_plugin( self::NO_WORK_IN_REQUESTS );
		self::assert_received( false, Webhook::send( "no JSON\x1b[31m\xff\n" ) );
		$id = (string) self::inbox()[0]['id'];
		self::assertSame( "\"no JSON\\u001b[31m\u{FFFD}\\n\"", array_column( self::wp( 'webhook', 'show', $id )[0][3], 'value', 'field' )['payload'] );
		self::assertSame( "no JSON\x1b[31m\u{FFFD}\n", self::wp( 'webhook', 'show', $id, '--format=json' )[0][2]['payload'] );
	}

	public static function misuses(): array {
		return array(
			'replay nothing'         => array( array( 'replay' ) ),
			'replay one and all'     => array( array( 'replay', '1', '--all' ) ),
			'replay what is no id'   => array( array( 'replay', 'msg_1' ) ),
			'replay what is not'     => array( array( 'replay', '999999' ) ),
			'forget nothing'         => array( array( 'forget', '--yes' ) ),
			'forget one and more'    => array( array( 'forget', '1', '--state=done', '--yes' ) ),
			'forget what is handled' => array( array( 'forget', '--state=leased', '--yes' ) ),
			'show what is no id'     => array( array( 'show', 'msg_1' ) ),
			'show what is not'       => array( array( 'show', '999999' ) ),
			'list no state'          => array( array( 'list', '--state=gone' ) ),
			'list too many'          => array( array( 'list', '--max=1001' ) ),
			'work on nothing'        => array( array( 'work', '--max=0' ) ),
		);
	}

	/** @dataProvider misuses */
	public function test_misuse_is_said( array $words ): void {
		$said = self::wp( 'webhook', ...$words );
		self::assertSame( array( 'error' ), array_column( $said, 0 ), json_encode( $said, JSON_THROW_ON_ERROR ) );
	}
}
