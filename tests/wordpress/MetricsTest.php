<?php
/**
 * GET /metrics, GET /metrics/prometheus and `wp aisp metrics`: what calls came to, for who may know it.
 */

declare( strict_types=1 );

final class MetricsTest extends SiteTestCase {

	private const SECRET = 'the-secret-of-a-scraper';

	/** The settings with a secret for scrapers. */
	private static function open_door(): void {
		Site::policy( self::policy( array( 'metrics' => array( 'token_env' => 'AISP_TEST_METRICS' ) ) ) );
	}

	private static function scrape( ?string $token, ?string $login = null, string $query = '' ): Reply {
		return Http::get( '/metrics/prometheus' . $query, $login, null === $token ? array() : array( 'headers' => array( "Authorization: Bearer $token" ) ) );
	}

	/** Leaves no figures. */
	private static function forget_all(): void {
		self::logs();
		self::on_store( 'DELETE FROM metric' );
	}

	/** Lets calls have been that many minutes earlier. */
	private static function move_back( int $minutes, string $which = '1 = 1' ): void {
		self::logs();
		self::on_store( "UPDATE metric SET at = at - $minutes WHERE span = 0 AND $which" );
	}

	/** What this model's calls add up to. */
	private static function sum( array $points, string $name ): int {
		return array_sum( array_column( array_filter( $points, static fn( array $point ): bool => $name === $point['name'] ), 'calls' ) );
	}

	public function test_calls_show_up_before_and_after_they_are_drained(): void {
		$before = Http::get( '/metrics?range=1h&group=outcome' )->json()['total'];
		$prompt = self::fresh();
		Http::infer( array( 'prompt' => $prompt ) );
		Http::infer( array( 'prompt' => $prompt ) );
		foreach ( array( 'in the spool', 'in the table' ) as $where ) {
			$metrics = Http::get( '/metrics?range=1h&group=outcome' )->json();
			self::assertSame( 1, self::sum( $metrics['total'], 'hit' ) - self::sum( $before, 'hit' ), $where );
			self::assertSame( 1, self::sum( $metrics['total'], 'ok' ) - self::sum( $before, 'ok' ), $where );
			self::assertSame( self::sum( $metrics['total'], 'hit' ), self::sum( $metrics['points'], 'hit' ), $where );
			self::assertSame( 'minute', $metrics['step'] );
			self::assertCount( 2, self::logs() );
		}
	}

	public function test_one_answer_has_several_groups_and_they_add_up_to_the_same(): void {
		Http::infer( array( 'prompt' => self::fresh() ) );
		$metrics = Http::get( '/metrics?range=24h&by[]=model&by[]=source&by[]=outcome' )->json();
		self::assertSame( array( 'model', 'source', 'outcome' ), array_keys( $metrics['by'] ) );
		foreach ( $metrics['by'] as $name => $points ) {
			self::assertSame( $metrics['total'][0]['calls'], array_sum( array_column( $points, 'calls' ) ), $name );
			$counts = static fn( array $point ): array => array_diff_key( $point, array_flip( array( 'duration_ms', 'provider_ms', 'own_ms', 'first_token_ms' ) ) );
			self::assertSame( array_map( $counts, Http::get( "/metrics?range=24h&group=$name" )->json()['points'] ), $points, $name );
		}
		self::assertArrayNotHasKey( 'by', Http::get( '/metrics' )->json(), 'for who did not ask' );
	}

	public function test_what_was_before_the_range_is_beside_it_and_counts_once(): void {
		self::forget_all();
		for ( $i = 0; $i < 3; $i++ ) {
			Http::infer( array( 'prompt' => self::fresh() ) );
		}
		self::assertSame( array(), Http::get( '/metrics?range=1h' )->json()['previous'] );
		self::move_back( 60 );
		Http::infer( array( 'prompt' => self::fresh() ) );
		$metrics = Http::get( '/metrics?range=1h' )->json();
		self::assertSame( array( 4 ), array_column( $metrics['total'], 'calls' ), 'the minute in which the range begins belongs to it' );
		self::assertSame( array(), $metrics['previous'] );
		self::move_back( 1, 'at < (SELECT MAX(at) FROM metric WHERE span = 0)' );
		$metrics = Http::get( '/metrics?range=1h' )->json();
		self::assertSame( array( array( 1 ), array( 3 ) ), array( array_column( $metrics['total'], 'calls' ), array_column( $metrics['previous'], 'calls' ) ) );
	}

	public function test_today_stands_beside_yesterday_until_the_same_time(): void {
		self::forget_all();
		$none = Http::get( '/metrics?days=1' )->json()['days'];
		self::assertSame(
			array(
				'today'     => null,
				'yesterday' => null,
			),
			$none
		);
		Http::infer( array( 'prompt' => self::fresh() ) );
		Http::infer( array( 'prompt' => self::fresh() ) );
		self::move_back( 24 * 60 + 2 );
		Http::infer( array( 'prompt' => self::fresh() ) );
		$days = Http::get( '/metrics?days=1' )->json()['days'];
		self::assertSame( array( 1, 2 ), array( $days['today']['calls'], $days['yesterday']['calls'] ) );
		self::move_back( -10, 'at < (SELECT MAX(at) FROM metric WHERE span = 0)' );
		self::assertNull( Http::get( '/metrics?days=1' )->json()['days']['yesterday'], 'what came later in the day is not compared' );
		self::assertArrayNotHasKey( 'days', Http::get( '/metrics' )->json(), 'for who did not ask' );
	}

