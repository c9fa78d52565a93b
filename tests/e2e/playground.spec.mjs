// The Playground, as somebody uses it who manages the proxy: an answer as it comes, what it came to, and what would be sent.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { accessible, COLOURS, fits, picture, screen, SIZES } from './support/admin.mjs';
import { missing, policy as real } from './support/model.mjs';
import { button, fresh, page, session, wrong } from './support/session.mjs';
import { allow, php, provider } from './support/site.mjs';

const ANSWER = 'The ferry leaves at noon.';
const LONG = Array.from( { length: 300 }, ( _, i ) => `word${ i }` ).join( ' ' );

session( 'admin', ANSWER );

beforeEach( async () => {
	await page.goto( screen( 'playground' ) );
	await page.getByLabel( 'Model' ).getByRole( 'option' ).nth( 1 ).waitFor( { state: 'attached' } );
} );

const answer = () => page.getByRole( 'region', { name: 'Answer' } );
const fact = ( name ) => page.locator( '.aisp-facts > div' ).filter( { has: page.locator( 'dt', { hasText: new RegExp( `^${ name }$` ) } ) } ).locator( 'dd' ).first();

async function ask( prompt ) {
	await page.getByLabel( 'Prompt' ).fill( prompt );
	await button( 'Ask' ).click();
}

/** The screen in all colours and sizes. */
async function pictures( name ) {
	for ( const colour of Object.keys( COLOURS ) ) {
		// Painting is for the next page; this one is not to be lost.
		await page.evaluate( ( scheme ) => document.body.classList.replace( [ ...document.body.classList ].find( ( one ) => one.startsWith( 'admin-color-' ) ), `admin-color-${ scheme }` ), COLOURS[ colour ] );
		for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
			await page.setViewportSize( viewport );
			await accessible( page, `${ name }, ${ colour }, ${ size }` );
			await fits( page, `${ name }, ${ size }` );
			await picture( page, `playground-${ name }-${ colour }-${ size }` );
		}
	}
	await page.setViewportSize( SIZES.wide );
}

test( 'an answer comes with all that it came to, is logged as the Playground’s, and the second one is from the cache', async () => {
	const prompt = fresh( 'Mail to kim@example.test:' );
	await page.getByLabel( 'System instructions' ).fill( 'Be brief.' );
	await ask( prompt );
	await fact( 'Request id' ).waitFor();
	assert.equal( await answer().textContent(), ANSWER );
	assert.equal( await fact( 'Model' ).textContent(), 'mock-1' );
	assert.equal( await fact( 'Provider' ).textContent(), 'mock' );
	assert.equal( await fact( 'From the cache' ).textContent(), 'No, the provider answered' );
	assert.equal( await fact( 'Attempts' ).textContent(), '1' );
	assert.equal( await fact( 'Redacted' ).textContent(), 'e-mail address × 1' );
	assert.match( await fact( 'Tokens' ).textContent(), /^\d+ in, \d+ out$/ );
	assert.match( await fact( 'First words after' ).textContent(), /^[\d.,]+ (ms|s)$/ );
	assert.match( await fact( 'Duration' ).textContent(), /^[\d.,]+ (ms|s)$/ );

	const [ asked ] = await provider.requests();
	assert.ok( ! JSON.stringify( asked ).includes( 'kim@example.test' ), 'the provider got no address' );
	const id = await fact( 'Request id' ).textContent();
	const row = php( 'AI_Secure_Proxy\\Log\\Drain::run(); global $wpdb; return $wpdb->get_row( $wpdb->prepare( "SELECT route, source, user_id FROM {$wpdb->prefix}aisp_logs WHERE request_id = %s", $in ) );', id );
	assert.deepEqual( [ row.route, row.source ], [ '/infer/stream', 'playground' ] );

	await button( 'Ask' ).click();
	await page.getByText( /^Yes, [\d,]+ seconds? old$/ ).waitFor();
	assert.equal( await page.getByText( 'Asked on this page' ).locator( 'xpath=../..' ).getByRole( 'listitem' ).count(), 2 );
	assert.equal( ( await provider.requests() ).length, 1 );
	await pictures( 'answer' );

	await button( 'Copy' ).click();
	await button( 'Copied' ).waitFor();
	assert.equal( await page.evaluate( () => globalThis.navigator.clipboard.readText() ), ANSWER );
	assert.deepEqual( wrong(), [] );
} );

