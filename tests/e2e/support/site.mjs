// The site under test and its provider: run.sh started them and says where they are.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export const url = process.env.SITE_URL;
export const api = `${ url }/wp-json/ai-secure-proxy/v1`;

/** The public page that asks, see site/page.php. */
export const publicPage = `${ url }/?aisp-page=1`;

/** What no browser may ever get: keys, and where they are. */
export const secrets = [ process.env.WORLD_KEY, process.env.E2E_TOKEN_SECRET, 'AISP_TEST_' ];

/** Somebody with a login, by it: { id, role, password, … }. */
export const user = ( login ) => JSON.parse( readFileSync( process.env.SITE_USERS, 'utf8' ) )[ login ];

/** Runs a function's body of PHP in the booted site; `$in` is what it is given. */
export function php( code, input = null ) {
	const given = Buffer.from( JSON.stringify( input ) ).toString( 'base64' );
	const script = `<?php require '${ process.env.SITE_ROOT }/wp-load.php';
		$out = ( static function ( $in ) { ${ code } } )( json_decode( base64_decode( '${ given }' ), true ) );
		echo "\\n=>", json_encode( $out );`;
	const { stdout, stderr } = spawnSync( process.env.SITE_PHP, [], { input: script, encoding: 'utf8' } );
	const said = /\n=>(.*)$/s.exec( stdout );
	if ( ! said ) {
		throw new Error( `PHP in the site: ${ stdout }${ stderr }` );
	}
	return JSON.parse( said[ 1 ] );
}

/** The settings: one model, served by llmock, for visitors with tokens; pages of these other origins may ask too. `changes` are other keys. */
export function allow( origins, changes = {} ) {
	const policy = {
		default_model: 'mock-1',
		models: { 'mock-1': { route: [ [ 'mock', 'gpt-4o-mini' ] ] } },
		providers: { mock: { kind: 'openai_responses', base_url: `${ process.env.LLMOCK_URL }/v1`, key_env: 'AISP_TEST_KEY' } },
		tokens: { secret_env: 'AISP_TEST_TOKEN' },
		origins,
		...changes,
	};
	if ( ! php( 'update_option( "aisp_settings", $in ); return get_option( "aisp_settings" ) == $in;', policy ) ) {
		throw new Error( 'the settings were not saved' );
	}
}

/** What PHP has complained of so far. */
export const complaints = () => [ 'SITE_LOG', 'SITE_DEBUG_LOG' ].map( ( name ) => readFileSync( process.env[ name ], 'utf8' ) ).join( '' );

async function llmock( method, path, body ) {
	const response = await fetch( `${ process.env.LLMOCK_URL }/_llmock${ path }`, { method, body: body && JSON.stringify( body ) } );
	if ( ! response.ok ) {
		throw new Error( `llmock: ${ method } ${ path }: ${ response.status }` );
	}
	return response.json();
}

export const provider = {
	reset: () => llmock( 'POST', '/reset' ),
	will: ( ...behaviors ) => llmock( 'POST', '/scenario', { behaviors } ),
	says: ( text ) => provider.will( { type: 'reply', text, times: null } ),
	requests: async () => ( await llmock( 'GET', '/requests' ) ).requests,
	/** The first request, once its answer was broken off by who asked, or after five seconds. */
	leftAlone: async () => {
		const until = Date.now() + 5000;
		for ( ;; ) {
			const [ asked ] = await provider.requests();
			if ( asked.completed === false || Date.now() > until ) {
				return asked;
			}
		}
	},
};
