<?php
/**
 * Settings that the module could not work with are not saved, and whoever saves them is told which key is wrong.
 */

declare( strict_types=1 );

final class PolicySaveTest extends SiteTestCase {

	/** What an administrator's screen would show. */
	private const SAVE = 'update_option( "aisp_settings", $in ); return array_column( get_settings_errors( "aisp_settings" ), "message" );';

	private const SAVED = 'return get_option( "aisp_settings" );';

	/** @dataProvider flaws */
	public function test_a_flaw_is_refused_by_name_and_the_old_settings_stay( mixed $settings, string $name ): void {
		$before   = Site::php( self::SAVED );
		$messages = Site::php( self::SAVE, $settings );
		self::assertCount( 1, $messages );
		self::assertStringContainsString( $name, html_entity_decode( $messages[0], ENT_QUOTES ) );
		self::assertStringNotContainsString( 'aisp_policy_check', $messages[0] );
		self::assertSame( $before, Site::php( self::SAVED ) );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ) )->status, 'all goes on' );
	}

	public static function flaws(): array {
		$rule   = static fn( string $key, array $rule ): array => array( $key => array( $rule + array( 'per' => 'site' ) ) );
		$budget = static fn( mixed $tokens, mixed $period ): array => $rule( 'budget', array( 'tokens' => $tokens, 'period' => $period ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		$quota  = static fn( mixed $limit, mixed $period ): array => $rule( 'quota', array( 'limit' => $limit, 'period' => $period ) ); // phpcs:ignore WordPress.Arrays.ArrayDeclarationSpacing
		return array(
			'a negative budget'      => array( $budget( -5, 'day' ), 'budget[0].tokens' ),
			'a budget of no time'    => array( $budget( 100, 0 ), 'budget[0].period' ),
			'a budget of two years'  => array( $budget( 100, 2 * 366 * 86400 ), 'budget[0].period' ),
			'a budget per week'      => array( $budget( 100, 'week' ), 'budget[0].period' ),
			'a budget of nothing'    => array( $rule( 'budget', array( 'period' => 'day' ) ), 'budget[0]' ),
			'a negative limit'       => array( $quota( -1, 3600 ), 'quota[0].limit' ),
			'a limit of no time'     => array( $quota( 60, 0 ), 'quota[0].period' ),
			'a limit of two years'   => array( $quota( 60, 2 * 366 * 86400 ), 'quota[0].period' ),
			'a pattern with no end'  => array( array( 'redact' => array( 'patterns' => array( 'x' => '[a-' ) ) ), 'redact.patterns.x' ),
			'an unknown key'         => array( array( 'qouta' => array() ), 'qouta' ),
			'an unknown key, marked' => array( array( '<b>' => array() ), '<b>' ),
			'a string'               => array( 'everything', 'aisp_settings' ),
			'nothing'                => array( null, 'aisp_settings' ),
		);
	}

	public function test_all_flaws_are_told_at_once(): void {
		$messages = Site::php( self::SAVE, array( 'qouta' => array(), 'timeout_ms' => 'fast' ) ); // phpcs:ignore WordPress.Arrays
		self::assertCount( 1, $messages );
		$told = html_entity_decode( $messages[0], ENT_QUOTES );
		self::assertStringContainsString( '"qouta" is not known', $told );
		self::assertStringContainsString( '"timeout_ms" must be of type int, string given.', $told );
	}

	public function test_what_can_be_used_is_saved(): void {
		$settings = self::policy( array( 'timeout_ms' => 9000 ) );
		self::assertSame( array(), Site::php( self::SAVE, $settings ) );
		self::assertSame( 9000, Site::php( self::SAVED )['timeout_ms'] );
		self::assertSame( array(), Site::php( self::SAVE, array() ), 'so are no settings at all' );
		self::assertSame( array(), Site::php( self::SAVED ) );
	}

	public function test_the_first_settings_of_a_site_are_looked_at_too(): void {
		Site::php( 'delete_option( "aisp_settings" );' );
		self::assertCount( 1, Site::php( self::SAVE, array( 'qouta' => array() ) ) );
		self::assertFalse( Site::php( self::SAVED ) );
		self::assertSame( array(), Site::php( self::SAVE, self::policy() ) );
		self::assertSame( 'mock-1', Site::php( self::SAVED )['default_model'] );
	}

	public function test_the_command_line_ends_with_the_reason(): void {
		$printed = Site::php(
			'try { update_option( "aisp_settings", $in ); } catch ( CliExit $e ) {} return WP_CLI::$printed;',
			array( 'qouta' => array() ),
			array(),
			'require ' . var_export( getenv( 'SITE_TESTS' ) . '/wordpress/support/wp-cli.php', true ) . ';'
		);
		self::assertSame( array( 'error' ), array_column( $printed, 0 ) );
		self::assertStringContainsString( 'qouta', $printed[0][1] );
		self::assertSame( 'mock-1', Site::php( self::SAVED )['default_model'] );
	}

	public function test_settings_that_were_bad_before_can_be_mended_and_left(): void {
		Site::policy( self::policy( array( 'qouta' => array() ) ) );
		self::assertSame( array(), Site::php( 'sanitize_option( "aisp_settings", get_option( "aisp_settings" ) ); return get_settings_errors();' ), 'as WP-CLI asks' );
		self::assertSame( array( 1, 2 ), Site::php( 'return array( AI_Secure_Proxy\Cache\Invalidation::next_epoch(), AI_Secure_Proxy\Cache\Invalidation::next_epoch() );' ), 'a new epoch is none of its business' );
		self::assertSame( array(), Site::php( self::SAVE, self::policy() ) );
		self::assertSame( 200, Http::infer( array( 'prompt' => self::fresh() ) )->status );
	}
}
