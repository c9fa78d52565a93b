<?php
/**
 * `wp aisp log verify`: whole, or what is missing.
 */

declare( strict_types=1 );

final class LogVerifyTest extends SiteTestCase {

	/** Three calls, ten minutes ago, in the log and in the metrics. */
	protected function setUp(): void {
		parent::setUp();
		self::on_store( 'DELETE FROM metric' );
		for ( $i = 0; $i < 3; $i++ ) {
			Http::infer( array( 'prompt' => self::fresh() ) );
		}
		self::assertCount( 3, self::logs() );
		self::on_store( 'UPDATE metric SET at = at - 10 WHERE span = 0' );
		Site::db()->exec( 'UPDATE wp_aisp_logs SET created_at = created_at - INTERVAL 10 MINUTE' );
	}

	protected function tearDown(): void {
		Site::db()->exec( 'ALTER TABLE wp_aisp_logs DROP INDEX uid, ADD UNIQUE KEY uid (uid)' );
		parent::tearDown();
	}

	public function test_a_log_that_is_whole(): void {
		$said = self::wp( 'log', 'verify' );
		self::assertCount( 1, $said, 'no error' );
		self::assertSame( array( 'items', 'table', array( 'check', 'result', 'detail' ) ), array_slice( $said[0], 0, 3 ) );
		self::assertSame( array( 'ok' ), array_values( array_unique( array_column( $said[0][3], 'result' ) ) ), json_encode( $said ) );
		self::assertStringContainsString( 'the metrics have 3 calls, and the table 3 records', $said[0][3][5]['detail'] );
	}

	public function test_a_record_that_is_missing(): void {
		Site::db()->exec( 'DELETE FROM wp_aisp_logs LIMIT 1' );
		$this->assert_trouble( 'metrics', 'Records are missing' );
	}

	public function test_more_records_than_calls_are_no_trouble(): void {
		Site::php( 'AI_Secure_Proxy\Log\Table::insert( array( array( "uid" => "elsewhere", "created_at" => time() - 600 ) ) );' );
		$said = self::wp( 'log', 'verify', '--format=json' );
		self::assertCount( 1, $said );
		self::assert_fields( array( 'check' => 'metrics', 'result' => 'note' ), $said[0][3][5] );
	}

	public function test_what_came_in_twice(): void {
		Site::db()->exec( 'ALTER TABLE wp_aisp_logs DROP INDEX uid, ADD KEY uid (uid)' );
		$this->assert_trouble( 'unique', 'lost its unique key' );
		Site::db()->exec( 'UPDATE wp_aisp_logs SET uid = "same"' );
		$this->assert_trouble( 'unique', '1 call is in the table more than once' );
		Site::db()->exec( 'UPDATE wp_aisp_logs SET uid = id' );
	}

	public function test_a_record_that_no_filter_finds(): void {
		Site::db()->exec( 'UPDATE wp_aisp_logs SET kind = 1 LIMIT 1' );
		$this->assert_trouble( 'filters', '1 record is not found' );
	}

	public function test_a_record_from_the_future(): void {
		Site::php( 'AI_Secure_Proxy\Log\Table::insert( array( array( "uid" => "tomorrow", "created_at" => time() + 86400 ) ) );' );
		$this->assert_trouble( 'time', '1 record is from the future' );
	}

	public function test_records_that_do_not_leave_the_spool(): void {
		$this->expect_php_log( '/doesn.t exist|Unknown column/' );
		Site::db()->exec( 'ALTER TABLE wp_aisp_logs CHANGE tokens tokens_gone int unsigned NOT NULL DEFAULT 0' );
		try {
			Http::infer( array( 'prompt' => self::fresh() ) );
			$this->assert_trouble( 'spool', '1 or more records are in the spool' );
		} finally {
			Site::db()->exec( 'ALTER TABLE wp_aisp_logs CHANGE tokens_gone tokens int unsigned NOT NULL DEFAULT 0' );
		}
	}

	public function test_records_that_the_spool_had_no_room_for(): void {
		self::on_store( "INSERT INTO state VALUES ('spool_dropped', 12)" );
		try {
			$this->assert_trouble( 'spool overflow', '12 records never came into the table' );
		} finally {
			self::on_store( "DELETE FROM state WHERE name = 'spool_dropped'" );
		}
	}

	private function assert_trouble( string $check, string $detail ): void {
		$said = self::wp( 'log', 'verify' );
		self::assertSame( 'error', $said[1][0], json_encode( $said ) );
		$found = array_column( $said[0][3], null, 'check' )[ $check ];
		self::assertSame( 'trouble', $found['result'], json_encode( $said ) );
		self::assertStringContainsString( $detail, $found['detail'] );
	}
}
