// The site under test and its provider: run.sh started them and says where they are.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

export const url = process.env.SITE_URL;
export const api = `${ url }/wp-json/ai-secure-proxy/v1`;

/** The public page that asks, see site/page.php. */
export const publicPage = `${ url }/?aisp-page=1`;

/** What no browser may ever get: keys, and where they are. */
export const secrets = [ process.env.WORLD_KEY, process.env.E2E_TOKEN_SECRET, process.env.E2E_WEBHOOK_SECRET, 'AISP_TEST_' ];

/** Somebody with a login, by it: { id, role, password, … }. */
export const user = ( login ) => JSON.parse( readFileSync( process.env.SITE_USERS, 'utf8' ) )[ login ];

const script = ( code, input ) => {
	const given = Buffer.from( JSON.stringify( input ) ).toString( 'base64' );
	return `<?php require '${ process.env.SITE_ROOT }/wp-load.php';
		$out = ( static function ( $in ) { ${ code } } )( json_decode( base64_decode( '${ given }' ), true ) );
		echo "\\n=>", json_encode( $out );`;
};

function result( stdout, stderr ) {
	const said = /\n=>(.*)$/s.exec( stdout );
	if ( ! said ) {
		throw new Error( `PHP in the site: ${ stdout }${ stderr }` );
	}
	return JSON.parse( said[ 1 ] );
}

/** Runs a function's body of PHP in the booted site; `$in` is what it is given. */
export function php( code, input = null ) {
	const { stdout, stderr } = spawnSync( process.env.SITE_PHP, [], { input: script( code, input ), encoding: 'utf8' } );
	return result( stdout, stderr );
}

/** The same, while the test goes on; a promise of what it gives. */
export function phpMeanwhile( code, input = null ) {
	const child = spawn( process.env.SITE_PHP, [], { stdio: [ 'pipe', 'pipe', 'inherit' ] } );
	child.stdin.end( script( code, input ) );
	return text( child.stdout ).then( ( stdout ) => result( stdout, '' ) );
}

/** SQL on the module's store, in a process of its own: time passes by it. */
export function onStore( sql ) {
	const store = php( 'return aisp_status()["store"]["location"];' );
	const code = 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=10); db.execute(sys.argv[2]); db.commit()';
	const { status, stderr } = spawnSync( 'python3', [ '-c', code, store, sql ], { encoding: 'utf8' } );
	if ( status ) {
		throw new Error( stderr );
	}
}

/** fetch(), once more where the connection of an earlier call is gone: while php() runs nobody here sees a server close it. */
export const again = ( ...call ) => fetch( ...call ).catch( ( error ) => ( error.cause?.code === 'UND_ERR_SOCKET' || error.cause?.code === 'ECONNRESET' ? fetch( ...call ) : Promise.reject( error ) ) );

/** A call to one of the routes as somebody with an application password: the answer's JSON. */
export async function send( login, method, path, body ) {
	const { app_password: password } = user( login );
	const headers = { Authorization: `Basic ${ btoa( `${ login }:${ password }` ) }`, 'Content-Type': 'application/json' };
	const response = await again( api + path, { method, headers, body: body && JSON.stringify( body ) } );
	const answer = await response.json();
	if ( ! response.ok ) {
		throw new Error( `${ method } ${ path }: ${ response.status } ${ JSON.stringify( answer ) }` );
	}
	return answer;
}

/** The settings: one model, served by llmock, for visitors with tokens; pages of these other origins may ask too; and what else is said. */
export function allow( origins, more = {} ) {
	const policy = {
		default_model: 'mock-1',
		models: { 'mock-1': { route: [ [ 'mock', 'gpt-4o-mini' ] ] } },
		providers: { mock: { kind: 'openai_responses', base_url: `${ process.env.LLMOCK_URL }/v1`, key_env: 'AISP_TEST_KEY' } },
		tokens: { secret_env: 'AISP_TEST_TOKEN' },
		origins,
		...more,
	};
	if ( ! php( 'update_option( "aisp_settings", $in ); return get_option( "aisp_settings" ) == $in;', policy ) ) {
		throw new Error( 'the settings were not saved' );
	}
}

const LOCK = `${ process.env.SITE_ROOT }/wp-content/mu-plugins/locked.php`;

/** The constant AISP_SETTINGS, as wp-config.php would define it. */
export const lock = ( settings ) => writeFileSync( LOCK, `<?php define( 'AISP_SETTINGS', json_decode( base64_decode( '${ Buffer.from( JSON.stringify( settings ) ).toString( 'base64' ) }' ), true ) );` );

export const unlock = () => rmSync( LOCK, { force: true } );

/** What PHP has complained of so far. */
export const complaints = () => [ 'SITE_LOG', 'SITE_DEBUG_LOG' ].map( ( name ) => readFileSync( process.env[ name ], 'utf8' ) ).join( '' );

async function llmock( method, path, body ) {
	const response = await again( `${ process.env.LLMOCK_URL }/_llmock${ path }`, { method, body: body && JSON.stringify( body ) } );
	if ( ! response.ok ) {
		throw new Error( `llmock: ${ method } ${ path }: ${ response.status }` );
	}
	return response.json();
}

export const provider = {
	reset: () => llmock( 'POST', '/reset' ),
	/** Queues what the next requests get, such as { type: 'fail', status: 400 }. */
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
