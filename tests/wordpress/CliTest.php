<?php
/**
 * `wp aisp …`, through a stand-in for WP-CLI in a process of the site.
 */

declare( strict_types=1 );

final class CliTest extends SiteTestCase {

	public function test_infer_prints_the_answer(): void {
		self::provider_says( 'Bonjour.' );
		self::assertSame( array( array( 'line', 'Bonjour.' ) ), self::wp( 'infer', self::fresh() ) );
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
		self::wp( 'infer', self::fresh(), '--model=mock-1', '--system=Be brief.', '--max-tokens=50', '--temperature=0.5', '--format=json' );
		$body = Mock::requests()[0]['body'];
		self::assertSame( 50, $body['max_output_tokens'] );
		self::assertSame( 0.5, $body['temperature'] );
		self::assertStringContainsString( 'Be brief.', json_encode( $body, JSON_THROW_ON_ERROR ) );
	}

	public function test_infer_prints_the_whole_result_as_json(): void {
		self::provider_says( 'Bonjour.' );
		list( list( $kind, $format, $result ) ) = self::wp( 'infer', self::fresh(), '--format=json' );
		self::assertSame( array( 'value', 'json', 'Bonjour.', false ), array( $kind, $format, $result['text'], $result['cached'] ) );
	}

	public function test_infer_uses_the_cache_unless_told(): void {
		$prompt = self::fresh();
		self::wp( 'infer', $prompt );
		self::wp( 'infer', $prompt );
		self::assertCount( 1, Mock::requests() );
		self::wp( 'infer', $prompt, '--no-cache' );
		self::assertCount( 2, Mock::requests() );
	}

