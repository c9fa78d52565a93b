<?php
/**
 * `wp aisp batch`: a file of prompts becomes a file of answers, also in more than one run.
 */

declare( strict_types=1 );

final class CliBatchTest extends SiteTestCase {

	private string $folder;

	protected function setUp(): void {
		parent::setUp();
		$this->folder = sys_get_temp_dir() . '/aisp-batch-' . bin2hex( random_bytes( 6 ) );
		mkdir( $this->folder );
		chmod( $this->folder, 0777 );
	}

	protected function tearDown(): void {
		array_map( 'unlink', glob( $this->folder . '/*' ) );
		rmdir( $this->folder );
		parent::tearDown();
	}

	public function test_every_line_has_its_answer_or_error_in_its_place(): void {
		$input   = $this->file(
			"\xEF\xBB\xBF" . json_encode( self::fresh() ),
			json_encode( array( 'prompt' => self::fresh(), 'max_tokens' => 50 ) ), // phpcs:ignore
			'',
			'{"prompt": ',
			'[1, 2]',
			"\"\xFF\"",
			'{"prompt": "Hi", "modle": "x"}',
			json_encode( self::fresh() )
		);
		$printed = self::wp( 'batch', $input, "--output={$this->folder}/out" );
		$answers = $this->answers();
		self::assertSame( array( 1, 2, 4, 5, 6, 7, 8 ), array_column( $answers, 'line' ) );
		foreach ( array( 0, 1, 6 ) as $i ) {
			self::assertSame( array( 'line', 'result' ), array_keys( $answers[ $i ] ) );
			self::assertNotSame( '', $answers[ $i ]['result']['text'] );
		}
		foreach ( array( 2, 3, 4, 5 ) as $i ) {
			self::assertSame( array( 'line', 'error' ), array_keys( $answers[ $i ] ) );
			self::assertSame( 'invalid_request', $answers[ $i ]['error']['code'] );
		}
		self::assertStringContainsString( 'modle', $answers[5]['error']['message'] );
		self::assertSame( array( 'progress', 7, 7 ), $printed[0] );
		self::assertSame( array( 'error', '3 answered (0 from the cache), 4 failed, 0 done before.' ), $printed[1] );
		self::assertSame( array( 'cli' ), array_values( array_unique( array_column( self::logs(), 'route' ) ) ) );
	}

	public function test_without_a_file_the_answers_are_printed_and_nothing_else(): void {
		$printed = self::wp( 'batch', $this->file( json_encode( self::fresh() ), json_encode( self::fresh() ) ) );
		self::assertSame( array( 'line', 'line' ), array_column( $printed, 0 ) );
		foreach ( $printed as $i => $line ) {
			$answer = json_decode( $line[1], true, 512, JSON_THROW_ON_ERROR );
			self::assertSame( $i + 1, $answer['line'] );
			self::assertIsString( $answer['result']['text'] );
		}
	}

	public function test_a_second_run_asks_only_for_what_has_no_result(): void {
		$prompts = array_map( static fn(): string => json_encode( self::fresh() ), range( 1, 6 ) );
		$this->file( '{"line":1,"result":{"text":"before"}}', '{"line":2,"error":{"code":"timeout"}}', '{"line":4,"result":{"text":"before"}}' );
		rename( "{$this->folder}/in", "{$this->folder}/out" );
		file_put_contents( "{$this->folder}/out", '{"line":5,"result":{"te', FILE_APPEND );
		chmod( "{$this->folder}/out", 0666 );

		$printed = self::wp( 'batch', $this->file( ...$prompts ), "--output={$this->folder}/out" );
		self::assertSame( array( array( 'progress', 6, 6 ), array( 'success', '4 answered (0 from the cache), 0 failed, 2 done before.' ) ), $printed );
		self::assertCount( 4, Mock::requests() );
		$answers = $this->answers();
		self::assertSame( array( 1, 2, 3, 4, 5, 6 ), array_column( $answers, 'line' ), 'one line each, in order' );
		self::assertCount( 6, array_column( $answers, 'result' ) );
		self::assertSame( 'before', $answers[0]['result']['text'] );

		self::wp( 'batch', "{$this->folder}/in", "--output={$this->folder}/out" );
		self::assertCount( 4, Mock::requests(), 'a third run has nothing to do' );
		self::assertSame( $answers, $this->answers() );
	}

	public function test_told_so_it_begins_anew(): void {
		$input = $this->file( json_encode( self::fresh() ) );
		file_put_contents( "{$this->folder}/out", "{\"line\":1,\"result\":{\"text\":\"before\"}}\n{\"line\":2,\"result\":{\"text\":\"before\"}}\n" );
		chmod( "{$this->folder}/out", 0666 );
		self::wp( 'batch', $input, "--output={$this->folder}/out", '--no-resume' );
		self::assertCount( 1, $this->answers() );
		self::assertNotSame( 'before', $this->answers()[0]['result']['text'] );
	}

