// A month of calls: each of them was made, and then moved back in time, where its figures are kept.

import { onStore, php, provider } from './site.mjs';

/** What is asked at each hour that lies so far back; the more at noon. */
const HOURS = [ 0, 0, 1, 2, 3, 4, 5, 6, 8, 9, 11, 12, 14, 16, 18, 20, 22, 23, 25, 28, 30, 33, 36, 40, 44, 47, 55, 70, 80, 96, 120, 140, 160, 190, 240, 300, 380, 450, 520, 600, 650, 700 ];

const MODELS = {
	'gpt-4o-mini': { route: [ [ 'mock', 'gpt-4o-mini' ] ], price: { in: 0.15, out: 0.6 } },
	'claude-haiku': { route: [ [ 'mock', 'claude-haiku' ] ], price: { in: 1, out: 5 } },
	'a-model-with-a-rather-long-name-of-2026-11-25-preview': { route: [ [ 'mock', 'long' ] ], price: { in: 3, out: 15 } },
	away: { route: [ [ 'away', 'any' ] ], price: { in: 1, out: 1 } },
};

const SCRIPT = `
	update_option( 'aisp_settings', $in['policy'] );
	$store  = aisp_status()['store']['location'];
	$site   = AI_Secure_Proxy\\Access::site();
	$models = array_slice( array_keys( $in['policy']['models'] ), 0, 3 );
	$made   = 0;
	$ask    = static function ( array $request, string $source, array $changes = array() ) use ( $in, $site, &$made ) {
		++$made;
		try {
			aisp_infer( $request, array( 'user_id' => 1, 'route' => '/infer', 'site' => $site, 'source' => $source ), $changes + $in['policy'] );
		} catch ( Aisp\\Exception $e ) {
			return $e->getSlug();
		}
	};
	foreach ( $in['hours'] as $slot => $hours ) {
		for ( $i = 0; $i < 6 + $slot % 5; $i++ ) {
			$prompt = array( 'prompt' => "Question $i of $slot: what is the capital of a country that begins with its letter?", 'model' => $models[ ( $i * $i + $slot ) % 3 ] );
			$ask( $prompt, array( 'editor', 'comments', 'search', 'shop' )[ ( $i + $slot ) % 4 ] );
			if ( 0 === $i % 3 ) {
				$ask( $prompt, 'search' );
			}
		}
		if ( 0 === $slot % 3 ) {
			$ask( array( 'prompt' => 'What?', 'model' => 'unknown' ), 'shop' );
			$ask( array( 'prompt' => "Are you there, $slot?", 'model' => 'away' ), 'editor' );
		}
		if ( 0 === $slot % 4 ) {
			for ( $i = 0; $i < 3; $i++ ) {
				$ask( array( 'prompt' => "Once more $slot $i" ), 'comments', array( 'quota' => array( array( 'per' => 'user', 'limit' => 1, 'period' => 86400 ) ) ) );
			}
		}
		AI_Secure_Proxy\\Log\\Drain::run( 5 );
		if ( $hours ) {
			$code = 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=10); db.execute("UPDATE metric SET at = at - 60 * ? WHERE span = 0 AND at > ?", [int(sys.argv[2]), int(sys.argv[3])]); db.commit()';
			exec( implode( ' ', array_map( 'escapeshellarg', array( 'python3', '-c', $code, $store, $hours, intdiv( time(), 60 ) - 30 ) ) ) . ' 2>&1', $said, $exit );
			if ( $exit ) {
				throw new RuntimeException( implode( $said ) );
			}
		}
	}
	return $made;`;

/**
 * Makes them; how many there were comes back. Settings are those that it took.
 */
export async function traffic() {
	// Neither figures nor answers of what other tests asked.
	php( 'AI_Secure_Proxy\\Log\\Drain::run( 5 ); aisp_cache_invalidate( array( "all" => true ) );' );
	onStore( 'DELETE FROM metric' );
	await provider.reset();
	await provider.will( ...Array.from( { length: 60 }, ( unused, at ) => [ { type: 'reply', text: 'Something short.', times: 4 }, { type: 'delay', seconds: 0.02 + ( ( at * 7 ) % 10 ) / 50, times: 1 } ] ).flat() );
	const policy = {
		default_model: 'gpt-4o-mini',
		models: MODELS,
		providers: {
			mock: { kind: 'openai_responses', base_url: `${ process.env.LLMOCK_URL }/v1`, key_env: 'AISP_TEST_KEY' },
			away: { kind: 'openai_responses', base_url: 'http://127.0.0.1:9/v1', key_env: 'AISP_TEST_KEY' },
		},
		quota: [],
		throttle: [],
		max_attempts: 1,
	};
	// From the oldest on, so that what is moved back is only what has just been made.
	return php( SCRIPT, { policy, hours: [ ...HOURS ].sort( ( one, other ) => other - one ) } );
}