test( 'the answer is read out once it is whole', async () => {
	await page.evaluate( () => {
		globalThis.heard = [];
		new globalThis.MutationObserver( () => globalThis.heard.push( document.getElementById( 'a11y-speak-polite' ).textContent ) ).observe( document.getElementById( 'a11y-speak-polite' ), { childList: true } );
	} );
	await ask( fresh( 'When does the ferry leave?' ) );
	await fact( 'Request id' ).waitFor();
	await page.waitForFunction( ( text ) => globalThis.heard.some( ( one ) => one.trim() === text ), ANSWER );
	const heard = ( await page.evaluate( () => globalThis.heard ) ).filter( ( text ) => text.trim() );
	assert.equal( heard.filter( ( text ) => text.includes( 'ferry' ) ).length, 1, heard.join( ' | ' ) );
} );

test( 'what was asked can be used again, and is gone with the page', async () => {
	const prompt = fresh( 'When does the ferry leave?' );
	await ask( prompt );
	await page.getByRole( 'button', { name: `Use again: ${ prompt }` } ).waitFor();
	await page.getByLabel( 'Prompt' ).fill( 'Something else' );
	await page.getByRole( 'button', { name: `Use again: ${ prompt }` } ).click();
	assert.equal( await page.getByLabel( 'Prompt' ).inputValue(), prompt );
	const kept = await page.evaluate( () => JSON.stringify( [ { ...globalThis.localStorage }, { ...globalThis.sessionStorage } ] ) );
	assert.ok( ! kept.includes( prompt ) );
	await page.reload();
	await page.getByLabel( 'Prompt' ).waitFor();
	assert.equal( await page.getByText( 'Asked on this page' ).count(), 0 );
} );

test( 'Stop ends the call at the provider, and keeps what there was', async () => {
	await provider.reset();
	await provider.says( LONG );
	await ask( fresh( 'When does the ferry leave?' ) );
	await answer().getByText( 'word5' ).waitFor();
	await button( 'Stop' ).click();
	await page.getByText( 'Stopped. This is what had come by then.' ).waitFor();
	assert.ok( ( await answer().textContent() ).length < LONG.length / 2 );
	await pictures( 'stopped' );
	const asked = await provider.leftAlone();
	assert.equal( asked.completed, false, 'the provider was hung up on' );
	assert.ok( asked.chunks_sent < 200, `${ asked.chunks_sent } pieces were sent` );
	await button( 'Ask' ).waitFor();
	assert.deepEqual( wrong(), [] );
} );

test( 'a dry run shows what would be sent and sends nothing', async () => {
	allow( [], { quota: [ { per: 'role', limit: 50, period: 86400 } ], budget: [ { per: 'site', tokens: 1000000, period: 'month' } ] } ); // Nobody else counts by role.
	const prompt = fresh( 'Write to kim@example.test.' );
	await page.getByLabel( 'Prompt' ).fill( prompt );
	await button( 'Dry run' ).click();
	const body = page.getByRole( 'region', { name: 'What would be sent' } );
	await body.waitFor();
	assert.ok( ! ( await body.textContent() ).includes( 'kim@' ) );
	assert.equal( await fact( 'Redacted' ).textContent(), 'e-mail address × 1' );
	assert.equal( await fact( 'Cache' ).textContent(), 'has no answer: the provider would be asked' );
	assert.match( await fact( 'Key' ).textContent(), /^AISP_TEST_KEY, which is set$/ );
	assert.match( await fact( 'Tokens, estimated' ).textContent(), /^\d+ in, up to 500 out$/ );
	await page.getByText( '50 of 50 left' ).waitFor();
	await page.getByText( '1,000,000 of 1,000,000 left' ).waitFor();
	assert.deepEqual( await provider.requests(), [] );
	await pictures( 'dry-run' );
	assert.deepEqual( wrong(), [] );
} );

test( 'what is wrong with a field is said beside it', async () => {
	await button( 'Ask' ).click();
	await page.getByText( 'prompt must not be blank.' ).first().waitFor();
	assert.equal( await page.getByLabel( 'Prompt' ).getAttribute( 'aria-invalid' ), 'true' );
	assert.equal( await page.evaluate( () => document.activeElement.dataset.field ), 'prompt' );

	await page.getByLabel( 'Prompt' ).fill( fresh( 'When does the ferry leave?' ) );
	assert.equal( await page.getByLabel( 'Prompt' ).getAttribute( 'aria-invalid' ), 'false' );
	await page.getByRole( 'button', { name: 'Advanced' } ).click();
	await page.getByLabel( 'Schema' ).fill( '{ "type": ' );
	await page.getByText( /This is not JSON yet/ ).waitFor();
	await button( 'Ask' ).click();
	assert.equal( await page.getByLabel( 'Schema' ).getAttribute( 'aria-invalid' ), 'true' );
	assert.deepEqual( await provider.requests(), [] );
	await page.getByLabel( 'Schema' ).fill( '{ "type": "string" }' );
	await button( 'Ask' ).click();
	await page.locator( '.aisp-wrong', { hasText: 'schema' } ).waitFor();
	await page.getByLabel( 'Schema' ).fill( '' );
	await page.getByLabel( 'Temperature' ).fill( '7' );
	await button( 'Ask' ).click();
	await page.locator( '.aisp-wrong' ).getByText( 'temperature must be between 0 and 2', { exact: true } ).waitFor();
	await pictures( 'flaw' );
	assert.deepEqual( wrong( '400' ), [] );
} );

