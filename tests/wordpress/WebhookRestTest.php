<?php
/**
 * The inbox over REST, as the screen Webhooks uses it: list, look, replay, forget; and who may send.
 */

declare( strict_types=1 );

final class WebhookRestTest extends WebhookTestCase {

	private const FIELDS = array( 'id', 'source', 'event', 'type', 'timestamp', 'received_at', 'state', 'attempts', 'due_at', 'error' );

	public function test_events_are_listed_without_what_came_in_them_and_one_is_shown_with_it(): void {
		Site::mu_plugin( self::NO_WORK_IN_REQUESTS );
		$id   = Webhook::id();
		$body = '{"type":"response.completed","data":{"n":12345678901234567890,"none":{},"text":"Αθήνα"}}';
		self::assert_received( false, Webhook::send( $body, $id ) );
		list( $event ) = self::get( '' );
		self::assert_same_keys( self::FIELDS, $event );
		self::assert_fields(
			array(
				'source'   => 'default',
				'event'    => $id,
				'type'     => 'response.completed',
				'state'    => 'waiting',
				'attempts' => 0,
				'error'    => null,
			),
			$event
		);
		$reply = Http::get( "/webhooks/$event[id]" );
		self::assert_same_keys( array( ...self::FIELDS, 'payload' ), $reply->json() );
		self::assertStringContainsString( '"payload":' . str_replace( '12345678901234567890', '"12345678901234567890"', $body ), stripslashes( json_encode( json_decode( $reply->body ), JSON_UNESCAPED_UNICODE ) ) );
		self::wp( 'webhook', 'work' );
		$done = self::get( "/$event[id]" );
		self::assertSame( array( 'done', null ), array( $done['state'], $done['payload'] ), 'what is handled is kept no longer' );
	}

