<?php
/**
 * How long a page of the log takes, in the database and over REST beside a route that does nothing: logs.php [ROUNDS]
 *
 * The log is as it is; log-rows.php fills one. The rounds go through all questions in turn, so that none finds what the one
 * before has just read; the first round is told apart, because nothing is in the database's memory then.
 */

declare( strict_types=1 );

require_once getenv( 'SITE_ROOT' ) . '/wp-load.php';

use AI_Secure_Proxy\Log\Filter;
use AI_Secure_Proxy\Log\Paging;
use AI_Secure_Proxy\Log\Selection;
use AI_Secure_Proxy\Log\Table;

$day  = static fn( int $days ): string => gmdate( 'Y-m-d', time() - $days * 86400 );
$hash = (string) $wpdb->get_var( 'SELECT req_hash FROM ' . Table::name() . ' WHERE cached = 1 LIMIT 1' );
$uid  = (string) $wpdb->get_var( 'SELECT uid FROM ' . Table::name() . ' ORDER BY id LIMIT 1 OFFSET 5000' );
$asks = array(
	'all, newest first'               => '',
	'page 500 of 20'                  => 'page=500',
	'page 100 of 100'                 => 'page=100&per_page=100',
	'the slowest'                     => 'orderby=duration_ms',
	'the slowest, page 50'            => 'orderby=duration_ms&page=50',
	'the dearest'                     => 'orderby=cost_microusd',
	'one user of many calls'          => 'user=1',
	'one user of few calls'           => 'user=190',
	'nobody'                          => 'user=0',
	'nobody, the most tokens'         => 'user=0&orderby=tokens',
	'one user, errors'                => 'user=1&error=any',
	'one user, a model, the dearest'  => 'user=1&model=gpt-4o&orderby=cost_microusd',
	'a model of half of the calls'    => 'model=gpt-4o-mini',
	'a model given up a month ago'    => 'model=gpt-3.5-turbo',
	'a rare model'                    => 'model=o4-mini',
	'a model, the slowest'            => 'model=gpt-4o&orderby=duration_ms',
	'a model, page 100'               => 'model=gpt-4o&page=100',
	'a model, the slowest, page 100'  => 'model=gpt-4o&orderby=duration_ms&page=100',
	'5xx'                             => 'status=5xx',
	'4xx and 5xx of a source'         => 'status=4xx,5xx&source=seo-titles',
	'a rare error'                    => 'error=store_unavailable',
	'errors, the most tokens'         => 'error=any&orderby=tokens',
	'hits'                            => 'cached=true',
	'hits, the slowest'               => 'cached=true&orderby=duration_ms',
	'hits, the dearest'               => 'cached=true&orderby=cost_microusd',
	'a provider, not what it serves'  => 'provider=anthropic&model=gpt-4o',
	'provider, route, source, hit'    => 'provider=openai&route=/infer&source=block&cached=true',
	'a day'                           => "after={$day( 8 )}&before={$day( 7 )}",
	'a week, the slowest'             => "after={$day( 7 )}&orderby=duration_ms",
	'a week, a model, the slowest'    => "after={$day( 30 )}&before={$day( 23 )}&model=gpt-4o&orderby=duration_ms",
	'before last month, a model'      => "before={$day( 40 )}&model=gpt-4o-mini",
	'an hour of trouble'              => "after={$day( 21 )}&before={$day( 19 )}&error=provider_unavailable",
	'clients'                         => 'client=shop,crm',
	'one token'                       => 'client=token:user:10',
	'a hash'                          => "search=$hash",
	'the beginning of a hash'         => 'search=' . substr( $hash, 0, 8 ),
	'a request id'                    => "search=$uid",
	'oldest first'                    => 'order=asc',
	'a model, oldest first'           => 'model=gemini-pro&order=asc',
);

$ask = static function ( string $query ): int {
	parse_str( $query, $params );
	$filter = array();
	foreach ( array_intersect_key( $params, array_flip( Filter::NAMES ) ) as $name => $value ) {
		$filter[ $name ] = Filter::read( $name, $value );
	}
	$per_page = (int) ( $params['per_page'] ?? 20 );
	$paging   = new Paging( Selection::of( $filter ), $params['orderby'] ?? 'created_at', 'asc' !== ( $params['order'] ?? 'desc' ) );
	$count    = $paging->count();
	$ids      = $paging->ids( $count, ( (int) ( $params['page'] ?? 1 ) - 1 ) * $per_page, $per_page );
	if ( $ids ) {
		$GLOBALS['wpdb']->get_results( 'SELECT * FROM ' . Table::name() . ' WHERE id IN (' . implode( ',', $ids ) . ')', ARRAY_A );
	}
	return $count;
};

$login = json_decode( (string) file_get_contents( getenv( 'SITE_USERS' ) ), true )['admin']['app_password'];
$curl  = curl_init();
curl_setopt_array( $curl, array( CURLOPT_RETURNTRANSFER => true, CURLOPT_USERPWD => "admin:$login" ) );
$fetch = static function ( string $path ) use ( $curl ): void {
	curl_setopt( $curl, CURLOPT_URL, getenv( 'SITE_URL' ) . '/wp-json' . $path );
	curl_exec( $curl );
	if ( 200 !== curl_getinfo( $curl, CURLINFO_RESPONSE_CODE ) ) {
		fwrite( STDERR, "$path answers " . curl_getinfo( $curl, CURLINFO_RESPONSE_CODE ) . "\n" );
	}
};
$clock = static function ( callable $work, mixed ...$with ): float {
	$at = hrtime( true );
	$work( ...$with );
	return ( hrtime( true ) - $at ) / 1e6;
};
$quantile = static function ( array $times, float $q ): float {
	sort( $times );
	return $times[ (int) floor( $q * ( count( $times ) - 1 ) ) ];
};

$rounds = (int) ( $argv[1] ?? 15 );
$taken  = array();
for ( $i = 0; $i <= $rounds; $i++ ) {
	fprintf( STDERR, "round %d\r", $i );
	foreach ( $asks as $name => $query ) {
		$taken[ $name ]['db'][] = $clock( $ask, $query );
		$bare                   = $clock( $fetch, '/bench/v1/trivial' );
		$taken[ $name ]['rest'][] = $clock( $fetch, '/ai-secure-proxy/v1/logs?' . $query ) - $bare;
	}
}
printf( "%d rows. Milliseconds: in the database (first round, p50, p95); over REST, above a route that does nothing (p50, p95)\n", $wpdb->get_var( 'SELECT COUNT(*) FROM ' . Table::name() ) );
$warm = array( 'db' => array(), 'rest' => array() );
foreach ( $taken as $name => $times ) {
	$first = array_shift( $times['db'] );
	array_shift( $times['rest'] );
	foreach ( $warm as $kind => $all ) {
		$warm[ $kind ] = array( ...$all, ...$times[ $kind ] );
	}
	printf( "  %-34s %8.1f %8.1f %8.1f   %8.1f %8.1f\n", $name, $first, $quantile( $times['db'], .5 ), $quantile( $times['db'], .95 ), $quantile( $times['rest'], .5 ), $quantile( $times['rest'], .95 ) );
}
printf( "  %-34s %8s %8.1f %8.1f   %8.1f %8.1f\n", 'all of these together', '', $quantile( $warm['db'], .5 ), $quantile( $warm['db'], .95 ), $quantile( $warm['rest'], .5 ), $quantile( $warm['rest'], .95 ) );
