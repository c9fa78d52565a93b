// Public pages that ask with a token: what a visitor sees, what nobody gets to see, and which other sites may join in.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { browse, logIn } from './support/admin.mjs';
import { elsewhere } from './support/elsewhere.mjs';
import { allow, api, complaints, provider, publicPage, secrets } from './support/site.mjs';

const ANSWER = 'The ferry leaves at noon.';

let browser, context, page, friend, stranger, complained;

before( async () => {
	browser = await browse();
	[ friend, stranger ] = [ await elsewhere(), await elsewhere() ];
	allow( [ friend.origin ] );
	complained = complaints();
} );

after( async () => {
	await Promise.all( [ browser?.close(), friend?.close(), stranger?.close() ] );
	assert.equal( complaints(), complained, 'PHP complained' );
} );

beforeEach( async () => {
	await provider.reset();
	await provider.says( ANSWER );
	context = await browser.newContext( { viewport: { width: 900, height: 600 } } );
	page = await context.newPage();
} );

afterEach( () => context.close() );

/** A question that nobody asked before, so that no cache has its answer. */
const fresh = () => `When does the ferry leave? ${ Math.random() }`;

/** Asks on the page that is open, and gives what it shows. */
async function ask( question ) {
	await page.getByLabel( 'Your question' ).fill( question );
	await page.getByRole( 'button', { name: 'Ask' } ).click();
	await page.waitForFunction( () => document.querySelector( 'output' ).textContent );
	return page.locator( 'output' ).textContent();
}

/** POST from the page that is open: the status and the body, or the error that the browser has for it. */
function post( route, headers, options = {} ) {
	const init = { method: 'POST', headers, body: JSON.stringify( { prompt: fresh() } ), ...options };
	const send = ( [ to, how ] ) => fetch( to, how ).then( async ( response ) => [ response.status, await response.json() ], ( error ) => [ error.name, null ] );
	return page.evaluate( send, [ api + route, init ] );
}

const JSON_BODY = { 'Content-Type': 'application/json' };

/** The nonce in the page that is open. */
const nonce = () => page.locator( 'form' ).getAttribute( 'data-nonce' );

/** Everything that the browser gets from now on: headers and bodies, once they are all there. */
function wiretap() {
	const got = [];
	context.on( 'response', ( response ) => {
		const body = response.body().catch( () => '' ); // A redirect has none.
		got.push( Promise.all( [ response.allHeaders().then( JSON.stringify ), body.then( String ) ] ) );
	} );
	return async () => ( await Promise.all( got ) ).flat();
}

test( 'a visitor asks on a public page, and nothing that the browser gets holds a secret', async () => {
	const heard = wiretap();
	const raw = await ( await page.goto( publicPage ) ).text();
	const question = fresh();
	assert.equal( await ask( question ), ANSWER );

	const [ asked ] = await provider.requests();
	assert.ok( JSON.stringify( asked ).includes( question ), 'the provider was asked' );
	const everything = [ raw, await page.content(), ...( await heard() ) ];
	assert.ok( everything.some( ( text ) => text.includes( 'aisp1.' ) ), 'a token was among it' );
	assert.ok( everything.some( ( text ) => text.includes( ANSWER ) ) );
	for ( const secret of secrets ) {
		assert.ok( secret && ! everything.some( ( text ) => text.includes( secret ) ), 'no secret was' );
	}

	mkdirSync( process.env.E2E_SCREENSHOTS, { recursive: true } );
	await page.screenshot( { path: `${ process.env.E2E_SCREENSHOTS }/public-page.png` } );
} );

test( 'a page of a listed origin asks with a token that is good for its own origin alone', async () => {
	await page.goto( friend.origin );
	const sent = page.waitForRequest( `${ api }/infer` );
	assert.equal( await ask( fresh() ), ANSWER );
	const headers = await ( await sent ).allHeaders();
	assert.equal( headers.origin, friend.origin );
	assert.equal( headers.cookie, undefined );

	const [ , { token } ] = await post( '/token', { 'X-WP-Nonce': await nonce() } );
	const withToken = { ...JSON_BODY, 'X-AISP-Token': token };
	assert.equal( ( await post( '/infer', withToken ) )[ 0 ], 200 );
	await page.goto( publicPage );
	const [ status, refusal ] = await post( '/infer', withToken );
	assert.deepEqual( [ status, refusal.code ], [ 401, 'unauthorized' ] );
} );

test( 'a page of any other origin is kept out by the browser', async () => {
	await page.goto( friend.origin );
	const [ , { token } ] = await post( '/token', { 'X-WP-Nonce': await nonce() } );

	await page.goto( stranger.origin );
	assert.equal( await ask( fresh() ), 'TypeError: Failed to fetch' );
	for ( const headers of [ {}, JSON_BODY, { ...JSON_BODY, 'X-AISP-Token': token } ] ) {
		assert.deepEqual( await post( '/infer', headers ), [ 'TypeError', null ] );
	}
	assert.deepEqual( await provider.requests(), [], 'nobody was asked' );
} );

test( 'no other origin can use the session of who is logged in, listed or not', async () => {
	await logIn( page, 'editor' );
	await page.goto( publicPage );
	const loggedIn = { ...JSON_BODY, 'X-WP-Nonce': await nonce() };
	assert.equal( ( await post( '/infer', loggedIn ) )[ 0 ], 200, 'the site\'s own page can' );

	for ( const { origin } of [ friend, stranger ] ) {
		await page.goto( origin );
		for ( const route of [ '/infer', '/token', '/logs' ] ) {
			for ( const headers of [ {}, loggedIn ] ) {
				assert.deepEqual( await post( route, headers, { credentials: 'include' } ), [ 'TypeError', null ], `${ origin } ${ route }` );
			}
		}
	}
	assert.equal( ( await provider.requests() ).length, 1, 'nobody else was asked' );
} );
