<?php
/**
 * The site under test, from the inside: its users, its database, and PHP code run in it.
 */

declare( strict_types=1 );

final class Site {

	private static ?PDO $db = null;

	/** Variables of an `up` without the module. */
	public const WITHOUT_MODULE = array(
		'AISP_SO'        => '',
		'SITE_CONSTANTS' => '',
	);

	/** For mu_plugin(): some screens ask wordpress.org for news, and warn where there is no network. */
	public const NO_NEWS = 'add_filter( "pre_http_request", static fn() => array( "headers" => array(), "body" => "", "response" => array( "code" => 404, "message" => "Not Found" ), "cookies" => array(), "filename" => null ) );';

	/** @return array{id: int, role: string, password: string, app_password: string} */
	public static function user( string $login ): array {
		static $users = null;
		$users      ??= json_decode( (string) file_get_contents( (string) getenv( 'SITE_USERS' ) ), true, 512, JSON_THROW_ON_ERROR );
		return $users[ $login ];
	}

	/** Whom the limits have not met yet: login and application password, for a call's `login` and `password`. */
	public static function new_user( string $role ): array {
		$login = 'user' . bin2hex( random_bytes( 6 ) );
		$made  = self::php(
			'$id = wp_insert_user( array( "user_login" => $in["login"], "user_pass" => wp_generate_password(), "user_email" => $in["login"] . "@example.test", "role" => $in["role"] ) );
			return array( $id, WP_Application_Passwords::create_new_application_password( $id, array( "name" => "test" ) )[0] );',
			compact( 'login', 'role' )
		);
		return array(
			'id'       => $made[0],
			'login'    => $login,
			'password' => $made[1],
		);
	}

	/**
	 * Runs PHP code in the booted site, in a process of its own, as the site's user.
	 *
	 * @param string   $code   A function's body; what it returns comes back; $in is what it is given.
	 * @param mixed    $in     Anything JSON can carry.
	 * @param string[] $env    Variables of the process.
	 * @param string   $before Code to run before WordPress is loaded.
	 */
	public static function php( string $code, mixed $in = null, array $env = array(), string $before = '' ): mixed {
		return self::wait( self::start( $code, $in, $env, $before ) );
	}

	/**
	 * The same, without waiting for it.
	 *
	 * @return array{0: resource, 1: resource, 2: resource} For wait().
	 */
	public static function start( string $code, mixed $in = null, array $env = array(), string $before = '' ): array {
		$script  = "<?php $before\n"
			. '$_SERVER["REQUEST_METHOD"] = "GET";'
			. 'require ' . var_export( getenv( 'SITE_ROOT' ) . '/wp-load.php', true ) . ";\n"
			. 'require_once ABSPATH . "wp-admin/includes/admin.php";'
			. '$out = ( static function ( $in ) {' . $code . '} )( json_decode( base64_decode( "' . base64_encode( (string) json_encode( $in ) ) . '" ), true ) );'
			. 'echo "\n=>", base64_encode( json_encode( $out, JSON_INVALID_UTF8_SUBSTITUTE ) ), "\n";';
		$process = proc_open( array( getenv( 'SITE_PHP' ) ), array( array( 'pipe', 'r' ), array( 'pipe', 'w' ), array( 'pipe', 'w' ) ), $pipes, null, $env + getenv() );
		fwrite( $pipes[0], $script );
		fclose( $pipes[0] );
		return array( $process, $pipes[1], $pipes[2] );
	}

	/** @param array $started By start(). */
	public static function wait( array $started ): mixed {
		$said   = (string) stream_get_contents( $started[1] );
		$errors = (string) stream_get_contents( $started[2] );
		$exit   = proc_close( $started[0] );
		if ( $exit || ! preg_match( '/\n=>(\S*)\n$/', $said, $found ) ) {
			throw new RuntimeException( "PHP in the site ended with $exit: " . $said . $errors );
		}
		return json_decode( (string) base64_decode( $found[1], true ), true );
	}

	public static function db(): PDO {
		self::$db ??= new PDO(
			'mysql:charset=utf8mb4;dbname=wordpress;unix_socket=' . getenv( 'SITE_DB_SOCKET' ),
			posix_getpwuid( posix_geteuid() )['name'],
			'',
			array( PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION )
		);
		return self::$db;
	}

	public static function value( string $sql ): mixed {
		return self::db()->query( $sql )->fetchColumn();
	}

	/** The rows of the log as they lie in the table, oldest first. */
	public static function log(): array {
		return self::db()->query( 'SELECT * FROM wp_aisp_logs ORDER BY id' )->fetchAll( PDO::FETCH_ASSOC );
	}

	/** The option aisp_settings. */
	public static function policy( array $policy ): void {
		self::db()->prepare( 'INSERT INTO wp_options (option_name, option_value, autoload) VALUES ("aisp_settings", :v, "on") ON DUPLICATE KEY UPDATE option_value = VALUES(option_value)' )
			->execute( array( 'v' => serialize( $policy ) ) );
	}

	/** Code that runs in every request of the site, until the test is over. */
	public static function mu_plugin( string $code ): void {
		file_put_contents( self::mu_plugins() . 'test-' . bin2hex( random_bytes( 6 ) ) . '.php', "<?php\n$code\n" );
	}

	public static function no_mu_plugins(): void {
		array_map( 'unlink', glob( self::mu_plugins() . 'test-*.php' ) );
	}

	private static function mu_plugins(): string {
		return getenv( 'SITE_ROOT' ) . '/wp-content/mu-plugins/';
	}

	/** The site while its store cannot be opened. */
	public static function without_store( callable $then ): void {
		$pool = tempnam( sys_get_temp_dir(), 'pool' );
		file_put_contents( $pool, file_get_contents( (string) getenv( 'SITE_POOL' ) ) . "php_admin_value[aisp.store] = sqlite:/proc/aisp/none.db\n" );
		try {
			self::up( array( 'SITE_POOL' => $pool ) );
			$then();
		} finally {
			self::up( array() );
			unlink( $pool );
		}
	}

	/** Starts the site again, with other variables than run.sh gave; array() is as it was. */
	public static function up( array $variables ): void {
		self::script( 'up', $variables );
	}

	/** Ends its servers, and keeps its data; up() starts them again. */
	public static function down(): void {
		self::$db = null;
		self::script( 'down', array() );
	}

	private static function script( string $verb, array $variables ): void {
		$words = array_map( static fn( string $name, string $value ): string => "$name=$value", array_keys( $variables ), $variables );
		// The servers outlive this process: they may not keep its output open.
		$close = 'for fd in 3 4 5 6 7 8 9; do eval "exec $fd>&-"; done; exec env "$@"';
		$words = array( 'sh', '-c', $close, 'sh', ...$words, dirname( __DIR__, 2 ) . '/support/site.sh', $verb, (string) getenv( 'SITE_DIR' ) );
		exec( implode( ' ', array_map( 'escapeshellarg', $words ) ) . ' 2>&1', $said, $exit );
		if ( $exit ) {
			throw new RuntimeException( implode( "\n", $said ) );
		}
	}
}
