<?php
/**
 * Jobs of clients and of browsers without a login: whose they are, what they may not, and by which policy they run.
 */

declare( strict_types=1 );

final class JobSignedTest extends JobTestCase {

	private const API = '/wp-json/ai-secure-proxy/v1';

	protected function setUp(): void {
		parent::setUp();
		$models = array( 'mock-1' => array( 'route' => array( array( 'mock', 'for-shops' ) ) ) );
		$shop   = array( 'secret_env' => 'AISP_TEST_CLIENT' );
		Site::policy(
			self::policy(
				array(
					'clients' => array(
						'shop'  => $shop + array( 'policy' => array( 'models' => $models ) ),
						'other' => array( 'secret_env' => 'AISP_TEST_WEBHOOK_TEXT' ),
					),
					'tokens'  => array(
						'secret_env' => 'AISP_TEST_TOKEN',
						'routes'     => array( '/infer', '/jobs' ),
						'policy'     => array( 'models' => array( 'mock-1' => array( 'route' => array( array( 'mock', 'for-visitors' ) ) ) ) ),
					),
				)
			)
		);
	}

	/** A call that a client has signed. */
	private static function signed( string $method, string $path, ?array $body = null, array $changes = array() ): Reply {
		$json   = null === $body ? '' : json_encode( $body, JSON_THROW_ON_ERROR );
		$header = Signature::of( self::API . strtok( $path, '?' ), $json, $changes + array( 'method' => $method ) );
		return Http::send( array( 'method' => $method ) + Http::post_call( $path, $json, null, array( 'headers' => array( $header ) ) ) );
	}

	private static function token( array $changes = array() ): string {
		return Site::php(
			'putenv( "AISP_TEST_TOKEN=the-secret-of-the-tokens-0123456789" );
			return AI_Secure_Proxy\Rest\Token::mint( $in + AI_Secure_Proxy\Rest\Token::claims( ' . var_export( getenv( 'SITE_URL' ), true ) . ', "visitor" ) )["token"];',
			$changes
		);
	}

	/** A call of a page with a token. */
	private static function with_token( string $token, string $method, string $path, ?array $body = null, array $headers = array() ): Reply {
		$headers = array( "X-AISP-Token: $token", 'Origin: ' . getenv( 'SITE_URL' ), ...$headers );
		return Http::send( array( 'method' => $method ) + Http::post_call( $path, null === $body ? '' : json_encode( $body, JSON_THROW_ON_ERROR ), null, array( 'headers' => $headers ) ) );
	}

