// The overview: what a month of calls came to, seen, read as tables, and followed into the log.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accessible, COLOURS, fits, paint, picture, screen, SIZES } from './support/admin.mjs';
import { page, visit, wrong } from './support/session.mjs';
import { api, php, url } from './support/site.mjs';
import { traffic } from './support/traffic.mjs';

let made;

visit( async () => {
	made = await traffic();
} );

async function open( query = '' ) {
	await page.goto( screen( 'overview' ) + query );
	await page.locator( '.aisp-tile' ).first().waitFor();
}

const section = ( title ) => page.locator( '.aisp-chart', { has: page.getByRole( 'heading', { name: title, exact: true } ) } );
const whole = ( text ) => Number( text.replace( /\D/g, '' ) );

/** What GET /metrics says to the browser's own session. */
const metrics = ( query ) => page.evaluate( ( address ) => globalThis.wp.apiFetch( { url: address } ), `${ api }/metrics?${ query }` );

describe( 'overview', () => {
	test( 'shows the figures that the route gives, and says what they were yesterday', async () => {
		await open();
		const { days } = await metrics( 'days=1' );
		assert.ok( days.today.calls > 0 );
		const tiles = await page.locator( '.aisp-tile' ).allInnerTexts();
		assert.equal( tiles.length, 6 );
		assert.match( tiles[ 0 ], new RegExp( `Calls\\s+${ days.today.calls }\\b` ) );
		assert.match( tiles[ 2 ], new RegExp( `Errors\\s+${ days.today.errors_4xx + days.today.errors_5xx }\\b` ) );
		assert.match( tiles[ 5 ], /Cost\s+\$\d/ );
		assert.match( tiles[ 0 ], days.yesterday ? new RegExp( `yesterday ${ days.yesterday.calls }` ) : /yesterday 0/ );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'another range is in the address, stays when the page is loaded anew, and goes with Back', async () => {
		await open();
		const day = whole( await section( 'Calls' ).locator( '.aisp-summary' ).innerText() );
		await page.getByRole( 'group', { name: 'How far back' } ).getByRole( 'button', { name: 'Last 30 days' } ).click();
		await page.getByRole( 'heading', { name: 'Last 30 days' } ).waitFor();
		assert.match( page.url(), /range=30d/ );
		const total = ( await metrics( 'range=30d' ) ).total[ 0 ].calls;
		assert.equal( total, made );
		await section( 'Calls' ).getByText( `${ made } calls.` ).waitFor();
		await page.reload();
		await page.getByRole( 'heading', { name: 'Last 30 days' } ).waitFor();
		await page.goBack();
		await page.getByRole( 'heading', { name: 'Last 24 hours' } ).waitFor();
		assert.ok( day > 0 );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'each chart is a table for who wants one, with the same figures', async () => {
		await open( '&range=30d' );
		for ( const title of [ 'Calls', 'Latency', 'Hit ratio', 'Errors by kind', 'Tokens and cost' ] ) {
			const card = section( title );
			assert.match( await card.locator( 'canvas' ).getAttribute( 'aria-label' ), new RegExp( `^${ title }\\. .*\\d` ) );
			const toggle = card.getByRole( 'button', { name: 'Show as table' } );
			await toggle.focus();
			await page.keyboard.press( 'Enter' );
			await card.locator( 'table' ).waitFor();
			await card.getByRole( 'button', { name: 'Show as chart' } ).waitFor();
			assert.equal( await card.locator( 'canvas' ).count(), 0 );
		}
		const cells = await section( 'Calls' ).locator( 'td' ).allInnerTexts();
		assert.equal( cells.map( whole ).reduce( ( sum, one ) => sum + one, 0 ), made );
		await accessible( page, 'tables' );
		await picture( page, 'overview-tables' );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'tells errors apart in words and leads to them in the log', async () => {
		await open( '&range=7d' );
		const link = section( 'Errors by kind' ).getByRole( 'link', { name: 'Quota reached' } );
		const address = new URL( await link.getAttribute( 'href' ) );
		assert.equal( address.searchParams.get( 'page' ), 'ai-secure-proxy-log' );
		assert.equal( address.searchParams.get( 'error' ), 'policy_quota' );
		assert.match( address.searchParams.get( 'date-between' ), /^\d{4}-\d\d-\d\d,\d{4}-\d\d-\d\d$/ );
		await link.click();
		await page.waitForURL( /ai-secure-proxy-log/ );
		await page.locator( '#aisp-screen > *' ).first().waitFor();
	} );

	test( 'tells cost and tokens by model and by source', async () => {
		await open( '&range=30d' );
		const usage = section( 'Tokens and cost' );
		await usage.getByRole( 'link', { name: 'claude-haiku' } ).waitFor();
		await usage.getByRole( 'button', { name: 'By source' } ).click();
		await usage.getByRole( 'link', { name: 'comments' } ).waitFor();
		await usage.getByRole( 'button', { name: 'Tokens', exact: true } ).click();
		const { total } = await metrics( 'range=30d' );
		await usage.getByText( `${ ( total[ 0 ].tokens_in + total[ 0 ].tokens_out ).toLocaleString( 'en' ) } tokens` ).waitFor();
		assert.deepEqual( wrong(), [] );
	} );

	test( 'sees a breaker that opens without being loaded anew', async () => {
		await open();
		php( `
			$caller = array( 'site' => AI_Secure_Proxy\\Access::site(), 'source' => 'e2e' );
			for ( $i = 0; $i < 30; $i++ ) {
				try {
					aisp_infer( array( 'prompt' => "Anybody $i?", 'model' => 'away' ), $caller, get_option( 'aisp_settings' ) );
				} catch ( Aisp\\Exception $e ) {
					continue;
				}
			}` );
		await page.locator( '.aisp-warnings' ).getByText( 'The provider "away"' ).waitFor( { timeout: 45_000 } );
		await page.getByText( /Breaker open, next try in/ ).waitFor();
		assert.deepEqual( wrong(), [] );
	} );

	test( 'a call that fails is told, the figures stay, and it can be tried again', async () => {
		await open();
		await page.context().setOffline( true );
		await page.getByRole( 'button', { name: 'Last 7 days' } ).click();
		await page.locator( '.components-notice.is-error' ).waitFor();
		assert.equal( await page.locator( '.aisp-tile' ).count(), 6 );
		await picture( page, 'overview-failed' );
		await page.context().setOffline( false );
		await page.getByRole( 'button', { name: 'Try again' } ).click();
		await page.getByRole( 'heading', { name: 'Last 7 days' } ).waitFor();
		assert.equal( await page.locator( '.components-notice.is-error' ).count(), 0 );
	} );

	test( 'the dashboard has a widget that everybody can use, and no script of ours', async () => {
		const scripts = [];
		page.on( 'request', ( request ) => request.url().includes( '/plugins/ai-secure-proxy/' ) && scripts.push( request.url() ) );
		for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
			await page.setViewportSize( viewport );
			await page.goto( `${ url }/wp-admin/index.php` );
			const widget = page.locator( '#ai_secure_proxy' );
			await widget.getByText( /^Calls in each of the last 24 hours, at most \d/ ).waitFor();
			await accessible( page, `widget, ${ size }`, '#ai_secure_proxy' );
			await widget.screenshot( { path: `${ process.env.E2E_SCREENSHOTS }/widget-${ size }.png` } );
		}
		assert.deepEqual( scripts, [] );
		await page.setViewportSize( SIZES.wide );
		await page.locator( '#ai_secure_proxy' ).getByRole( 'link', { name: 'Open the overview' } ).click();
		await page.locator( '.aisp-tile' ).first().waitFor();
	} );

	test( 'looks as it should, bright and dark, wide and narrow', async () => {
		for ( const colour of Object.keys( COLOURS ) ) {
			paint( colour );
			for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
				await page.setViewportSize( viewport );
				await open( '&range=7d' );
				await page.waitForTimeout( 400 ); // Until the charts have come to rest.
				await accessible( page, `${ colour }, ${ size }` );
				await fits( page, size );
				const heights = await page.locator( '.aisp-canvas' ).evaluateAll( ( all ) => all.map( ( one ) => [ one.firstElementChild.offsetHeight, one.offsetHeight ] ) );
				assert.equal( heights.length, 5 );
				assert.ok( heights.every( ( [ canvas, place ] ) => canvas <= place && place >= 240 ), `charts, ${ size }: ${ JSON.stringify( heights ) }` );
				await picture( page, `overview-7d-${ colour }-${ size }` );
			}
		}
		await page.setViewportSize( SIZES.wide );
		for ( const range of [ '1h', '24h', '30d' ] ) {
			await open( `&range=${ range }` );
			await page.waitForTimeout( 400 );
			await picture( page, `overview-${ range }` );
		}
		assert.deepEqual( wrong(), [] );
	} );
} );
