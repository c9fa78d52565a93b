// The screen Webhooks, as somebody uses it who connects a sender, and later wonders where an event has gone.

import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { accessible, browse, COLOURS, fits, logIn, paint, picture, screen, SIZES, watch } from './support/admin.mjs';
import { again, allow, api, complaints, onStore, php, provider, secrets, send } from './support/site.mjs';

const SOURCES = {
	default: { scheme: 'standard', secret_env: 'AISP_TEST_WEBHOOK' },
	shop: { scheme: 'standard', secret_env: [ 'AISP_TEST_WEBHOOK' ] },
	stripe: { scheme: 'stripe', secret_env: 'AISP_TEST_NO_SUCH_SECRET' },
};

let browser, context, page, wrong, complained;

before( async () => {
	browser = await browse();
	complained = complaints().length;
	context = await browser.newContext( { viewport: SIZES.wide, permissions: [ 'clipboard-read', 'clipboard-write' ] } );
	page = await context.newPage();
	await logIn( page );
	wrong = watch( page );
} );

after( async () => {
	onStore( 'DELETE FROM inbox' );
	mended( false );
	paint( 'light' );
	await browser?.close();
	const said = complaints().slice( complained );
	assert.match( said, /^(.*AI Secure Proxy: aisp_webhook_received: LogicException in \S+handler\.php:\d+\n)*$/, 'PHP complained' );
} );

beforeEach( () => {
	allow( [], { webhooks: SOURCES } );
	onStore( 'DELETE FROM inbox' );
	mended( false );
} );

const mended = ( are ) => php( 'return update_option( "aisp_test_mended", $in ) || true;', are );

