<?php
/**
 * What an administrator sees of jobs: Site Health, the facts for support, the personal data tools.
 */

declare( strict_types=1 );

final class JobAdminTest extends JobTestCase {

	public function test_site_health_tells_of_jobs_that_nobody_works_on_and_of_those_that_failed(): void {
		$test = 'return AI_Secure_Proxy\Jobs\Health::test();';
		self::assertSame( 'good', Site::php( $test )['status'] );
		Mock::will(
			array(
				'type'   => 'fail',
				'status' => 400,
			)
		);
		self::enqueue( array( 'prompt' => self::fresh() ) );
		self::work();
		$result = Site::php( $test );
		self::assertSame( array( 'recommended', 'ai_secure_proxy_jobs' ), array( $result['status'], $result['test'] ) );
		self::assertStringContainsString( 'wp aisp job list --state=failed', $result['description'] );
		self::enqueue( array( 'prompt' => self::fresh() ) );
		self::on_store( 'UPDATE job SET due_us = due_us - 1200000000, created_us = created_us - 1200000000 WHERE state = 0' );
		$result = Site::php( $test );
		self::assertSame( 'critical', $result['status'] );
		self::assertStringContainsString( 'wp aisp worker', $result['description'] );
		self::assertStringContainsString( '20 minutes', $result['description'] );
		self::assertArrayHasKey( 'ai_secure_proxy_jobs', Site::php( 'return apply_filters( "site_status_tests", array() )["direct"];' ) );
		self::assertSame( '1 queued, 0 running, 0 waiting, 1 failed', Site::php( 'return AI_Secure_Proxy\Site_Health::debug_information( array() )["ai-secure-proxy"]["fields"]["jobs"]["value"];' ) );
	}

	public function test_site_health_tells_where_no_key_seals_private_values(): void {
		Site::policy( self::policy( array( 'jobs' => array( 'key_env' => array( 'AISP_TEST_NO_SUCH_KEY', 'AISP_TEST_NOR_THIS' ) ) ) ) );
		$result = Site::php( 'return AI_Secure_Proxy\Jobs\Health::test();' );
		self::assertSame( 'recommended', $result['status'] );
		self::assertStringContainsString( 'AISP_TEST_NO_SUCH_KEY / AISP_TEST_NOR_THIS', $result['description'] );
	}

	public function test_a_person_s_jobs_are_exported_and_erased(): void {
		$user = Site::new_user( 'author' );
		$mail = $user['login'] . '@example.test';
		for ( $i = 0; $i < 3; $i++ ) {
			$ids[] = self::enqueue( array( 'prompt' => self::fresh() ), $user['login'], $user );
		}
		$other = self::enqueue( array( 'prompt' => self::fresh() ) );
		self::wp( 'worker', '--max-jobs=1', '--concurrency=1' );
		$page = Site::php( 'return AI_Secure_Proxy\Jobs\Personal_Data::export( $in, 1 );', $mail );
		self::assertTrue( $page['done'] );
		self::assertSame( array_reverse( $ids ), array_column( $page['data'], 'item_id' ) );
		self::assertSame( 'created_at', $page['data'][0]['data'][0]['name'] );
		self::assertSame( array(), Site::php( 'return AI_Secure_Proxy\Jobs\Personal_Data::export( $in, 2 );', $mail )['data'] );
		$erased = Site::php( 'return AI_Secure_Proxy\Jobs\Personal_Data::erase( $in );', $mail );
		self::assertSame( array( true, false, true ), array( $erased['items_removed'], $erased['items_retained'], $erased['done'] ) );
		self::assertSame( array( $other ), array_column( Http::get( '/jobs' )->json(), 'id' ) );
		self::assertFalse( Site::php( 'return AI_Secure_Proxy\Jobs\Personal_Data::erase( $in );', 'nobody@example.test' )['items_removed'] );
		foreach ( array( 'exporters', 'erasers' ) as $what ) {
			self::assertArrayHasKey( 'ai-secure-proxy-jobs', Site::php( 'return apply_filters( "wp_privacy_personal_data_$in", array() );', $what ) );
		}
	}
}