	public function test_pages_and_filters(): void {
		foreach ( array( 'a', 'b', 'c' ) as $type ) {
			self::assert_received( false, Webhook::send( Webhook::body( array( 'type' => $type ) ) ) );
		}
		$secret = Webhook::SECRETS['AISP_TEST_WEBHOOK_TEXT'];
		self::assert_received( false, Webhook::send( '{"type":"d"}', null, array( 'route' => '/webhook/github', 'scheme' => 'github', 'secret' => $secret ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assert_acts( 4 );
		$all = self::get( '' );
		self::assertSame( array( 'github', 'default', 'default', 'default' ), array_column( $all, 'source' ) );
		self::assertSame( array( 'c', 'b' ), array_column( self::get( '?per_page=2&before=' . $all[0]['id'] ), 'type' ) );
		self::assertSame( array( 'a' ), array_column( self::get( '?per_page=2&before=' . $all[2]['id'] ), 'type' ) );
		self::assertSame( array( 'github' ), array_column( self::get( '?source=github' ), 'source' ) );
		self::assertCount( 4, self::get( '?state=done' ) );
		self::assertSame( array(), self::get( '?state=dead' ) );
	}

	public function test_ends_of_jobs_are_listed_where_they_are_asked_for_and_where_they_are_dead(): void {
		self::assert_received( false, Webhook::send( Webhook::body() ) );
		self::assert_acts( 1 );
		$job = Http::send( Http::post_call( '/jobs', array( 'prompt' => self::fresh() ) ) )->json()['job_id'];
		self::wp( 'worker', '--stop-when-empty' );
		self::assertSame( array( 'default' ), array_column( self::get( '' ), 'source' ) );
		self::assertSame( array( ':job', 'default' ), array_column( self::get( '?jobs=true' ), 'source' ) );
		$ends = self::get( '?source=:job' );
		self::assertSame( array( 'job.completed' ), array_column( $ends, 'type' ) );
		self::assertStringStartsWith( "$job:", $ends[0]['event'] );
		self::on_store( "UPDATE inbox SET state = 3 WHERE source = ':job'" );
		self::assertSame( array( ':job' ), array_column( self::get( '?state=dead' ), 'source' ) );
	}

	public function test_a_dead_event_is_replayed_and_handled_as_nobody_once_that_is_answered(): void {
		$ids = $this->dead( 1 );
		self::mend();
		$reply = self::act( 'POST', "/$ids[0]/replay" );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertSame( array( $ids[0], 0 ), array( $reply->json()['id'], $reply->json()['attempts'] ) );
		self::eventually( static fn(): bool => 'done' === self::get( "/$ids[0]" )['state'], 'handled' );
		$lines = file( getenv( 'SITE_ROOT' ) . '/wp-content/uploads/webhooks', FILE_IGNORE_NEW_LINES );
		self::assertSame( 0, json_decode( end( $lines ), true )[1], 'the handler runs as nobody' );
		self::assert_error( 409, 'conflict', self::act( 'POST', "/$ids[0]/replay" ) );
	}

	public function test_many_are_replayed_at_once(): void {
		$ids = $this->dead( 4 );
		Site::mu_plugin( self::NO_WORK_IN_REQUESTS );
		self::assertSame( array( 'replayed' => 2 ), self::replay( array( 'ids' => array( $ids[0], $ids[1], 999999999 ) ) )->json() );
		self::assertSame( array( 'replayed' => 0 ), self::replay( array( 'source' => 'stripe' ) )->json() );
		self::assertSame( array( 'replayed' => 2 ), self::replay( array( 'source' => 'default' ) )->json() );
		self::on_store( 'UPDATE inbox SET state = 3' );
		self::assertSame( array( 'replayed' => 4 ), self::replay( array( 'all' => true ) )->json() );
		self::assertSame( array(), self::get( '?state=dead' ) );
	}

	public function test_an_event_is_forgotten_unless_it_is_being_handled(): void {
		Site::mu_plugin( self::NO_WORK_IN_REQUESTS );
		$id = Webhook::id();
		self::assert_received( false, Webhook::send( '{}', $id ) );
		list( $event ) = self::get( '' );
		self::on_store( 'UPDATE inbox SET state = 1, due_us = due_us + 60000000' );
		self::assert_error( 409, 'conflict', self::act( 'DELETE', "/$event[id]" ) );
		self::on_store( 'UPDATE inbox SET state = 0' );
		self::assertSame( array( 'forgotten' => 1 ), self::act( 'DELETE', "/$event[id]" )->json() );
		self::assert_error( 404, 'not_found', self::act( 'DELETE', "/$event[id]" ) );
		self::assert_received( false, Webhook::send( '{}', $id ), 'it is new again' );
	}

	public function test_sources_say_where_to_send_to_and_whether_their_secret_is_set_and_not_which(): void {
		$none = array( 'unset' => array( 'scheme' => 'stripe', 'secret_env' => 'AISP_TEST_NO_SUCH_SECRET' ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		Site::policy( self::policy( array( 'webhooks' => Webhook::SOURCES + $none ) ) );
		self::assert_received( false, Webhook::send( '{"type":"a"}' ) );
		$reply   = Http::get( '/webhooks/sources' );
		$sources = array_column( $reply->json(), null, 'name' );
		$base    = getenv( 'SITE_URL' ) . '/wp-json/ai-secure-proxy/v1/webhook';
		self::assertSame( array( ...array_keys( Webhook::SOURCES ), 'unset' ), array_keys( $sources ) );
		self::assertSame( array( $base, "$base/stripe" ), array( $sources['default']['url'], $sources['stripe']['url'] ) );
		self::assertSame( array( 'standard', array( 'AISP_TEST_WEBHOOK', 'AISP_TEST_WEBHOOK_NEXT' ) ), array( $sources['default']['scheme'], $sources['default']['secret_env'] ) );
		self::assertSame( array( true, true, false ), array( $sources['default']['secret_set'], $sources['github']['secret_set'], $sources['unset']['secret_set'] ) );
		self::assertSame( array( 'a', null ), array( $sources['default']['last_event']['type'], $sources['stripe']['last_event'] ) );
		foreach ( Webhook::SECRETS as $secret ) {
			self::assertStringNotContainsString( trim( (string) json_encode( $secret ), '"' ), $reply->body );
		}
		Site::policy( self::policy() );
		self::assertSame( array(), self::get( '/sources' ) );
	}

	public static function routes(): array {
		return array(
			'list'        => array( 'GET', '' ),
			'sources'     => array( 'GET', '/sources' ),
			'one'         => array( 'GET', '/1' ),
			'forget'      => array( 'DELETE', '/1' ),
			'replay'      => array( 'POST', '/1/replay' ),
			'replay many' => array( 'POST', '/replay?all=true' ),
		);
	}

	/** @dataProvider routes */
	public function test_only_who_manages_the_proxy_may( string $method, string $path ): void {
		self::assert_error( 403, 'forbidden', self::act( $method, $path, 'editor' ) );
		self::assert_error( 401, 'unauthorized', self::act( $method, $path, null ) );
	}

	public static function mistakes(): array {
		return array(
			'no such state'   => array( 'GET', '?state=gone', 400, 'state' ),
			'no name'         => array( 'GET', '?source=A%20B', 400, 'source' ),
			'an array'        => array( 'GET', '?source[]=a', 400, 'source' ),
			'too many'        => array( 'GET', '?per_page=101', 400, 'per_page' ),
			'before nothing'  => array( 'GET', '?before=0', 400, 'before' ),
			'before what'     => array( 'GET', '?before=x', 400, 'before' ),
			'jobs or not'     => array( 'GET', '?jobs=perhaps', 400, 'jobs' ),
			'no number'       => array( 'GET', '/1?id=x', 400, 'id' ),
			'not there'       => array( 'GET', '/999999999', 404, 'event' ),
			'far away'        => array( 'GET', '/999999999999999999', 404, 'event' ),
			'replay none'     => array( 'POST', '/replay', 400, 'ids, source or all' ),
			'replay not all'  => array( 'POST', '/replay?all=false', 400, 'ids, source or all' ),
			'replay two ways' => array( 'POST', '/replay?all=true&source=stripe', 400, 'ids, source or all' ),
			'replay words'    => array( 'POST', '/replay?ids=a,b', 400, 'ids' ),
			'replay no ids'   => array( 'POST', '/replay?ids=', 400, 'ids' ),
			'replay absent'   => array( 'POST', '/999999999/replay', 404, 'event' ),
			'forget absent'   => array( 'DELETE', '/999999999', 404, 'event' ),
		);
	}

	/** @dataProvider mistakes */
	public function test_what_is_wrong_is_said( string $method, string $path, int $status, string $word ): void {
		$reply = self::act( $method, $path );
		self::assertSame( $status, $reply->status, $reply->body );
		self::assertStringContainsString( $word, $reply->body );
	}

	public function test_events_of_another_site_are_not_there(): void {
		$ids = $this->dead( 1 );
		self::on_store( "UPDATE inbox SET site = 'http://elsewhere.test'" );
		self::assertSame( array(), self::get( '?state=dead' ) );
		foreach ( array( array( 'GET', '' ), array( 'DELETE', '' ), array( 'POST', '/replay' ) ) as list( $method, $then ) ) {
			self::assert_error( 404, 'not_found', self::act( $method, "/$ids[0]$then" ) );
		}
		self::assertSame( array( 'replayed' => 0 ), self::replay( array( 'ids' => $ids ) )->json() );
		self::assertSame( array( 'replayed' => 0 ), self::replay( array( 'all' => true ) )->json() );
		self::assertSame( '1', (string) self::count_of_all_sites( 'dead' ) );
	}

	/** So many dead events of the default source; their numbers, newest first. */
	private function dead( int $count ): array {
		Site::mu_plugin( 'if ( ! file_exists( WP_CONTENT_DIR . "/uploads/webhooks.mended" ) ) {' . self::NO_WORK_IN_REQUESTS . '}' );
		for ( $i = 0; $i < $count; $i++ ) {
			self::assert_received( false, Webhook::send( Webhook::body( array( 'throw' => true ) ) ) );
		}
		self::on_store( 'UPDATE inbox SET state = 3, attempts = 8' );
		return array_column( self::get( '?state=dead' ), 'id' );
	}

	/** How many events of all sites are in a state. */
	private static function count_of_all_sites( string $state ): int {
		return Site::php( 'return count( aisp_webhook_list( array( "state" => $in ) ) );', $state );
	}

	private static function get( string $path ): array {
		$reply = Http::get( "/webhooks$path" );
		self::assertSame( 200, $reply->status, $reply->body );
		return $reply->json();
	}

	private static function act( string $method, string $path, ?string $login = 'admin' ): Reply {
		return Http::send( array( 'method' => $method ) + Http::get_call( "/webhooks$path", $login ) );
	}

	private static function replay( array $which ): Reply {
		return Http::send( Http::post_call( '/webhooks/replay', $which, 'admin' ) );
	}

	private static function assert_same_keys( array $expected, array $given ): void {
		sort( $expected );
		$keys = array_keys( $given );
		sort( $keys );
		self::assertSame( $expected, $keys );
	}
}