	public function test_infer_says_what_is_wrong(): void {
		list( list( $kind, $text ) ) = self::wp( 'infer', 'Hi', '--max-tokens=many' );
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

	public function test_preview_shows_what_would_be_sent_and_sends_nothing(): void {
		list( list( $kind, $format, $preview ) ) = self::wp( 'preview', 'Hi', '--system=Be brief.', '--format=json' );
		self::assertSame( array( 'value', 'json', 'mock-1', 'mock' ), array( $kind, $format, $preview['model'], $preview['provider'] ) );
		self::assertStringContainsString( 'Be brief.', json_encode( $preview['body'], JSON_THROW_ON_ERROR ) );
		list( list( $kind, $format, , $rows ) ) = self::wp( 'preview', 'Hi' );
		self::assertSame( array( 'items', 'table' ), array( $kind, $format ) );
		self::assertSame( 'false', array_column( $rows, 'value', 'field' )['cached'] );
		self::assertStringStartsWith( 'invalid_request: ', self::wp( 'preview', ' ' )[0][1] );
		self::assertMatchesRegularExpression( '/^invalid_request: .*moderate/', self::wp( 'preview', 'Hi', '--moderate=all' )[0][1] );
		self::assertSame( 'items', self::wp( 'preview', 'Hi', '--moderate=none' )[0][0] );
		self::assertSame( array(), Mock::requests() );
		self::assertSame( array(), self::logs() );
	}

	public function test_stream_prints_the_answer_as_it_comes(): void {
		self::provider_says( 'Je ne sais pas où.' );
		$printed = self::wp( 'stream', self::fresh() );
		self::assertSame( array( 'out' ), array_values( array_unique( array_column( $printed, 0 ) ) ) );
		self::assertSame( "Je ne sais pas où.\n", implode( '', array_column( $printed, 1 ) ) );
		self::assertGreaterThan( 4, count( $printed ), 'piece by piece' );
		self::assert_fields(
			array(
				'route'       => 'cli',
				'source'      => 'cli',
				'status_code' => 200,
			),
			self::only_record()
		);
	}

	public function test_stream_begins_again_where_the_provider_breaks_off(): void {
		Mock::will(
			array(
				'type'         => 'stream_fault',
				'kind'         => 'truncate',
				'after_chunks' => 7,
			)
		);
		self::provider_says( 'one two three four five', 2 );
		$printed = self::wp( 'stream', self::fresh() );
		$restart = array_search( 'warning', array_column( $printed, 0 ), true );
		self::assertIsInt( $restart, json_encode( $printed, JSON_THROW_ON_ERROR ) );
		$before = implode( '', array_column( array_slice( $printed, 0, $restart ), 1 ) );
		$after  = implode( '', array_column( array_slice( $printed, $restart + 1 ), 1 ) );
		self::assertMatchesRegularExpression( '/^one two .*\n$/s', $before );
		self::assertSame( "one two three four five\n", $after );
	}

	public function test_stream_says_what_is_wrong(): void {
		list( list( $kind, $text ) ) = self::wp( 'stream', ' ' );
		self::assertSame( 'error', $kind );
		self::assertStringStartsWith( 'invalid_request: ', $text );
	}

	public function test_classify_prints_a_label(): void {
		self::provider_says( '{"label": "a complaint"}' );
		self::assertSame( array( array( 'line', 'a complaint' ) ), self::wp( 'classify', self::fresh(), '--labels=praise, a complaint' ) );
		self::assert_fields(
			array(
				'route'  => 'enrich',
				'source' => 'cli',
			),
			self::only_record()
		);
	}

	public function test_extract_prints_fields(): void {
		self::provider_says( '{"name": "Ann", "tickets": 3, "kind": null}' );
		$words = array( 'extract', self::fresh(), '--fields=name,tickets:integer,kind:order|question' );
		$ann   = array(
			'name'    => 'Ann',
			'tickets' => 3,
			'kind'    => null,
		);
		self::assertSame( array( array( 'value', 'json', $ann ) ), self::wp( ...array( ...$words, '--format=json' ) ) );
		list( list( $kind, , , $rows ) ) = self::wp( ...$words );
		self::assertSame( array( 'items', array( 'Ann', '3', '' ) ), array( $kind, array_column( $rows, 'value' ) ) );
		self::assertCount( 1, Mock::requests(), 'the second time from the cache' );
	}

	/** @dataProvider bad_words */
	public function test_classify_and_extract_say_which_word_is_wrong( array $words, string $pattern ): void {
		list( list( $kind, $text ) ) = self::wp( ...$words );
		self::assertSame( 'error', $kind );
		self::assertMatchesRegularExpression( $pattern, $text );
		self::assertSame( array(), Mock::requests() );
	}

	public static function bad_words(): array {
		return array(
			'no labels'       => array( array( 'classify', 'x' ), '/labels/' ),
			'one label'       => array( array( 'classify', 'x', '--labels=a' ), '/labels/' ),
			'a blank label'   => array( array( 'classify', 'x', '--labels=a,,b' ), '/labels\[1\]/' ),
			'no such type'    => array( array( 'extract', 'x', '--fields=when:day' ), '/when/' ),
			'twice'           => array( array( 'extract', 'x', '--fields=a,b,a:number' ), '/"a"/' ),
			'no name'         => array( array( 'extract', 'x', '--fields=:date' ), '/fields/' ),
			'one value twice' => array( array( 'extract', 'x', '--fields=kind:a|a' ), '/kind/' ),
		);
	}

	public function test_log_list_shows_newest_first_and_filters(): void {
		Http::infer( array( 'prompt' => '' ) );
		self::wp( 'infer', self::fresh() );
		list( list( $kind, $format, $fields, $rows ) ) = self::wp( 'log', 'list' );
		self::assertSame( array( 'items', 'table' ), array( $kind, $format ) );
		self::assertContains( 'status_code', $fields );
		self::assertSame( array( 'cli', '/infer' ), array_column( $rows, 'route' ) );

		$editor = Site::user( 'editor' )['id'];
		foreach ( array( "--user-id=$editor", '--status=400', '--route=/infer', '--page=2 --per-page=1' ) as $options ) {
			self::assertSame( array( '/infer' ), array_column( self::wp( 'log', 'list', ...explode( ' ', $options ) )[0][3], 'route' ), $options );
		}
		self::assertSame( array( 'cli' ), array_column( self::wp( 'log', 'list', '--model=mock-1', '--format=csv', '--after=2020-01-01' )[0][3], 'route' ) );
		self::assertSame( array(), self::wp( 'log', 'list', '--before=2020-01-01' )[0][3] );
	}

	/** @dataProvider bad_options */
	public function test_log_list_refuses_what_makes_no_sense( string $option ): void {
		self::assertSame( 'error', self::wp( 'log', 'list', $option )[0][0] );
	}

	public static function bad_options(): array {
		return array( array( '--page=0' ), array( '--per-page=all' ), array( '--status=bad' ), array( '--after=yesterday' ), array( '--before=2026-02-31' ), array( '--usr=1' ) );
	}

	public function test_status_is_a_table_or_the_thing_itself(): void {
		list( list( $kind, $format, $fields, $rows ) ) = self::wp( 'status' );
		self::assertSame( array( 'items', 'table', array( 'field', 'value' ) ), array( $kind, $format, $fields ) );
		self::assertContains( 'version', array_column( $rows, 'field' ) );
		list( list( $kind, $format, $status ) ) = self::wp( 'status', '--format=json' );
		self::assertSame( array( 'value', 'json' ), array( $kind, $format ) );
		self::assertTrue( $status['store']['ok'] );
	}
}