	public function test_a_run_that_is_killed_loses_a_chunk_at_most(): void {
		Site::policy( self::policy( array( 'timeout_ms' => 1000 ) ) ); // For a chunk of 16, 4 at a time: four seconds.
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 0.2,
				'times'   => null,
			)
		);
		$words = array( 'batch', $this->file( ...array_map( static fn(): string => json_encode( self::fresh() ), range( 1, 48 ) ) ), "--output={$this->folder}/out", '--parallel=4' );
		$run   = self::start_wp( ...$words );
		self::eventually( fn(): bool => is_file( "{$this->folder}/out" ) && count( $this->answers() ) >= 16, 'the first chunk' );
		proc_terminate( $run[0], SIGKILL );
		proc_close( $run[0] );
		$before = count( $this->answers() );
		self::assertLessThan( 48, $before );

		$asked = count( Mock::requests() );
		self::wp( ...$words );
		self::assertSame( range( 1, 48 ), array_column( $this->answers(), 'line' ) );
		self::assertCount( 48, array_column( $this->answers(), 'result' ) );
		self::assertLessThanOrEqual( 16, $asked - $before, 'what was asked and not written' );

		// The calls that died tell of themselves ten seconds after their deadline.
		self::eventually( static fn(): bool => (bool) self::logs() && 0 === Http::get( '/status' )->json()['spool'], 'nothing is under way', 30 );
		$aborted = Site::value( 'SELECT COUNT(*) FROM wp_aisp_logs WHERE error = "caller_aborted"' );
		self::assertLessThanOrEqual( 4, $aborted, 'no more than ran at a time' );
	}

	public function test_it_runs_as_many_at_a_time_as_it_is_told(): void {
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 0.5,
				'times'   => null,
			)
		);
		$input = $this->file( ...array_map( static fn(): string => json_encode( self::fresh() ), range( 1, 8 ) ) );
		self::wp( 'batch', $input, "--output={$this->folder}/out", '--parallel=2' );
		$requests = Mock::requests();
		self::assertCount( 8, $requests );
		foreach ( $requests as $one ) {
			$at_once = array_filter( $requests, static fn( array $other ): bool => $other['started_at'] <= $one['started_at'] && $one['started_at'] < $other['ended_at'] );
			self::assertLessThanOrEqual( 2, count( $at_once ) );
		}
		self::assertLessThan( 3.9, max( array_column( $requests, 'ended_at' ) ) - min( array_column( $requests, 'started_at' ) ), 'and no fewer' );
	}

	public function test_pack_lets_them_share_a_call(): void {
		$words = array( self::fresh( 'apple' ), self::fresh( 'pear' ) );
		self::wp( 'batch', $this->file( ...array_map( 'json_encode', $words ) ), "--output={$this->folder}/out", '--pack' );
		self::assertCount( 2, array_column( $this->answers(), 'result' ) );
		$first = json_encode( Mock::requests()[0]['body'], JSON_THROW_ON_ERROR );
		self::assertTrue( str_contains( $first, $words[0] ) && str_contains( $first, $words[1] ) );
	}

	public function test_a_chunk_may_take_longer_than_one_call(): void {
		Site::policy( self::policy( array( 'timeout_ms' => 1500 ) ) );
		Mock::will(
			array(
				'type'    => 'delay',
				'seconds' => 0.6,
				'times'   => null,
			)
		);
		self::wp( 'batch', $this->file( ...array_map( static fn(): string => json_encode( self::fresh() ), range( 1, 12 ) ) ), "--output={$this->folder}/out", '--parallel=3' );
		self::assertCount( 12, array_column( $this->answers(), 'result' ) );
	}

	/** @dataProvider bad_words */
	public function test_it_says_what_is_wrong( array $words, string $pattern ): void {
		$this->file( '"Hi"' );
		$words   = array_map( fn( string $word ): string => str_replace( 'FOLDER', $this->folder, $word ), $words );
		$printed = self::wp( 'batch', ...$words );
		self::assertSame( 'error', $printed[0][0] );
		self::assertMatchesRegularExpression( $pattern, $printed[0][1] );
		self::assertSame( array(), Mock::requests() );
	}

	public static function bad_words(): array {
		return array(
			'no such file'   => array( array( 'FOLDER/none' ), '/none cannot be read/' ),
			'no such folder' => array( array( 'FOLDER/in', '--output=FOLDER/none/out' ), '/none\/out cannot be written/' ),
			'none at a time' => array( array( 'FOLDER/in', '--parallel=0' ), '/--parallel/' ),
			'no number'      => array( array( 'FOLDER/in', '--parallel=all' ), '/--parallel/' ),
			'no such option' => array( array( 'FOLDER/in', '--paralel=2' ), '/paralel/' ),
		);
	}

	public function test_two_runs_do_not_write_the_same_file(): void {
		$input = $this->file( '"Hi"' );
		$held  = fopen( "{$this->folder}/out", 'c' );
		chmod( "{$this->folder}/out", 0666 );
		flock( $held, LOCK_EX );
		list( list( $kind, $text ) ) = self::wp( 'batch', $input, "--output={$this->folder}/out" );
		fclose( $held );
		self::assertSame( 'error', $kind );
		self::assertStringContainsString( 'Another run', $text );
	}

	/** The file of requests. */
	private function file( string ...$lines ): string {
		file_put_contents( "{$this->folder}/in", implode( "\n", $lines ) . "\n" );
		return "{$this->folder}/in";
	}

	/** The whole lines of the output, decoded. */
	private function answers(): array {
		$lines = explode( "\n", (string) file_get_contents( "{$this->folder}/out" ) );
		array_pop( $lines );
		return array_map( static fn( string $line ): array => json_decode( $line, true, 512, JSON_THROW_ON_ERROR ), $lines );
	}
}