/** As a sender does it who knows the secret, by the book of Standard Webhooks. */
async function deliver( body, source = '' ) {
	const [ id, time, text ] = [ `msg_${ randomUUID() }`, Math.floor( Date.now() / 1000 ), JSON.stringify( body ) ];
	const key = Buffer.from( process.env.E2E_WEBHOOK_SECRET.slice( 'whsec_'.length ), 'base64' );
	const signature = createHmac( 'sha256', key ).update( `${ id }.${ time }.${ text }` ).digest( 'base64' );
	const headers = { 'Content-Type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String( time ), 'webhook-signature': `v1,${ signature }` };
	const response = await again( `${ api }/webhook${ source && `/${ source }` }`, { method: 'POST', headers, body: text } );
	assert.equal( response.status, 200, await response.text() );
	return { id, signature };
}

const inbox = () => send( 'admin', 'GET', '/webhooks' );

/** Waits until the site has no event left that it could handle now. */
async function settled( states ) {
	for ( let tries = 0; tries < 100; tries++ ) {
		const found = ( await inbox() ).map( ( { state, attempts } ) => `${ state } ${ attempts }` );
		if ( found.join() === states ) {
			return;
		}
		await new Promise( ( resolve ) => setTimeout( resolve, 100 ) );
	}
	assert.fail( `${ ( await inbox() ).map( ( { state, attempts } ) => `${ state } ${ attempts }` ) } and not ${ states }` );
}

/** An event whose handler throws, as often as it takes. */
async function die( body ) {
	const { id } = await deliver( { throw: true, ...body } );
	await new Promise( ( resolve ) => setTimeout( resolve, 300 ) );
	for ( let n = 0; n < 8; n++ ) {
		onStore( 'UPDATE inbox SET due_us = 0 WHERE state < 2' );
		php( 'return AI_Secure_Proxy\\Webhook\\Inbox::work( 10 );' );
	}
	return id;
}

async function open( query = '' ) {
	await page.goto( screen( 'webhooks' ) + query );
	await page.locator( '.aisp-rows' ).waitFor();
	await page.waitForLoadState( 'networkidle' );
}

const row = ( type ) => page.getByRole( 'row' ).filter( { hasText: type } );
const dialog = ( name ) => page.getByRole( 'dialog', { name } );
const told = ( text ) => page.locator( '.aisp-snackbars' ).getByText( text ).waitFor();

describe( 'webhooks', () => {
	test( 'a site without sources is told what to do', async () => {
		allow( [] );
		await open();
		await page.getByRole( 'heading', { name: 'Nobody may send events yet' } ).waitFor();
		await page.getByRole( 'heading', { name: 'No events yet' } ).waitFor();
		assert.ok( ( await page.getByRole( 'link', { name: 'Open the settings' } ).getAttribute( 'href' ) ).endsWith( 'page=ai-secure-proxy-settings' ) );
		await picture( page, 'webhooks-empty' );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'a source has an address to copy, which takes events', async () => {
		await open();
		const sources = page.getByRole( 'region', { name: 'Sources' } );
		assert.equal( await sources.getByText( 'Secret set' ).count(), 2 );
		assert.equal( await sources.getByText( 'Secret missing' ).count(), 1 );
		await page.getByRole( 'button', { name: 'Copy the address for shop' } ).click();
		await told( 'Address copied.' );
		assert.equal( await page.evaluate( () => navigator.clipboard.readText() ), `${ api }/webhook/shop` );
		const { id, signature } = await deliver( { type: 'order.paid', amount: 12 }, 'shop' );
		await settled( 'done 1' );
		await page.getByRole( 'button', { name: 'Refresh' } ).click();
		await row( 'order.paid' ).getByText( 'Handled' ).waitFor();
		await sources.getByText( 'order.paid' ).waitFor();
		await row( 'order.paid' ).getByRole( 'button', { name: /^order\.paid/ } ).click();
		await dialog( 'order.paid' ).getByText( id ).waitFor();
		await dialog( 'order.paid' ).getByText( 'What is handled is kept no longer.' ).waitFor();
		const shown = await page.content();
		for ( const secret of [ signature, ...secrets.filter( ( one ) => one !== 'AISP_TEST_' ) ] ) {
			assert.ok( ! shown.includes( secret ) );
		}
		assert.deepEqual( wrong(), [] );
	} );

	test( 'one whose handler throws is dead in the end, and is handled once it is replayed', async () => {
		const id = await die( { type: 'order.refunded', order: { id: 17, note: 'Ferries & tides' } } );
		await open();
		await page.getByRole( 'button', { name: /^Dead\s*1$/ } ).click();
		await row( 'order.refunded' ).getByText( 'LogicException' ).waitFor();
		await row( 'order.refunded' ).getByRole( 'button', { name: /^order\.refunded/ } ).click();
		const event = dialog( 'order.refunded' );
		await event.getByText( id ).waitFor();
		assert.match( await event.getByRole( 'region', { name: 'What came in it' } ).innerText(), /"note": "Ferries & tides"/ );
		await accessible( page, 'a dead event', '.aisp-details' );
		await picture( page, 'webhooks-dead-detail' );
		mended( true );
		await event.getByRole( 'button', { name: 'Replay' } ).click();
		await told( '1 event will be handled again.' );
		await settled( 'done 1' );
		await event.getByText( 'Handled', { exact: true } ).waitFor( { timeout: 8000 } );
		await page.keyboard.press( 'Escape' );
		await page.getByRole( 'heading', { name: 'No event is dead' } ).waitFor();
		assert.deepEqual( wrong(), [] );
	} );

	test( 'several, and all of a source, are replayed at once', async () => {
		for ( const type of [ 'a.one', 'a.two', 'a.three' ] ) {
			await die( { type } );
		}
		await open( '&state=dead' );
		await row( 'a.one' ).getByRole( 'checkbox' ).check();
		await row( 'a.two' ).getByRole( 'checkbox' ).check();
		mended( true );
		await page.locator( '.dataviews-bulk-actions-footer__container' ).getByRole( 'button', { name: 'Replay' } ).click();
		await told( '2 events will be handled again.' );
		await settled( 'dead 8,done 1,done 1' );
		await page.getByRole( 'button', { name: /^Source/ } ).first().click();
		await page.getByRole( 'option', { name: 'default' } ).click();
		await page.keyboard.press( 'Escape' );
		await page.getByRole( 'button', { name: 'Replay all of this source' } ).click();
		await told( '1 event will be handled again.' );
		await settled( 'done 1,done 1,done 1' );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'forgetting asks first', async () => {
		await die( { type: 'a.fault' } );
		await open();
		await row( 'a.fault' ).getByRole( 'button', { name: 'Actions' } ).click();
		await page.getByRole( 'menuitem', { name: 'Forget' } ).click();
		await dialog( 'Forget 1 event?' ).getByRole( 'button', { name: 'Keep' } ).click();
		assert.equal( ( await inbox() ).length, 1 );
		await row( 'a.fault' ).getByRole( 'button', { name: /^a\.fault/ } ).click();
		await dialog( 'a.fault' ).getByRole( 'button', { name: 'Forget' } ).click();
		await dialog( 'Forget 1 event?' ).waitFor();
		await accessible( page, 'the question', '.components-modal__frame.has-size-small' );
		await dialog( 'Forget 1 event?' ).getByRole( 'button', { name: 'Forget' } ).click();
		await told( '1 event forgotten.' );
		await page.getByRole( 'heading', { name: 'No events yet' } ).waitFor();
		assert.deepEqual( await inbox(), [] );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'ends of jobs are shown where they are asked for, and lead to the job', async () => {
		await provider.reset();
		await provider.says( 'A short answer.' );
		const { job_id: id } = await send( 'editor', 'POST', '/jobs', { prompt: `Say something new: ${ Math.random() }` } );
		php( 'AI_Secure_Proxy\\Jobs\\Runs::cron(); AI_Secure_Proxy\\Webhook\\Inbox::each_minute(); return true;' );
		await open();
		await page.getByRole( 'heading', { name: 'No events yet' } ).waitFor();
		await page.getByRole( 'checkbox', { name: 'Ends of jobs too' } ).check();
		await row( 'job.completed' ).getByRole( 'button', { name: /^job\.completed/ } ).click();
		await dialog( 'job.completed' ).getByRole( 'link', { name: id } ).click();
		await page.getByRole( 'dialog', { name: '1 prompt' } ).getByText( 'A short answer.' ).waitFor();
		onStore( 'DELETE FROM job_item' );
		onStore( 'DELETE FROM job' );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'in light and dark, wide and narrow', async () => {
		await die( { type: 'a.type.that.is.far.too.long.for.where.it.stands.and.more', text: 'word '.repeat( 200 ), list: [ 1, 2, { three: null } ] } );
		await deliver( { type: 'order.paid' }, 'shop' );
		await deliver( { throw: true, type: 'order.refunded' }, 'shop' );
		await deliver( { no: 'type' } );
		await settled( 'done 1,waiting 1,done 1,dead 8' );
		const dead = ( await inbox() ).find( ( { state } ) => state === 'dead' ).id;
		for ( const colour of Object.keys( COLOURS ) ) {
			paint( colour );
			for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
				await page.setViewportSize( viewport );
				await open();
				await accessible( page, `webhooks, ${ colour }, ${ size }` );
				await fits( page, `webhooks, ${ size }` );
				await picture( page, `webhooks-list-${ colour }-${ size }` );
				await open( `&event=${ dead }` );
				await page.getByRole( 'region', { name: 'What came in it' } ).waitFor();
				await accessible( page, `an event, ${ colour }, ${ size }`, '.aisp-details' );
				await fits( page, `an event, ${ size }` );
				const close = await page.getByRole( 'dialog' ).getByRole( 'button', { name: 'Close' } ).boundingBox();
				assert.ok( close.x + close.width <= viewport.width, `the button that closes is at ${ close.x }` );
				await picture( page, `webhooks-detail-${ colour }-${ size }` );
			}
		}
		await page.setViewportSize( SIZES.wide );
		assert.deepEqual( wrong(), [] );
	} );
} );
