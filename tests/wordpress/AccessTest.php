<?php
/**
 * Who gets in: by application password, by cookie and nonce, or not at all.
 */

declare( strict_types=1 );

final class AccessTest extends SiteTestCase {

	/** @dataProvider those_who_write */
	public function test_who_can_edit_posts_may_infer( string $login, string $role ): void {
		$reply = Http::infer( array( 'prompt' => self::fresh() ), $login );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assert_fields( array( 'user_id' => Site::user( $login )['id'] ), self::only_record() );
		self::assertSame( $role, Site::user( $login )['role'] );
	}

	public static function those_who_write(): array {
		return array( array( 'admin', 'administrator' ), array( 'editor', 'editor' ), array( 'author', 'author' ) );
	}

	public function test_a_subscriber_may_not(): void {
		self::assert_error( 403, 'forbidden', Http::infer( array( 'prompt' => 'Hi' ), 'reader' ) );
		$this->assert_refused( 'caller_forbidden', 403, Site::user( 'reader' )['id'] );
	}

	public function test_nobody_has_to_log_in(): void {
		self::assert_error( 401, 'unauthorized', Http::infer( array( 'prompt' => 'Hi' ), null ) );
		$this->assert_refused( 'caller_unauthorized', 401, 0 );
	}

	public function test_a_wrong_application_password_is_refused(): void {
		$reply = Http::infer( array( 'prompt' => 'Hi' ), 'editor', array( 'password' => 'wrong' ) );
		self::assertSame( 401, $reply->status, $reply->body );
		$this->assert_refused( 'caller_unauthorized', 401, 0 );
	}

	public function test_a_broken_body_of_nobody_is_refused_for_its_sender(): void {
		self::assert_error( 401, 'unauthorized', Http::infer( '{"prompt":', null ) );
		$this->assert_refused( 'caller_unauthorized', 401, 0 );
	}

	/** @dataProvider those_who_write */
	public function test_a_cookie_with_a_nonce_gets_in( string $login ): void {
		$reply = Http::infer( array( 'prompt' => self::fresh() ), null, Http::session( $login ) );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assert_fields( array( 'user_id' => Site::user( $login )['id'] ), self::only_record() );
	}

	public function test_a_cookie_without_a_nonce_is_nobody(): void {
		$session = Http::session( 'editor' );
		unset( $session['nonce'] );
		self::assert_error( 401, 'unauthorized', Http::infer( array( 'prompt' => 'Hi' ), null, $session ) );
		$this->assert_refused( 'caller_unauthorized', 401, 0 );
	}

	public function test_a_cookie_with_a_bad_nonce_is_refused(): void {
		$reply = Http::infer( array( 'prompt' => 'Hi' ), null, array( 'nonce' => 'abcdef0123' ) + Http::session( 'editor' ) );
		self::assert_error( 403, 'rest_cookie_invalid_nonce', $reply );
		$this->assert_refused( 'caller_forbidden', 403, Site::user( 'editor' )['id'] ); // It was this user's browser.
	}

	public function test_a_subscribers_cookie_gets_nowhere(): void {
		self::assert_error( 403, 'forbidden', Http::infer( array( 'prompt' => 'Hi' ), null, Http::session( 'reader' ) ) );
	}

	/** @dataProvider managers_routes */
	public function test_log_and_status_are_for_managers( string $route ): void {
		self::assertSame( 200, Http::get( $route, 'admin' )->status );
		foreach ( array( 'editor', 'author', 'reader' ) as $login ) {
			self::assert_error( 403, 'forbidden', Http::get( $route, $login ) );
		}
		self::assert_error( 401, 'unauthorized', Http::get( $route, null ) );
	}

	public static function managers_routes(): array {
		return array( array( '/logs' ), array( '/status' ), array( '/metrics' ), array( '/metrics/prometheus' ) );
	}

	public function test_a_capability_can_be_given_and_taken(): void {
		$reader = Site::new_user( 'subscriber' );
		$change = 'get_user_by( "id", $in )->add_cap( "aisp_infer" );';
		Site::php( $change, $reader['id'] );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ), $reader['login'], $reader )->status );

		$editor = Site::new_user( 'editor' );
		Site::php( 'get_user_by( "id", $in )->add_cap( "aisp_infer", false );', $editor['id'] );
		self::assertSame( 403, Http::infer( array( 'prompt' => self::fresh() ), $editor['login'], $editor )->status );
	}

	private function assert_refused( string $error, int $status, int $user_id ): void {
		self::assertSame( array(), Mock::requests(), 'nothing is sent' );
		$record = self::only_record();
		self::assert_fields(
			array(
				'user_id'     => $user_id,
				'source'      => 'rest',
				'route'       => '/infer',
				'status_code' => $status,
				'error'       => $error,
				'attempts'    => 0,
			) + self::NOTHING,
			$record
		);
		self::assertMatchesRegularExpression( '/^[0-9a-f-]{36}$/', $record['uid'] );
	}

	public function test_the_word_of_own_proxies_counts_and_nobody_else_s(): void {
		$from  = static fn( string $forwarded ): int => Http::infer( array( 'prompt' => self::fresh() ), 'editor', array( 'headers' => array( "X-Forwarded-For: $forwarded" ) ) )->status;
		$allow = static function ( array $proxies ): void {
			$limit = array(
				'per'    => 'ip',
				'limit'  => 1,
				'period' => 3600 + random_int( 1, 9999 ),
			);
			Site::policy(
				self::policy(
					array(
						'throttle' => array( $limit ),
						'proxies'  => $proxies,
					)
				)
			);
		};
		$allow( array( '127.0.0.0/8' ) );
		self::assertSame( array( 200, 429, 200 ), array( $from( '203.0.113.1' ), $from( '198.51.100.9, 203.0.113.1' ), $from( '203.0.113.2' ) ) );
		$allow( array() );
		self::assertSame( array( 200, 429 ), array( $from( '203.0.113.1' ), $from( '203.0.113.2' ) ) );
	}
}
