<?php
/**
 * `wp aisp limit`: shows where limits and budgets stand, and makes them whole again.
 */

declare( strict_types=1 );

final class LimitCommandTest extends SiteTestCase {

	private const FIELDS = array( 'name', 'unit', 'limit', 'used', 'reserved', 'remaining', 'renews' );

	private array $user;

	protected function setUp(): void {
		parent::setUp();
		$others = array(
			'quota'    => array( Limits::calls( 'site', 1000, 3600 ) ),
			'throttle' => array( Limits::calls( 'role', 100, 60 ), Limits::calls( 'source', 20, 60 ) ),
			'budget'   => array( Limits::budget( 'site', 'usd', 20.5, 'month' ) ),
		);
		Site::policy( self::policy( array_merge_recursive( Limits::of_a_user(), $others ) ) );
		$this->user = Site::new_user( 'author' );
	}

	public function test_a_users_limits_stand_beside_the_sites(): void {
		$spent = array_sum( array_map( static fn( array $result ): int => $result['tokens_in'] + $result['tokens_out'], array( $this->ask(), $this->ask() ) ) );
		foreach ( array( $this->user['id'], $this->user['login'], $this->user['login'] . '@example.test' ) as $user ) {
			$rows = self::shown( "--user=$user" );
			self::assertSame( array( 'throttle-role', 'quota-user', 'quota-site', 'budget-user-day-tokens', 'budget-site-month-usd' ), array_keys( $rows ) );
		}
		self::assertSame( array( 'calls', 5, 2, 0, 3 ), array_slice( array_values( $rows['quota-user'] ), 1, 5 ) );
		self::assertEqualsWithDelta( time() + 17280, strtotime( $rows['quota-user']['renews'] ), 20, 'the next one after a fifth of a day' );

		$budget = $rows['budget-user-day-tokens'];
		self::assertSame( array( 'tokens', 100000, $spent, 0, 100000 - $spent ), array_slice( array_values( $budget ), 1, 5 ) );
		self::assertSame( gmdate( 'Y-m-d\T00:00:00\Z', time() + 86400 ), $budget['renews'] );
		self::assertSame( array( 'usd', 20.5 ), array( $rows['budget-site-month-usd']['unit'], $rows['budget-site-month-usd']['limit'] ) );
		self::assertGreaterThan( 0, $rows['budget-site-month-usd']['used'] );
	}

	public function test_without_an_option_they_are_the_sites_own(): void {
		self::assertSame( array( 'quota-site', 'budget-site-month-usd' ), array_keys( self::shown() ) );
	}

	public function test_each_option_adds_what_is_counted_by_it(): void {
		self::assertSame( array( 'throttle-role', 'quota-site', 'budget-site-month-usd' ), array_keys( self::shown( '--role=author' ) ) );
		$this->ask();
		$source = self::shown( '--source=rest' );
		self::assertSame( array( 'throttle-source', 'quota-site', 'budget-site-month-usd' ), array_keys( $source ) );
		self::assertGreaterThan( 0, $source['throttle-source']['used'] );
	}

	public function test_show_prints_items_in_every_format(): void {
		foreach ( array( 'table', 'json', 'csv', 'yaml' ) as $format ) {
			list( list( $kind, $printed, $fields ) ) = self::wp( 'limit', 'show', "--format=$format" );
			self::assertSame( array( 'items', $format, self::FIELDS ), array( $kind, $printed, $fields ) );
		}
	}

	public function test_reset_lets_a_user_in_again(): void {
		for ( $i = 0; $i < 5; $i++ ) {
			$this->ask();
		}
		self::assertSame( 429, $this->send()->status );
		self::assertSame( array( array( 'success', '1 had been used, and is whole again.' ) ), self::wp( 'limit', 'reset', '--user=' . $this->user['login'], '--name=quota-user', '--yes' ) );
		self::assertSame( 200, $this->send()->status );
		$rows = self::shown( '--user=' . $this->user['login'] );
		self::assertSame( 1, $rows['quota-user']['used'] );
		self::assertGreaterThan( 0, $rows['budget-user-day-tokens']['used'], 'the others stay' );
	}

	public function test_reset_of_all_names_them_and_asks_first(): void {
		$this->ask();
		list( list( $kind, $question ) ) = self::wp( 'limit', 'reset', '--user=' . $this->user['id'] );
		self::assertSame( 'confirm', $kind );
		self::assertStringContainsString( 'quota-user', $question );
		self::assertStringContainsString( 'budget-site-month-usd', $question );
		self::assertSame( 1, self::shown( '--user=' . $this->user['id'] )['quota-user']['used'], 'nothing happened yet' );

		self::assertSame( 'success', self::wp( 'limit', 'reset', '--user=' . $this->user['id'], '--yes' )[0][0] );
		foreach ( self::shown( '--user=' . $this->user['id'] ) as $name => $row ) {
			self::assertEquals( 0, $row['used'], $name );
		}
	}

	/** @dataProvider mistakes */
	public function test_what_makes_no_sense_is_refused_by_name( array $words, string $pattern ): void {
		list( list( $kind, $text ) ) = self::wp( 'limit', ...$words );
		self::assertSame( 'error', $kind );
		self::assertMatchesRegularExpression( $pattern, $text );
	}

	public static function mistakes(): array {
		return array(
			'no such limit'           => array( array( 'reset', '--name=quota-nobody', '--yes' ), '/--name .*quota-site/' ),
			'a limit of other people' => array( array( 'reset', '--name=quota-user', '--yes' ), '/--name/' ),
			'no such role'            => array( array( 'show', '--role=king' ), '/--role.*king/' ),
			'no address'              => array( array( 'show', '--ip=here' ), '/--ip.*here/' ),
			'unknown option'          => array( array( 'show', '--usr=1' ), '/usr/' ),
		);
	}

	public function test_settings_without_limits_have_nothing_to_reset(): void {
		Site::policy( self::policy() );
		self::assertSame( array(), self::shown() );
		self::assertSame( array( array( 'error', 'No limit applies.' ) ), self::wp( 'limit', 'reset', '--yes' ) );
	}

	private function send(): Reply {
		return Http::infer( array( 'prompt' => self::fresh() ), $this->user['login'], $this->user );
	}

	private function ask(): array {
		$reply = $this->send();
		self::assertSame( 200, $reply->status, $reply->body );
		return $reply->json()['result'];
	}

	/** The rows of `wp aisp limit show` by their names. */
	private static function shown( string ...$options ): array {
		list( list( $kind, , , $rows ) ) = self::wp( 'limit', 'show', ...$options );
		self::assertSame( 'items', $kind );
		return array_combine( array_column( $rows, 'name' ), $rows );
	}
}
