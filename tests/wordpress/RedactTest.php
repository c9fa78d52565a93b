<?php
/**
 * Private values do not leave the server: the provider, the cache and the log get placeholders, the caller gets the values.
 */

declare( strict_types=1 );

final class RedactTest extends SiteTestCase {

	private const CARD  = '4012 8888 8888 1881';
	private const PHONE = '+44 20 7946 0018';

	private string $email;

	protected function setUp(): void {
		parent::setUp();
		$this->email = self::address();
	}

	public function test_the_provider_gets_placeholders_and_the_caller_gets_the_values(): void {
		self::provider_says( 'Dear [EMAIL_1], we call [PHONE_1] about [CARD_1].' );
		$reply  = Http::infer( $this->letter() );
		$result = $reply->json()['result'];
		self::assertSame( "Dear $this->email, we call " . self::PHONE . ' about ' . self::CARD . '.', $result['text'] );
		self::assertEquals( array( 'card' => 1, 'email' => 2, 'phone' => 1 ), $result['redacted'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$sent = self::sent();
		foreach ( array( '[EMAIL_1]', '[CARD_1]', '[PHONE_1]' ) as $placeholder ) {
			self::assertStringContainsString( $placeholder, $sent );
		}
		$this->assert_private( $sent );
	}

	public function test_a_stream_has_the_values_too(): void {
		self::provider_says( 'So, [EMAIL_1] and [EMAIL_2] and [PHONE_1], [EMAIL_1]! [EMAIL_9] [', 2 );
		$other = self::address();
		$body  = array(
			'prompt' => self::fresh( "Write to $this->email and $other, call " . self::PHONE ),
			'system' => "You are the secretary of $other.",
		);
		$text  = "$other and $this->email";
		foreach ( array( false, true ) as $cached ) {
			$stream = Events::of( $body );
			self::assertSame( $cached, $stream->one( 'result' )['cached'] );
			self::assertSame( 'So, ' . $text . ' and ' . self::PHONE . ", $other! [EMAIL_9] [", $stream->text() );
			self::assertSame( $stream->text(), $stream->one( 'result' )['result']['text'] );
		}
		$this->assert_private( self::sent() );
	}

	public function test_two_people_share_one_kept_answer_and_each_sees_his_own(): void {
		$words = self::fresh( 'please' );
		self::provider_says( 'Dear [EMAIL_1]!' );
		foreach ( array( '/infer', '/infer/stream', '/infer' ) as $i => $route ) {
			$email = self::address();
			$body  = array( 'prompt' => "Greet $email $words" );
			$login = 1 === $i ? 'author' : 'editor';
			if ( '/infer' === $route ) {
				$result = Http::infer( $body, $login )->json()['result'];
			} else {
				$stream = Events::of( $body, $login );
				$result = $stream->one( 'result' )['result'];
				self::assertSame( "Dear $email!", $stream->text() );
			}
			self::assertSame( array( "Dear $email!", $i > 0 ), array( $result['text'], $result['cached'] ) );
			$hashes[] = $result['req_hash'];
		}
		self::assertCount( 1, array_unique( $hashes ) );
		self::assertCount( 1, Mock::requests() );
	}

	public function test_people_who_wait_for_the_same_answer_each_see_their_own(): void {
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 1.5,
			)
		);
		self::provider_says( 'Dear [EMAIL_1]!' );
		$words  = self::fresh( 'please' );
		$emails = array_map( static fn(): string => self::address(), range( 1, 6 ) );
		$calls  = array_map( static fn( string $email ): array => Http::infer_call( array( 'prompt' => "Greet $email $words" ) ), $emails );
		$texts  = array_map( static fn( Reply $reply ): string => $reply->json()['result']['text'], Http::send_all( $calls ) );
		self::assertSame( array_map( static fn( string $email ): string => "Dear $email!", $emails ), $texts );
		self::assertCount( 1, Mock::requests() );
	}

	public function test_neither_the_store_nor_a_log_has_the_values(): void {
		self::provider_says( 'Dear [EMAIL_1], we call [PHONE_1] about [CARD_1].', null );
		$letter = $this->letter();
		Http::infer( $letter );
		Http::infer( $letter );
		Events::of( array( 'temperature' => 0.5 ) + $letter );
		Http::batch( array( 'requests' => array( array( 'temperature' => 0.7 ) + $letter, array( 'model' => $this->email ) + $letter ) ) );
		Http::infer( array( 'prompt' => '' ) + $letter );
		$this->assert_private( self::store() );
		self::assertStringContainsString( '[CARD_1]', self::store(), 'the kept answer is there' );

		self::assertCount( 6, self::logs() );
		$this->assert_private( json_encode( Site::log(), JSON_THROW_ON_ERROR ) );
		$this->assert_private( self::store() );
		$this->assert_private( file_get_contents( (string) getenv( 'SITE_LOG' ) ) . file_get_contents( (string) getenv( 'SITE_DEBUG_LOG' ) ) );
	}