	public function test_a_client_has_jobs_of_its_own_which_run_by_its_policy(): void {
		$reply = self::signed( 'POST', '/jobs', array( 'prompt' => self::fresh() ) );
		self::assertSame( 202, $reply->status, $reply->body );
		$id = $reply->json()['job_id'];
		self::assert_fields( array( 'user_id' => 0, 'client' => 'shop' ), $reply->json()['job']['caller'] ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$other = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::work();
		$models = array_map( static fn( array $request ): string => $request['body']['model'], Mock::requests() );
		sort( $models );
		self::assertSame( array( 'for-shops', 'gpt-4o-mini' ), $models );
		self::assertContains( 'shop', array_column( self::logs(), 'client' ) );

		self::assertNotSame( '', self::signed( 'GET', "/jobs/$id" )->json()['result']['text'] );
		self::assertSame( array( $id ), array_column( self::signed( 'GET', '/jobs' )->json(), 'id' ) );
		self::assert_error( 404, 'not_found', self::signed( 'GET', "/jobs/$other" ) );
		self::assert_error( 409, 'conflict', self::signed( 'DELETE', "/jobs/$id" ) );
		self::assert_error( 409, 'conflict', self::signed( 'POST', "/jobs/$id/retry" ) );
		self::assert_error( 404, 'not_found', self::act( 'GET', $id ) );
		$stranger = array( 'client' => 'other', 'secret' => "It's a Secret to Everybody" ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assert_error( 404, 'not_found', self::signed( 'GET', "/jobs/$id", null, $stranger ) );
		self::assertSame( array(), self::signed( 'GET', '/jobs', null, $stranger )->json() );
		self::assertSame( $id, self::job( $id )['id'], 'managers see it' );
	}

	public function test_a_signature_is_for_its_method_and_its_job(): void {
		$id = self::signed( 'POST', '/jobs', array( 'prompt' => self::fresh() ) )->json()['job_id'];
		self::assert_error( 401, 'unauthorized', self::signed( 'DELETE', "/jobs/$id", null, array( 'method' => 'GET' ) ) );
		self::assert_error( 401, 'unauthorized', self::signed( 'DELETE', "/jobs/$id", null, array( 'path' => self::API . '/jobs/' . self::NO_JOB ) ) );
		self::assert_error( 401, 'unauthorized', self::signed( 'POST', '/jobs', array( 'prompt' => 'Hi' ), array( 'secret' => 'guessed' ) ) );
		self::assertSame( array( 'caller_unauthorized' ), array_column( array_filter( self::logs(), static fn( array $record ): bool => 401 === $record['status_code'] && '/jobs' === $record['route'] ), 'error' ) );
		self::assertSame( 'queued', self::job( $id )['state'] );
		self::assertSame( 'cancelled', self::signed( 'DELETE', "/jobs/$id" )->json()['state'] );
	}

	public function test_nobody_without_a_login_has_something_written_into_posts(): void {
		$body = array(
			'prompt' => 'Hi',
			'store'  => self::into( self::new_post() ),
		);
		$user = Site::user( 'admin' )['id'];
		foreach ( array( self::signed( 'POST', '/jobs', $body ), self::with_token( self::token(), 'POST', '/jobs', $body ), self::with_token( self::token( array( 'sub' => "user:$user" ) ), 'POST', '/jobs', $body ) ) as $reply ) {
			$error = self::assert_error( 403, 'forbidden', $reply );
			self::assertStringStartsWith( 'store ', $error['message'] );
		}
		self::assert_nothing_enqueued();
	}

	public function test_a_visitor_finds_a_job_by_its_id_and_none_by_looking(): void {
		$reply = self::with_token( self::token(), 'POST', '/jobs', array( 'prompt' => self::fresh() ) );
		self::assertSame( 202, $reply->status, $reply->body );
		$id = $reply->json()['job_id'];
		self::work();
		self::assertSame( 'for-visitors', Mock::requests()[0]['body']['model'] );
		self::assertSame( 'done', self::with_token( self::token(), 'GET', "/jobs/$id" )->json()['state'], 'also with a later token' );
		self::assert_error( 403, 'forbidden', self::with_token( self::token(), 'GET', '/jobs' ) );
		$other = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::assert_error( 404, 'not_found', self::with_token( self::token(), 'GET', "/jobs/$other" ) );
		self::assert_error( 404, 'not_found', self::signed( 'GET', "/jobs/$id" ) );
	}

	public function test_visitors_have_keys_of_their_own(): void {
		$body = array( 'prompt' => self::fresh() );
		$key  = array( 'Idempotency-Key: 1' );
		$mine = self::token();
		$id   = self::with_token( $mine, 'POST', '/jobs', $body, $key )->json()['job_id'];
		self::assertSame( $id, self::with_token( $mine, 'POST', '/jobs', $body, $key )->json()['job_id'] );
		$other = self::with_token( self::token(), 'POST', '/jobs', array( 'prompt' => self::fresh() ), $key );
		self::assertSame( 202, $other->status, $other->body );
	}

	public function test_a_user_s_token_opens_what_tokens_of_that_user_have_asked_for(): void {
		$editor = Site::user( 'editor' )['id'];
		$token  = self::token( array( 'sub' => "user:$editor" ) );
		$id     = self::with_token( $token, 'POST', '/jobs', array( 'prompt' => self::fresh() ) )->json()['job_id'];
		$own    = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::assertSame( array( $id ), array_column( self::with_token( $token, 'GET', '/jobs' )->json(), 'id' ) );
		self::assert_error( 404, 'not_found', self::with_token( $token, 'GET', "/jobs/$own" ) );
		self::assertSame( array( $own, $id ), array_column( Http::get( '/jobs', 'editor' )->json(), 'id' ), 'the user sees both' );
	}

	public function test_a_token_that_does_not_name_jobs_opens_none(): void {
		$id    = self::with_token( self::token(), 'POST', '/jobs', array( 'prompt' => self::fresh() ) )->json()['job_id'];
		$token = self::token( array( 'routes' => array( '/infer' ) ) );
		foreach ( array( array( 'POST', '/jobs' ), array( 'GET', "/jobs/$id" ), array( 'DELETE', "/jobs/$id" ), array( 'POST', "/jobs/$id/retry" ) ) as list( $method, $path ) ) {
			self::assert_error( 401, 'unauthorized', self::with_token( $token, $method, $path ) );
		}
	}

	public function test_disguises_are_refused(): void {
		$id = self::signed( 'POST', '/jobs', array( 'prompt' => self::fresh() ) )->json()['job_id'];
		foreach ( array( '?_method=DELETE', '?_envelope=1' ) as $query ) {
			self::assert_error( 400, 'invalid_request', self::signed( 'POST', "/jobs/$id/retry$query", null, array( 'query' => $query ) ) );
		}
		self::assertSame( 'queued', self::job( $id )['state'] );
	}

	public function test_a_route_of_jobs_may_be_closed_to_other_addresses(): void {
		Site::policy( self::policy( array( 'allow' => array( '/jobs' => array( '203.0.113.0/24' ) ) ) ) );
		self::assert_error( 403, 'forbidden', self::post( array( 'prompt' => 'Hi' ) ) );
		self::assert_error( 403, 'forbidden', self::act( 'GET', self::NO_JOB ) );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ) )->status );
	}

	public function test_pages_elsewhere_that_are_listed_may_name_a_key_and_read_where_the_job_is(): void {
		$origin = 'https://www.example.com';
		Site::policy( self::policy( array( 'origins' => array( $origin ) ) ) );
		$headers = array( "Origin: $origin", 'Access-Control-Request-Method: DELETE', 'Access-Control-Request-Headers: idempotency-key' );
		$reply   = Http::send( array( 'method' => 'OPTIONS', 'headers' => $headers ) + Http::post_call( '/jobs/' . self::NO_JOB, '', null ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertStringContainsString( 'Idempotency-Key', (string) $reply->header( 'Access-Control-Allow-Headers' ) );
		self::assertStringContainsString( 'DELETE', (string) $reply->header( 'Access-Control-Allow-Methods' ) );
		self::assertStringContainsString( 'Location', (string) $reply->header( 'Access-Control-Expose-Headers' ) );
	}
}
