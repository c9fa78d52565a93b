<?php
/**
 * A cached answer: from the module, from APCu, and as plugins do it in plain PHP.
 *
 * The module's call includes admission (throttle), the log record and the counters, as the plain versions do.
 */

declare( strict_types=1 );

require __DIR__ . '/support.php';
define( 'WP_USE_THEMES', false );
require getenv( 'SITE_ROOT' ) . '/wp-load.php';

global $wpdb;
$request = array( 'prompt' => 'Summarise this post in two sentences. ' . str_repeat( 'Lorem ipsum dolor sit amet. ', 40 ) );
$caller  = array( 'user_id' => 1, 'route' => 'bench', 'site' => 'bench' );
$policy  = bench_policy();
$answer  = aisp_infer( $request, $caller, $policy );
$private = array( 'prompt' => $request['prompt'] . ' Answer to ann@example.com.' );
$guarded = $policy + array(
	'budget' => array(
		array( 'per' => 'site', 'usd' => 20.0, 'period' => 'month' ),
		array( 'per' => 'user', 'tokens' => 1000000, 'period' => 'day' ),
	),
	'cache'  => array( 'stale' => 86400 ),
	'redact' => array( 'patterns' => array( 'customer' => 'K-[0-9]{6}' ) ),
);
aisp_infer( $private, $caller, $guarded );

$redis = new Redis();
$redis->connect( getenv( 'REDIS_SOCKET' ) );
$key = 'aisp:' . hash( 'sha256', (string) wp_json_encode( $request ) );
$redis->set( $key, (string) wp_json_encode( $answer ) );
apcu_store( 'aisp-bench', $answer );
set_transient( substr( $key, 0, 100 ), $answer, 3600 );
$wpdb->query( "CREATE TABLE IF NOT EXISTS {$wpdb->prefix}bench_log (id bigint unsigned NOT NULL AUTO_INCREMENT, user_id bigint unsigned NOT NULL, req_hash char(64) NOT NULL, created_at datetime NOT NULL, PRIMARY KEY (id), KEY created_at (created_at))" );

$log = static function () use ( $wpdb, $request ): void {
	$wpdb->insert(
		$wpdb->prefix . 'bench_log',
		array(
			'user_id'    => 1,
			'req_hash'   => hash( 'sha256', (string) wp_json_encode( $request ) ),
			'created_at' => gmdate( 'Y-m-d H:i:s' ),
		)
	);
};

$times = take_turns(
	array(
		'aisp_infer(), cached: admit, answer, record, counters' => static fn() => aisp_infer( $request, $caller, $policy ),
		'the same with every guard on, and a value to redact'    => static fn() => aisp_infer( $private, $caller, $guarded ),
		'apcu_fetch() alone'                                    => static fn() => apcu_fetch( 'aisp-bench' ),
		'plain PHP, phpredis: hash, counter, look-up; $wpdb log' => static function () use ( $redis, $request, $log ) {
			$key = 'aisp:' . hash( 'sha256', (string) wp_json_encode( $request ) );
			$redis->incr( 'aisp:count:1' );
			$answer = json_decode( (string) $redis->get( $key ), true );
			$log();
			return $answer;
		},
		'plain PHP, $wpdb: hash, option counter, transient, log' => static function () use ( $request, $log, $wpdb ) {
			$key = 'aisp:' . hash( 'sha256', (string) wp_json_encode( $request ) );
			$wpdb->query( "INSERT INTO {$wpdb->options} (option_name, option_value, autoload) VALUES ('aisp_bench_count', '1', 'off') ON DUPLICATE KEY UPDATE option_value = option_value + 1" );
			wp_cache_flush(); // Each request of a site starts with an empty object cache.
			$answer = get_transient( substr( $key, 0, 100 ) );
			$log();
			return $answer;
		},
	),
	10,
	400
);
print_table( 'A cached answer', $times );

$wpdb->query( "DROP TABLE {$wpdb->prefix}bench_log" );
delete_option( 'aisp_bench_count' );
clean_up();
