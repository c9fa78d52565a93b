<?php
/**
 * The block and the panel of the editor: who has them, what they may ask for, and as what they are in the log.
 */

declare( strict_types=1 );

final class EditorTest extends SiteTestCase {

	private const EDITOR = '/wp-admin/post-new.php';

	public function test_who_may_ask_gets_block_and_panel_in_the_editor_of_posts_alone(): void {
		$session = Http::session( 'author' );
		$page    = Http::page( self::EDITOR, $session )->body;
		self::assertStringContainsString( '/build/block/index.js', $page );
		self::assertStringContainsString( '/build/sidebar.js', $page );

		$widgets = Http::page( '/wp-admin/edit.php', $session )->body;
		self::assertStringNotContainsString( '/build/', $widgets );

		$editor = Http::page( '/wp-admin/site-editor.php', Http::session( 'admin' ) )->body;
		self::assertStringContainsString( '/build/block/index.js', $editor );
		self::assertStringNotContainsString( '/build/sidebar.js', $editor );
	}

	public function test_it_is_the_capability_that_counts_and_not_the_role(): void {
		Site::mu_plugin( 'add_filter( "user_has_cap", static fn( $caps ) => array_diff_key( $caps, array( "aisp_infer" => 1 ) ) );' );
		$page = Http::page( self::EDITOR, Http::session( 'admin' ) )->body;
		self::assertStringNotContainsString( '/build/', $page );
		self::assertStringNotContainsString( 'ai-secure-proxy/generate', $page );
	}

	public function test_a_block_that_was_left_in_a_post_shows_nothing(): void {
		$block = '<!-- wp:ai-secure-proxy/generate {"prompt":"a secret plan"} /-->';
		foreach ( array( 0, Site::user( 'admin' )['id'] ) as $user ) {
			self::assertSame( '', Site::php( 'wp_set_current_user( $in[1] ); AI_Secure_Proxy\Editor::block(); return trim( do_blocks( $in[0] ) );', array( $block, $user ) ) );
		}
	}

	public function test_models_are_those_of_the_policy_of_who_asks(): void {
		Site::policy( self::policy( array( 'max_prompt_chars' => 1234 ) ) );
		$expected = array(
			'default_model'    => 'mock-1',
			'models'           => array( 'mock-1' ),
			'max_prompt_chars' => 1234,
		);
		self::assertSame( $expected, Http::get( '/models', 'author' )->json() );

		Site::mu_plugin( 'add_filter( "aisp_policy", static function ( $policy, $caller ) { if ( "author" === $caller["role"] ) { $policy["max_prompt_chars"] = 99; } return $policy; }, 10, 2 );' );
		self::assertSame( 99, Http::get( '/models', 'author' )->json()['max_prompt_chars'] );
		self::assertSame( 1234, Http::get( '/models', 'editor' )->json()['max_prompt_chars'] );

		Site::policy( array() );
		$built_in = Http::get( '/models', 'editor' )->json();
		self::assertSame( 'gpt-4o-mini', $built_in['default_model'] );
		self::assertContains( 'gpt-4o', $built_in['models'] );
	}

	public function test_models_are_for_who_may_ask(): void {
		self::assert_error( 401, 'unauthorized', Http::get( '/models', null ) );
		self::assert_error( 403, 'forbidden', Http::get( '/models', 'reader' ) );
		Site::policy( self::policy( array( 'qouta' => 1 ) ) );
		self::assert_error( 500, 'config_error', Http::get( '/models', 'editor' ) );
	}

	/** @dataProvider sources */
	public function test_the_log_knows_which_screen_asked( string $said, string $logged ): void {
		foreach ( array( '/infer', '/infer/stream' ) as $route ) {
			Http::send( Http::post_call( $route, array( 'prompt' => self::fresh() ), 'editor', array( 'headers' => array( "X-AISP-Source: $said" ) ) ) );
		}
		self::assertSame( array( $logged, $logged ), array_column( self::logs(), 'source' ) );
	}

	public static function sources(): array {
		return array(
			'playground' => array( 'playground', 'playground' ),
			'block'      => array( 'block', 'block' ),
			'sidebar'    => array( 'sidebar', 'sidebar' ),
			'made up'    => array( 'enrich', 'rest' ),
			'empty'      => array( '', 'rest' ),
		);
	}

	public function test_a_refusal_has_its_source_too(): void {
		Http::send( Http::post_call( '/infer/stream', '{"prompt"', 'editor', array( 'headers' => array( 'X-AISP-Source: block' ) ) ) );
		self::assertSame( 'block', self::only_record()['source'] );
	}

	public function test_another_server_cannot_say_that_it_is_a_screen(): void {
		Site::policy( self::policy( array( 'clients' => array( 'shop' => array( 'secret_env' => 'AISP_TEST_CLIENT' ) ) ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$body  = (string) json_encode( array( 'prompt' => self::fresh() ) );
		$reply = Http::send( Http::post_call( '/infer', $body, null, array( 'headers' => array( Signature::of( '/wp-json/ai-secure-proxy/v1/infer', $body ), 'X-AISP-Source: block' ) ) ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		self::assertSame( 200, $reply->status, $reply->body );
		self::assertSame( 'rest', self::only_record()['source'] );
	}
}
