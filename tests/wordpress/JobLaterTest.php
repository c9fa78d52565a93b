<?php
/**
 * A job whose provider answers later: by the provider's webhook, or by a look now and then; and one that is called off meanwhile.
 */

declare( strict_types=1 );

final class JobLaterTest extends JobTestCase {

	private Later $provider;

	protected function setUp(): void {
		parent::setUp();
		$this->provider = new Later();
		$providers      = array( 'mock' => self::provider( array( 'base_url' => $this->provider->url ) ) );
		$webhooks       = array(
			'default' => array(
				'scheme'     => 'standard',
				'secret_env' => 'AISP_TEST_WEBHOOK',
			),
		);
		Site::policy( self::policy( compact( 'providers', 'webhooks' ) ) );
	}

	protected function tearDown(): void {
		$this->provider->stop();
		parent::tearDown();
	}

	/** A job that its provider has taken; its id and the response's. */
	private function waiting( array $more = array() ): array {
		$job = self::enqueue( array( 'prompt' => self::fresh( 'Think of ann@example.com' ), 'background' => true ) + $more ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::work();
		$shown = self::job( $job );
		self::assertSame( 'waiting', $shown['state'], json_encode( $shown ) );
		self::assertSame( array(), self::told() );
		list( $response ) = $this->provider->asked();
		return array( $job, $response );
	}

	public function test_the_providers_webhook_brings_the_answer_to_where_it_belongs(): void {
		$post                  = self::new_post();
		list( $job, $response ) = $this->waiting( array( 'store' => self::into( $post ) ) );
		self::assertTrue( $this->provider->request( $response )['background'] );
		self::assertStringContainsString( '[EMAIL_1]', json_encode( $this->provider->request( $response ) ) );
		self::assertSame( array(), self::logs(), 'the call has not ended' );

		$this->provider->answer( $response, 'Ann is [EMAIL_1].' );
		$body  = json_encode( array( 'type' => 'response.completed', 'data' => array( 'id' => $response ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$reply = Webhook::send( $body );
		self::assertSame( 200, $reply->status, $reply->body );
		self::work();
		self::assertSame( array( 'done', 'Ann is ann@example.com.' ), array( self::job( $job )['state'], self::job( $job )['result']['text'] ) );
		self::assertSame( array( 'Ann is ann@example.com.' ), self::meta( $post ) );
		self::assertSame( array( 'completed' ), self::told_of() );
		$record = self::only_record();
		self::assert_fields( array( 'route' => '/jobs', 'status_code' => 200, 'tokens_in' => 30, 'tokens_out' => 50, 'attempts' => 1 ), $record ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
	}

	public function test_without_a_webhook_it_is_looked_after(): void {
		list( $job, $response ) = $this->waiting();
		self::work();
		self::assertSame( 'waiting', self::job( $job )['state'], 'not yet' );
		$this->provider->answer( $response, 'At last.' );
		self::on_store( 'UPDATE job SET due_us = 0 WHERE state = 2' );
		self::work();
		self::assertSame( array( 'done', 'At last.' ), array( self::job( $job )['state'], self::job( $job )['result']['text'] ) );
		self::assertCount( 1, $this->provider->asked(), 'it was asked once' );
	}

	public function test_a_job_that_is_called_off_is_called_off_at_its_provider_too(): void {
		list( $job, $response ) = $this->waiting();
		self::assertSame( 200, self::act( 'DELETE', $job )->status );
		self::work();
		self::assertTrue( $this->provider->was_called_off( $response ) );
		self::assertSame( 'cancelled', self::job( $job )['state'] );
		self::assertSame( array( $job ), array_column( Http::get( '/jobs' )->json(), 'id' ), 'only it is in the list' );
	}

	public function test_what_no_provider_can_do_later_is_refused_by_name(): void {
		$refused = static fn( array $body ): string => self::assert_error( 400, 'invalid_request', self::post( $body ) )['message'];
		self::assertStringContainsString( 'background', $refused( array( 'items' => array( array( 'prompt' => 'a' ), array( 'prompt' => 'b' ) ), 'background' => true ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertStringContainsString( 'within', $refused( array( 'prompt' => 'Hi', 'within' => '24h' ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertStringContainsString( 'within', $refused( array( 'items' => array( array( 'prompt' => 'a' ), array( 'prompt' => 'b' ) ), 'within' => '1h' ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
	}

	public function test_the_command_line_asks_for_it_too(): void {
		self::wp( 'job', 'enqueue', self::fresh(), '--background' );
		self::work();
		self::assertTrue( $this->provider->request( $this->provider->asked()[0] )['background'] );
	}
}
