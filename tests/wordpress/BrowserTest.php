<?php
/**
 * A public page in a real browser: it asks with a token, and whoever reads its source finds no secret.
 */

declare( strict_types=1 );

final class BrowserTest extends SiteTestCase {

	/** The page; %1$s is where the routes are, %2$s the nonce, %3$s what is asked. */
	private const PAGE = <<<'HTML'
<!doctype html><html lang="en"><meta charset="utf-8"><title>Ask</title>
<style>body { font: 18px/1.5 sans-serif; max-width: 40em; margin: 3em auto } output { display: block; margin-top: 1em; padding: 1em; background: #eef }</style>
<h1>Ask us anything</h1><form><textarea cols="50" rows="3">%3$s</textarea><p><button>Ask</button></p></form><output></output>
<script>
const aisp = { url: '%1$s', nonce: '%2$s' };
async function ask( prompt ) {
	const token = await fetch( aisp.url + '/token', { method: 'POST', headers: { 'X-WP-Nonce': aisp.nonce } } ).then( r => r.json() );
	const headers = { 'Content-Type': 'application/json', 'X-AISP-Token': token.token };
	const answer = await fetch( aisp.url + '/infer', { method: 'POST', headers, body: JSON.stringify( { prompt } ) } ).then( r => r.json() );
	return answer.result.text;
}
ask( document.querySelector( 'textarea' ).value ).catch( String ).then( text => document.querySelector( 'output' ).textContent = text );
</script></html>
HTML;

	/** @var resource|null */
	private static $server = null;

	public static function setUpBeforeClass(): void {
		if ( null === self::browser() ) {
			self::markTestSkipped( 'There is no chromium here.' );
		}
	}

	protected function tearDown(): void {
		if ( self::$server ) {
			proc_terminate( self::$server );
			proc_close( self::$server );
			self::$server = null;
		}
		parent::tearDown();
	}

	private static function browser(): ?string {
		$path = trim( (string) shell_exec( 'command -v chromium' ) );
		return '' === $path ? null : $path;
	}

	/** The page as it is once it has come to rest, and perhaps a picture of it. */
	private static function look( string $url, ?string $picture = null ): string {
		$home  = sys_get_temp_dir() . '/aisp-browser.' . bin2hex( random_bytes( 6 ) );
		$words = array( 'timeout', '60', self::browser(), '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-proxy-server', "--user-data-dir=$home", '--window-size=900,600', '--virtual-time-budget=15000' );
		$words = array_merge( $words, null === $picture ? array( '--dump-dom' ) : array( "--screenshot=$picture" ), array( $url ) );
		try {
			return (string) shell_exec( 'HOME=' . escapeshellarg( $home ) . ' ' . implode( ' ', array_map( 'escapeshellarg', $words ) ) . ' 2>/dev/null' );
		} finally {
			exec( 'rm -rf ' . escapeshellarg( $home ) );
		}
	}

	private static function answer( string $dom ): string {
		return preg_match( '#<output>(.*?)</output>#s', $dom, $match ) ? html_entity_decode( $match[1] ) : "no output in: $dom";
	}

	/** @param string[] $origins Pages of other sites that may ask. */
	private static function tokens( array $origins = array() ): void {
		$policy = array(
			'tokens'  => array( 'secret_env' => 'AISP_TEST_TOKEN' ),
			'origins' => $origins,
		);
		Site::policy( self::policy( $policy ) );
	}

	/** Serves the page from another origin, and says which. */
	private static function elsewhere( string $prompt ): string {
		$socket = stream_socket_server( 'tcp://127.0.0.1:0' );
		$origin = 'http://' . stream_socket_get_name( $socket, false );
		fclose( $socket );
		$folder = sys_get_temp_dir() . '/aisp-page.' . bin2hex( random_bytes( 6 ) );
		mkdir( $folder );
		file_put_contents( "$folder/index.html", sprintf( self::PAGE, getenv( 'SITE_URL' ) . '/wp-json/ai-secure-proxy/v1', Site::php( 'return wp_create_nonce( "wp_rest" );' ), $prompt ) );
		register_shutdown_function( static fn() => exec( 'rm -rf ' . escapeshellarg( $folder ) ) );
		$pipes        = array();
		self::$server = proc_open( array( PHP_BINARY, '-n', '-S', substr( $origin, strlen( 'http://' ) ), '-t', $folder ), array( array( 'file', '/dev/null', 'r' ), array( 'file', '/dev/null', 'w' ), array( 'file', '/dev/null', 'w' ) ), $pipes );
		self::eventually( static fn(): bool => false !== @file_get_contents( "$origin/" ), 'the other site answers' );
		return $origin;
	}

	public function test_a_visitor_asks_and_the_page_holds_no_secret(): void {
		self::tokens();
		$prompt = self::fresh( 'When do you open' );
		Site::mu_plugin( 'add_action( "template_redirect", static function () { if ( isset( $_GET["ask"] ) ) { printf( ' . var_export( self::PAGE, true ) . ', rest_url( "ai-secure-proxy/v1" ), wp_create_nonce( "wp_rest" ), ' . var_export( $prompt, true ) . ' ); exit; } } );' );
		$url = getenv( 'SITE_URL' ) . '/?ask';
		self::provider_says( 'We open at nine.', null );
		$dom = self::look( $url );
		self::assertSame( 'We open at nine.', self::answer( $dom ) );
		$source = (string) file_get_contents( $url );
		self::assertStringContainsString( "'X-AISP-Token'", $source );
		foreach ( array( 'sk-test', 'the-secret-of', 'AISP_TEST', 'Bearer' ) as $secret ) {
			self::assertStringNotContainsString( $secret, $source . $dom );
		}
		self::assert_fields( array( 'user_id' => 0, 'client' => 'token:visitor', 'status_code' => 200 ), self::only_record() ); // phpcs:ignore WordPress.Arrays
		if ( getenv( 'SCREENSHOTS' ) ) {
			self::look( $url, getenv( 'SCREENSHOTS' ) . '/public-page.png' );
		}
	}

	public function test_a_page_of_a_listed_site_asks_too_and_any_other_is_kept_out_by_the_browser(): void {
		$origin = self::elsewhere( self::fresh() );
		self::tokens( array( $origin ) );
		self::provider_says( 'Hello from afar.', null );
		self::assertSame( 'Hello from afar.', self::answer( self::look( "$origin/" ) ) );
		self::tokens( array( 'https://www.example.com' ) );
		self::assertSame( 'TypeError: Failed to fetch', self::answer( self::look( "$origin/" ) ) );
		self::assertCount( 1, Mock::requests() );
	}
}
