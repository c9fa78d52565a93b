<?php
/**
 * The log as a file: GET /logs/export and `wp aisp log export`.
 */

declare( strict_types=1 );

final class LogExportTest extends SiteTestCase {

	private const FORMULA = '=HYPERLINK("http://evil.test")';

	protected function setUp(): void {
		parent::setUp();
		$record = array(
			'created_at'    => strtotime( '2026-06-01T00:00:00Z' ),
			'status_code'   => 200,
			'cached'        => 1,
			'cost_microusd' => null,
		);
		Site::php(
			'AI_Secure_Proxy\Log\Table::insert( $in );',
			array(
				array( 'uid' => 'one', 'source' => 'shop, "new"' ) + $record,
				array( 'uid' => 'two', 'source' => self::FORMULA, 'client' => '@SUM(1)', 'error' => 'policy_quota', 'status_code' => 429, 'cost_microusd' => 7 ) + $record,
				array( 'uid' => 'three', 'source' => "-1+1\ntwo" ) + $record,
			)
		);
	}

	public function test_csv_is_safe_to_open_and_says_what_the_log_says(): void {
		$reply = Http::get( '/logs/export' );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertSame( 'text/csv; charset=utf-8', $reply->header( 'Content-Type' ) );
		self::assertMatchesRegularExpression( '/^attachment; filename="ai-secure-proxy-log-[\d-]+\.csv"$/', (string) $reply->header( 'Content-Disposition' ) );
		self::assertStringContainsString( 'no-store', (string) $reply->header( 'Cache-Control' ) );
		$rows = self::csv( $reply->body );
		self::assertSame( array_keys( self::logs()[0] ), $rows[0] );
		$records = array_map( static fn( array $row ): array => array_combine( $rows[0], $row ), array_slice( $rows, 1 ) );
		self::assertSame( array( 'three', 'two', 'one' ), array_column( $records, 'uid' ) );
		self::assertSame( array( "'-1+1\ntwo", "'" . self::FORMULA, 'shop, "new"' ), array_column( $records, 'source' ) );
		self::assert_fields( array( 'client' => "'@SUM(1)", 'cost_microusd' => '7', 'cached' => 'true', 'error' => 'policy_quota' ), $records[1] );
		self::assert_fields( array( 'cost_microusd' => '', 'error' => '', 'created_at' => '2026-06-01T00:00:00Z' ), $records[0] );
	}

	public function test_json_and_json_lines_are_the_records_as_they_are(): void {
		$records = self::logs();
		$json    = Http::get( '/logs/export?format=json' );
		self::assertSame( $records, $json->json() );
		self::assertSame( 'application/json; charset=utf-8', $json->header( 'Content-Type' ) );
		$lines = Http::get( '/logs/export?format=jsonl' );
		self::assertSame( 'application/x-ndjson; charset=utf-8', $lines->header( 'Content-Type' ) );
		self::assertSame( $records, array_map( static fn( string $line ): array => json_decode( $line, true, 512, JSON_THROW_ON_ERROR ), explode( "\n", rtrim( $lines->body ) ) ) );
		self::assertSame( array(), Http::get( '/logs/export?format=json&model=none' )->json() );
		self::assertSame( '', Http::get( '/logs/export?format=jsonl&model=none' )->body );
	}

	public function test_it_has_the_filters_of_the_list(): void {
		self::assertSame( array( 'two' ), array_column( Http::get( '/logs/export?format=json&error=any&status=4xx' )->json(), 'uid' ) );
		$error = self::assert_error( 400, 'rest_invalid_param', Http::get( '/logs/export?format=xml&error=No' ) );
		self::assertEqualsCanonicalizing( array( 'format', 'error' ), array_keys( $error['data']['params'] ) );
	}

	public function test_a_link_with_a_nonce_downloads_it(): void {
		$session = Http::session( 'admin' );
		$reply   = Http::page( '/wp-json/ai-secure-proxy/v1/logs/export?format=jsonl&_wpnonce=' . $session['nonce'], $session );
		self::assertSame( array( 200, 3 ), array( $reply->status, substr_count( $reply->body, "\n" ) ) );
		self::assertSame( 401, Http::page( '/wp-json/ai-secure-proxy/v1/logs/export', $session )->status, 'without one it is nobody' );
	}

	public function test_what_is_not_a_download_is_refused(): void {
		self::assertSame( 400, Http::get( '/logs/export?_envelope=1' )->json()['status'] );
		self::assertSame( 400, Site::php( 'wp_set_current_user( 1 ); return rest_do_request( new WP_REST_Request( "GET", "/ai-secure-proxy/v1/logs/export" ) )->get_status();' ) );
	}

	public function test_memory_does_not_grow_with_the_log(): void {
		Site::php( '$argv = array( 0, $in ); require getenv( "SITE_TESTS" ) . "/bench/log-rows.php";', 20000 );
		$peak = static fn( string $limit ): array => Site::php(
			'memory_reset_peak_usage(); $before = memory_get_usage(); $bytes = 0;
			$count = AI_Secure_Proxy\Log\Export::write( AI_Secure_Proxy\Log\Query::each( array( "before" => $in ) ), "json", static function ( string $piece ) use ( &$bytes ): void { $bytes += strlen( $piece ); } );
			return array( $count, $bytes, memory_get_peak_usage() - $before );',
			$limit
		);
		$middle = (string) Site::value( 'SELECT created_at FROM wp_aisp_logs ORDER BY created_at LIMIT 1 OFFSET 4000' );
		$some   = $peak( $middle );
		$all    = $peak( '2100-01-01' );
		self::assertSame( 20000, $all[0] );
		self::assertGreaterThan( 3.5 * $some[1], $all[1] );
		self::assertLessThan( 1.2 * $some[2], $all[2], 'a few thousand records at once, however many there are' );
	}

	public function test_the_command_writes_to_a_new_file_or_to_its_output(): void {
		$file = sys_get_temp_dir() . '/aisp-log-' . bin2hex( random_bytes( 6 ) ) . '.csv';
		try {
			self::assertSame( array( array( 'success', "2 records are in $file." ) ), self::wp( 'log', 'export', "--file=$file", '--status=200' ) );
			self::assertCount( 3, self::csv( (string) file_get_contents( $file ) ) );
			self::assertSame( 'error', self::wp( 'log', 'export', "--file=$file" )[0][0], 'what is there is not overwritten' );
		} finally {
			if ( is_file( $file ) ) {
				unlink( $file );
			}
		}
		$said = self::wp( 'log', 'export', '--format=jsonl', '--error=policy_quota' );
		self::assertSame( 'two', json_decode( implode( '', array_column( $said, 1 ) ), true, 512, JSON_THROW_ON_ERROR )['uid'] );
		self::assertSame( 'error', self::wp( 'log', 'export', '--format=xml' )[0][0] );
		self::assertSame( 'error', self::wp( 'log', 'export', '--search=short' )[0][0] );
	}

	/** @return string[][] */
	private static function csv( string $text ): array {
		$file = fopen( 'php://memory', 'w+' );
		fwrite( $file, $text );
		rewind( $file );
		$rows = array();
		while ( false !== ( $row = fgetcsv( $file, null, ',', '"', '' ) ) ) {
			$rows[] = $row;
		}
		return $rows;
	}
}
