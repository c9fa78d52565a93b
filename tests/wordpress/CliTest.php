<?php
/**
 * `wp aisp …`, through a stand-in for WP-CLI in a process of the site.
 */

declare( strict_types=1 );

final class CliTest extends SiteTestCase {

	public function test_infer_prints_the_answer(): void {
		$this->provider_says( 'Bonjour.' );
		self::assertSame( array( array( 'line', 'Bonjour.' ) ), $this->wp( 'infer', self::fresh() ) );
		self::assert_fields(
			array(
				'user_id'     => 0,
				'route'       => 'cli',
				'source'      => 'cli',
				'status_code' => 200,
			),
			self::only_record()
		);
	}

	public function test_infer_takes_its_options(): void {
		$this->wp( 'infer', self::fresh(), '--model=mock-1', '--system=Be brief.', '--max-tokens=50', '--temperature=0.5', '--format=json' );
		$body = Mock::requests()[0]['body'];
		self::assertSame( 50, $body['max_output_tokens'] );
		self::assertSame( 0.5, $body['temperature'] );
		self::assertStringContainsString( 'Be brief.', json_encode( $body, JSON_THROW_ON_ERROR ) );
	}

	public function test_infer_prints_the_whole_result_as_json(): void {
		$this->provider_says( 'Bonjour.' );
		list( list( $kind, $format, $result ) ) = $this->wp( 'infer', self::fresh(), '--format=json' );
		self::assertSame( array( 'value', 'json', 'Bonjour.', false ), array( $kind, $format, $result['text'], $result['cached'] ) );
	}

	public function test_infer_uses_the_cache_unless_told(): void {
		$prompt = self::fresh();
		$this->wp( 'infer', $prompt );
		$this->wp( 'infer', $prompt );
		self::assertCount( 1, Mock::requests() );
		$this->wp( 'infer', $prompt, '--no-cache' );
		self::assertCount( 2, Mock::requests() );
	}

	public function test_infer_says_what_is_wrong(): void {
		list( list( $kind, $text ) ) = $this->wp( 'infer', 'Hi', '--max-tokens=many' );
		self::assertSame( 'error', $kind );
		self::assertStringStartsWith( 'invalid_request: ', $text );
		self::assertMatchesRegularExpression( '/\bmax_tokens\b/', $text );
		self::assert_fields(
			array(
				'route'       => 'cli',
				'status_code' => 400,
			),
			self::only_record()
		);
	}

	public function test_log_list_shows_newest_first_and_filters(): void {
		Http::infer( array( 'prompt' => '' ) );
		$this->wp( 'infer', self::fresh() );
		list( list( $kind, $format, $fields, $rows ) ) = $this->wp( 'log', 'list' );
		self::assertSame( array( 'items', 'table' ), array( $kind, $format ) );
		self::assertContains( 'status_code', $fields );
		self::assertSame( array( 'cli', '/infer' ), array_column( $rows, 'route' ) );

		$editor = Site::user( 'editor' )['id'];
		foreach ( array( "--user-id=$editor", '--status=400', '--route=/infer', '--page=2 --per-page=1' ) as $options ) {
			self::assertSame( array( '/infer' ), array_column( $this->wp( 'log', 'list', ...explode( ' ', $options ) )[0][3], 'route' ), $options );
		}
		self::assertSame( array( 'cli' ), array_column( $this->wp( 'log', 'list', '--model=mock-1', '--format=csv', '--after=2020-01-01' )[0][3], 'route' ) );
		self::assertSame( array(), $this->wp( 'log', 'list', '--before=2020-01-01' )[0][3] );
	}

	/** @dataProvider bad_options */
	public function test_log_list_refuses_what_makes_no_sense( string $option ): void {
		self::assertSame( 'error', $this->wp( 'log', 'list', $option )[0][0] );
	}

	public static function bad_options(): array {
		return array( array( '--page=0' ), array( '--per-page=all' ), array( '--status=bad' ), array( '--after=yesterday' ), array( '--before=2026-02-31' ), array( '--usr=1' ) );
	}

	public function test_status_is_a_table_or_the_thing_itself(): void {
		list( list( $kind, $format, $fields, $rows ) ) = $this->wp( 'status' );
		self::assertSame( array( 'items', 'table', array( 'field', 'value' ) ), array( $kind, $format, $fields ) );
		self::assertContains( 'version', array_column( $rows, 'field' ) );
		list( list( $kind, $format, $status ) ) = $this->wp( 'status', '--format=json' );
		self::assertSame( array( 'value', 'json' ), array( $kind, $format ) );
		self::assertTrue( $status['store']['ok'] );
	}

	private function provider_says( string $text ): void {
		Mock::will(
			array(
				'type' => 'reply',
				'text' => $text,
			)
		);
	}

	private function wp( string ...$words ): array {
		return Site::php(
			'return WP_CLI::run( $in );',
			array( 'aisp', ...$words ),
			array(),
			'require ' . var_export( getenv( 'SITE_TESTS' ) . '/wordpress/support/wp-cli.php', true ) . ';'
		);
	}
}