test( 'an answer to a schema comes as it says', async () => {
	await provider.reset();
	await provider.says( '{"port":"Delfzijl"}' );
	await page.getByRole( 'button', { name: 'Advanced' } ).click();
	await page.getByLabel( 'Schema' ).fill( '{ "type": "object", "properties": { "port": { "type": "string" } }, "required": [ "port" ] }' );
	await ask( fresh( 'When does the ferry leave?' ) );
	await fact( 'Request id' ).waitFor();
	assert.deepEqual( JSON.parse( await answer().textContent() ), { port: 'Delfzijl' } );
} );

test( 'beyond a limit it says when to try again, and counts down to it', async () => {
	allow( [], { quota: [ { per: 'user', limit: 1, period: 12 } ] } );
	await ask( fresh( 'When does the ferry leave?' ) );
	await page.getByText( '0 of 1 left' ).waitFor();
	await ask( fresh( 'When does the ferry leave?' ) );
	const counting = page.getByRole( 'button', { name: /^Try again in \d+ seconds?$/ } );
	await counting.waitFor();
	assert.equal( await counting.getAttribute( 'aria-disabled' ), 'true' );
	await pictures( 'limit' );
	await button( 'Try again' ).click();
	await fact( 'Request id' ).waitFor();
	assert.deepEqual( wrong( '429' ), [] );
} );

test( 'a stream that breaks begins again, and one that breaks for good is no answer', async () => {
	await provider.reset();
	await provider.will( { type: 'stream_fault', kind: 'disconnect', after_chunks: 8 }, { type: 'reply', text: LONG, times: 1 }, { type: 'reply', text: ANSWER, times: null } );
	await ask( fresh( 'When does the ferry leave?' ) );
	await fact( 'Request id' ).waitFor();
	assert.equal( await answer().textContent(), ANSWER );
	await page.getByText( 'The connection to the provider broke, and the answer began again.' ).waitFor();
	assert.equal( await fact( 'Attempts' ).textContent(), '2' );

	await provider.reset();
	await provider.will( { type: 'reply', text: LONG, times: null }, { type: 'stream_fault', kind: 'disconnect', after_chunks: 8, times: null } );
	allow( [], { max_attempts: 1 } );
	await ask( fresh( 'When does the ferry leave?' ) );
	await page.getByText( 'This is not the whole answer.' ).waitFor();
	await button( 'Try again' ).waitFor();
	await pictures( 'broken' );
	assert.deepEqual( wrong(), [] );
} );

test( 'settings that cannot be used are told with a way to try again', async () => {
	php( 'global $wpdb; return $wpdb->update( $wpdb->options, array( "option_value" => serialize( array( "qouta" => 1 ) ) ), array( "option_name" => "aisp_settings" ) );' );
	await page.reload();
	await page.getByText( /qouta/ ).first().waitFor();
	allow( [] );
	await button( 'Try again' ).click();
	await page.getByLabel( 'Prompt' ).waitFor();
	assert.deepEqual( wrong( '500' ), [] );
} );

test( 'a real model answers piece by piece', { skip: missing }, async () => {
	allow( [], real );
	await page.reload();
	await page.getByRole( 'button', { name: 'Advanced' } ).click();
	await page.getByLabel( 'Maximum tokens' ).fill( '60' );
	await page.getByLabel( 'Prompt' ).fill( fresh( 'Write two sentences about a harbour.' ) );
	await page.evaluate( () => {
		globalThis.lengths = [];
		new globalThis.MutationObserver( () => globalThis.lengths.push( document.querySelector( '.aisp-answer-text' )?.textContent.length ?? 0 ) ).observe( document.getElementById( 'aisp-screen' ), { childList: true, subtree: true, characterData: true } );
	} );
	await button( 'Ask' ).click();
	await fact( 'Request id' ).waitFor( { timeout: 120000 } );
	const lengths = new Set( await page.evaluate( () => globalThis.lengths.filter( Boolean ) ) );
	assert.ok( lengths.size > 3, `it grew: ${ [ ...lengths ] }` );
	assert.ok( ( await answer().textContent() ).trim().length > 10 );
	await pictures( 'real-model' );
	assert.deepEqual( wrong(), [] );
} );