	public function test_a_dry_run_shows_the_placeholders(): void {
		$reply = Http::infer( $this->letter() + array( 'dry_run' => true ) );
		$this->assert_private( $reply->body );
		self::assertSame( 2, $reply->json()['preview']['redacted']['email'] );
		self::assertStringContainsString( '[CARD_1]', $reply->body );
	}

	public function test_where_nothing_is_private_the_numbers_are_an_empty_object(): void {
		self::assertStringContainsString( '"redacted":{}', Http::infer( array( 'prompt' => self::fresh() ) )->body );
		self::assertStringContainsString( '"redacted":{}', Http::infer( array( 'prompt' => 'Hi', 'dry_run' => true ) )->body ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertStringContainsString( '"redacted":{}', Events::of( array( 'prompt' => self::fresh() ) )->body );
	}

	public function test_the_site_says_what_is_private(): void {
		Site::policy( self::policy( array( 'redact' => array( 'phone' => false, 'patterns' => array( 'ticket' => 'T-[0-9]{6}' ) ) ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::provider_says( 'It is [TICKET_1].' );
		$result = Http::infer( array( 'prompt' => self::fresh( "Who has T-123456? $this->email, on 020 7946 0001?" ) ) )->json()['result'];
		self::assertSame( 'It is T-123456.', $result['text'] );
		self::assertEquals( array( 'email' => 1, 'ticket' => 1 ), $result['redacted'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertStringContainsString( '020 7946 0001', self::sent() );

		Mock::reset();
		Site::policy( self::policy( array( 'redact' => false ) ) );
		Http::infer( array( 'prompt' => self::fresh( $this->email ) ) );
		self::assertStringContainsString( $this->email, self::sent() );
	}

	public function test_fields_are_taken_out_of_a_text_with_their_values(): void {
		self::provider_says( '{"name": "Ann", "email": "[EMAIL_1]", "phone": "[PHONE_1]"}' );
		$fields = Site::php(
			'return AI_Secure_Proxy\Enrich::extract( $in, array( "name" => "string", "email" => "email", "phone" => "string" ) );',
			self::fresh( "I am Ann, $this->email, " . self::PHONE )
		);
		self::assertSame( array( 'name' => 'Ann', 'email' => $this->email, 'phone' => self::PHONE ), $fields ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$this->assert_private( self::sent() );
		self::assertStringNotContainsString( '"format":"email"', self::sent(), 'a placeholder is none' );
	}

	public function test_the_command_line_shows_a_text_as_a_provider_gets_it(): void {
		$text     = "Write to $this->email, not b@example.org; card " . self::CARD . '.';
		$started  = self::start_wp( 'redact', $text );
		$numbers  = (string) stream_get_contents( $started[2] );
		$redacted = 'Write to [EMAIL_1], not [EMAIL_2]; card [CARD_1].';
		self::assertSame( array( array( 'line', $redacted ) ), Site::wait( $started ) );
		self::assertSame( "Replaced: email 2, card 1.\n", $numbers );

		list( list( $kind, $format, $value ) ) = self::wp( 'redact', $text, '--format=json' );
		self::assertSame( array( 'value', 'json', $redacted ), array( $kind, $format, $value['text'] ) );
		self::assertEquals( array( 'card' => 1, 'email' => 2 ), $value['found'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing

		Site::policy( self::policy( array( 'redact' => array( 'email' => false ) ) ) );
		self::assertStringContainsString( $this->email, self::wp( 'redact', $text )[0][1], 'with the settings of the site' );
		self::assertSame( array(), Mock::requests() );
		self::assertSame( array(), self::logs() );
	}

	public function test_the_preview_of_the_command_line_says_it_in_words(): void {
		list( list( , , , $rows ) ) = self::wp( 'preview', "Write to $this->email" );
		$rows                       = array_column( $rows, 'value', 'field' );
		self::assertSame( array( 'email 1', 'false' ), array( $rows['redacted'], $rows['in_flight'] ) );
		$this->assert_private( json_encode( $rows, JSON_THROW_ON_ERROR ) );
	}

	/** A prompt with an e-mail address (twice), a card and a phone number. */
	private function letter(): array {
		return array( 'prompt' => self::fresh( "Answer $this->email: charge " . self::CARD . ', then call ' . self::PHONE . " or write to $this->email." ) );
	}

	private static function address(): string {
		return 'a' . bin2hex( random_bytes( 6 ) ) . '@mail.example';
	}

	/** What reached the provider, as JSON. */
	private static function sent(): string {
		return json_encode( array_column( Mock::requests(), 'body' ), JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES );
	}

	/** The bytes of the store: the database, and what has not been written into it yet. */
	private static function store(): string {
		$files = glob( getenv( 'SITE_STATE' ) . '/aisp/*' );
		self::assertNotEmpty( $files );
		return implode( '', array_map( static fn( string $file ): string => (string) file_get_contents( $file ), $files ) );
	}

	private function assert_private( string $text ): void {
		foreach ( array( $this->email, strstr( $this->email, '@', true ), self::CARD, str_replace( ' ', '', self::CARD ), self::PHONE, str_replace( ' ', '', self::PHONE ) ) as $value ) {
			self::assertFalse( str_contains( $text, $value ), "$value is there" );
		}
	}
}
