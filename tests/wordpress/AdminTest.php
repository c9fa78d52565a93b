<?php
/**
 * What an administrator sees: Site Health, the facts for support, the personal data tools.
 */

declare( strict_types=1 );

final class AdminTest extends SiteTestCase {

	private const TEST = 'wp_set_current_user( $in ?? 1 ); return AI_Secure_Proxy\Site_Health::test();';

	public function test_site_health_is_content_when_all_is_well(): void {
		self::assertSame( 'good', Site::php( self::TEST )['status'] );
	}

	public function test_site_health_names_a_missing_key(): void {
		Site::policy( self::policy( array( 'providers' => array( 'mock' => self::provider( array( 'key_env' => 'AISP_ABSENT_KEY' ) ) ) ) ) );
		$result = Site::php( self::TEST );
		self::assertSame( 'critical', $result['status'] );
		self::assertStringContainsString( 'AISP_ABSENT_KEY', $result['description'] );
	}

	public function test_site_health_says_what_is_wrong_with_the_settings(): void {
		Site::policy( self::policy( array( '<b>qouta' => array() ) ) );
		$result = Site::php( self::TEST );
		self::assertSame( 'critical', $result['status'] );
		self::assertStringContainsString( '&lt;b&gt;qouta', $result['description'] );
		self::assertStringNotContainsString( '<b>', $result['description'] );
	}

	public function test_the_test_and_the_facts_are_on_their_screens(): void {
		Site::mu_plugin( Site::NO_NEWS );
		$session = Http::session( 'admin' );
		$page    = $this->page( '/wp-admin/site-health.php', $session );
		self::assertTrue( str_contains( $page, 'AI Secure Proxy is ready' ), 'the test' );
		$facts = $this->page( '/wp-admin/site-health.php?tab=debug', $session );
		self::assertTrue( str_contains( $facts, 'health-check-accordion-block-ai-secure-proxy' ), 'the section' );
		self::assertTrue( str_contains( $facts, 'Log records waiting' ), 'a field' );
	}

	public function test_the_place_of_the_store_is_kept_out_of_what_is_copied(): void {
		$field = Site::php( 'return AI_Secure_Proxy\Site_Health::debug_information( array() )["ai-secure-proxy"]["fields"]["location"];' );
		self::assertTrue( $field['private'] );
	}

	public function test_no_notice_with_the_module(): void {
		Site::mu_plugin( Site::NO_NEWS );
		self::assertFalse( str_contains( $this->page( '/wp-admin/plugins.php', Http::session( 'admin' ) ), 'AI Secure Proxy needs' ) );
	}

	public function test_a_persons_records_are_exported_by_pages(): void {
		$this->records_of( Site::user( 'author' )['id'], 450 );
		$this->records_of( Site::user( 'editor' )['id'], 3 );
		$pages = Site::php( 'return array_map( static fn( $page ) => AI_Secure_Proxy\Privacy::export( "author@example.test", $page ), array( 1, 2, 3 ) );' );
		self::assertSame( array( 200, 200, 50 ), array_map( static fn( array $page ): int => count( $page['data'] ), $pages ) );
		self::assertSame( array( false, false, true ), array_column( $pages, 'done' ) );
		self::assertSame( 'created_at', $pages[0]['data'][0]['data'][0]['name'] );
		self::assertTrue( Site::php( 'return array_key_exists( "ai-secure-proxy", apply_filters( "wp_privacy_personal_data_exporters", array() ) );' ) );
	}

	public function test_a_person_is_taken_out_of_the_records_and_the_records_stay(): void {
		$this->records_of( Site::user( 'author' )['id'], 250 );
		$this->records_of( Site::user( 'editor' )['id'], 3 );
		$erase = 'return AI_Secure_Proxy\Privacy::erase( $in );';
		$first = Site::php( $erase, 'author@example.test' );
		self::assertSame( array( true, false, false ), array( $first['items_removed'], $first['items_retained'], $first['done'] ) );
		self::assertSame( '50', (string) Site::value( 'SELECT COUNT(*) FROM wp_aisp_logs WHERE user_id = ' . Site::user( 'author' )['id'] ) );
		self::assertTrue( Site::php( $erase, 'author@example.test' )['done'] );
		self::assertFalse( Site::php( $erase, 'author@example.test' )['items_removed'] );
		self::assertTrue( Site::php( $erase, 'nobody@example.test' )['done'] );
		$users = array_count_values( array_column( Site::log(), 'user_id' ) );
		self::assertSame( array( 250, 3 ), array( $users[0], $users[ Site::user( 'editor' )['id'] ] ) );
		self::assertTrue( Site::php( 'return array_key_exists( "ai-secure-proxy", apply_filters( "wp_privacy_personal_data_erasers", array() ) );' ) );
	}

	public function test_the_client_that_is_named_after_a_person_is_renamed(): void {
		$author = Site::user( 'author' )['id'];
		Site::php( 'AI_Secure_Proxy\Log\Table::insert( $in );', array( array( 'uid' => 'one', 'created_at' => 1, 'user_id' => $author, 'client' => "token:user:$author" ), array( 'uid' => 'two', 'created_at' => 2, 'user_id' => $author, 'client' => 'shop' ) ) );
		self::assertCount( 1, self::logs( "?client=token:user:$author" ) );
		Site::php( 'AI_Secure_Proxy\Privacy::erase( $in );', 'author@example.test' );
		self::assertSame( array( 'token:user', 'shop' ), array_column( Site::log(), 'client' ) );
		self::assertSame( array(), self::logs( "?client=token:user:$author" ) );
		self::assertSame( array( 'one' ), array_column( self::logs( '?client=token:user' ), 'uid' ), 'the sum stays' );
	}

	public function test_the_privacy_guide_has_our_text(): void {
		self::assertTrue( str_contains( $this->page( '/wp-admin/options-privacy.php?tab=policyguide', Http::session( 'admin' ) ), 'what you enter is sent to the AI provider' ) );
		self::assertTrue( str_contains( $this->page( '/wp-admin/options-privacy.php?tab=policyguide', Http::session( 'admin' ) ), 'replaced by placeholders' ) );
		self::assertTrue( str_contains( $this->page( '/wp-admin/options-privacy.php?tab=policyguide', Http::session( 'admin' ) ), 'It is kept for 90 days.' ) );
		Site::policy( self::policy( array( 'redact' => false ) ) );
		self::assertFalse( str_contains( $this->page( '/wp-admin/options-privacy.php?tab=policyguide', Http::session( 'admin' ) ), 'replaced by placeholders' ), 'which would not be true' );
	}

	private function records_of( int $user_id, int $count ): void {
		Site::php(
			'$records = array();
			for ( $i = 0; $i < $in[1]; $i++ ) {
				$records[] = array( "uid" => wp_generate_uuid4(), "created_at" => time() - $i, "user_id" => $in[0] );
			}
			AI_Secure_Proxy\Log\Table::insert( $records );',
			array( $user_id, $count )
		);
	}

	private function page( string $path, array $session ): string {
		$reply = Http::page( $path, $session );
		self::assertSame( 200, $reply->status );
		return $reply->body;
	}
}