	public function test_one_answer_has_all_that_the_overview_shows_as_the_schema_says(): void {
		Http::infer( array( 'prompt' => self::fresh() ) );
		$metrics = Http::get( '/metrics?range=24h&by[]=outcome&by[]=source&days=1' )->json();
		self::assertSame( array( 'since', 'until', 'step', 'total', 'previous', 'points', 'queue', 'by', 'days' ), array_keys( $metrics ) );
		self::assertSame( $metrics['total'][0]['calls'], array_sum( array_column( $metrics['points'], 'calls' ) ) );
		self::assertSame( $metrics['total'][0]['calls'], array_sum( array_column( $metrics['by']['outcome'], 'calls' ) ) );
		self::assertSame( $metrics['total'][0]['calls'], array_sum( array_column( $metrics['by']['source'], 'calls' ) ) );
		self::assertGreaterThan( 0, $metrics['days']['today']['calls'] ?? '00:00' === gmdate( 'H:i' ) );
		self::assertArrayHasKey( 'yesterday', $metrics['days'] );
		$schema = Http::send( array( 'method' => 'OPTIONS' ) + Http::get_call( '/metrics' ) )->json()['schema'];
		self::assertSame( array(), self::unknown( $metrics, $schema, 'answer' ) );
	}

	/** Paths of keys that the schema does not describe. */
	private static function unknown( mixed $value, array $schema, string $path ): array {
		if ( ! is_array( $value ) ) {
			return array();
		}
		$found = array();
		foreach ( $value as $key => $inner ) {
			$inside = is_int( $key ) ? $schema['items'] ?? null : $schema['properties'][ $key ] ?? $schema['additionalProperties'] ?? null;
			$found  = array_merge( $found, null === $inside ? array( "$path.$key" ) : self::unknown( $inner, $inside, "$path.$key" ) );
		}
		return $found;
	}

	public function test_a_wrong_range_or_group_is_named(): void {
		foreach ( array( 'range=2h', 'group=user', 'range[]=1h', 'by=user', 'by[]=model&by[]=prompt', 'by[]=model&by[]=model', 'by[model][]=1', 'days=perhaps' ) as $query ) {
			$error = Http::get( "/metrics?$query" );
			self::assertSame( 400, $error->status, $error->body );
		}
	}

	public function test_a_scraper_with_the_secret_gets_plain_text(): void {
		self::open_door();
		Http::infer( array( 'prompt' => self::fresh() ) );
		$reply = self::scrape( self::SECRET );
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertSame( 'text/plain; version=0.0.4; charset=utf-8', $reply->header( 'Content-Type' ) );
		self::assertStringStartsWith( '# HELP aisp_calls_total ', $reply->body );
		self::assertMatchesRegularExpression( '/^aisp_calls_total\{site="[^"]+",model="mock-1",provider="mock",route="\/infer",outcome="ok"\} [1-9]/m', $reply->body );
		self::assertSame( $reply->header( 'Content-Type' ), self::scrape( null, 'admin' )->header( 'Content-Type' ), 'so does who manages the proxy' );
	}

	public function test_any_other_token_is_refused_and_so_is_every_one_where_none_is_set(): void {
		self::assert_error( 401, 'unauthorized', self::scrape( self::SECRET ) );
		self::open_door();
		foreach ( array( 'the-secret-of-a-scrape', self::SECRET . 'r', 'nobody' ) as $token ) {
			self::assert_error( 401, 'unauthorized', self::scrape( $token ) );
		}
		self::assert_error( 401, 'unauthorized', self::scrape( null ) );
		self::assert_error( 403, 'forbidden', self::scrape( null, 'editor' ) );
	}

	public function test_the_secret_opens_nothing_else(): void {
		self::open_door();
		foreach ( array( '/metrics', '/logs', '/status' ) as $route ) {
			self::assert_error( 401, 'unauthorized', Http::get( $route, null, array( 'headers' => array( 'Authorization: Bearer ' . self::SECRET ) ) ) );
		}
	}

	public function test_the_command_prints_a_row_a_name_and_the_text_of_scrapers(): void {
		Http::infer( array( 'prompt' => self::fresh() ) );
		list( list( $kind, $format, $metrics ) ) = self::wp( 'metrics', '--range=1h', '--group=model', '--format=json' );
		self::assertSame( array( 'value', 'json' ), array( $kind, $format ) );
		self::assertGreaterThan( 0, self::sum( $metrics['total'], 'mock-1' ) );
		list( list( $kind, $text ) ) = self::wp( 'metrics', '--format=prometheus' );
		self::assertSame( 'line', $kind );
		self::assertStringContainsString( '# TYPE aisp_duration_seconds histogram', $text );
		$rows = json_encode( self::wp( 'metrics', '--range=1h' ), JSON_THROW_ON_ERROR );
		self::assertStringContainsString( 'p95_ms', $rows );
	}
}
