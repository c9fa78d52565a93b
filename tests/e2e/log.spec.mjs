// The log on its screen: found, sorted, looked into, kept as a view, taken home as a file.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { accessible, COLOURS, fits, logIn, paint, picture, screen, SIZES } from './support/admin.mjs';
import { browser, page, visit, wrong } from './support/session.mjs';
import { allow, php, provider, user } from './support/site.mjs';

const HASH = 'a1b2c3d4'.repeat( 8 );

visit( () => {
	allow( [] );
	php( `
		$records = array();
		for ( $i = 0; $i < 60; $i++ ) {
			$fails     = 0 === $i % 6;
			$records[] = array(
				'uid' => "e2e-$i", 'created_at' => 1767225600 + 3600 * $i, 'user_id' => 0 === $i % 3 ? $in['editor'] : 0, 'route' => 0 === $i % 2 ? '/infer' : 'cli',
				'req_hash' => 7 === $i ? $in['hash'] : hash( 'sha256', "e2e $i" ), 'tokens_in' => 100 + $i, 'tokens_out' => 2 * $i, 'duration_ms' => 5 * $i,
				'status_code' => $fails ? ( 0 === $i % 12 ? 502 : 429 ) : 200, 'error' => $fails ? ( 0 === $i % 12 ? 'provider_unavailable' : 'policy_quota' ) : null,
				'provider' => 'openai', 'model' => 45 === $i ? 'a-model-with-a-rather-long-name-of-2026-11-25-preview' : ( $i < 50 ? 'gpt-4o-mini' : 'claude-haiku' ), 'cached' => 0 === $i % 5, 'attempts' => 1, 'cost_microusd' => 12 * $i, 'client' => '', 'source' => 'e2e', 'request_id' => "req-e2e-$i",
			);
		}
		global $wpdb;
		AI_Secure_Proxy\\Log\\Drain::run( 3 ); // What other tests left would come in later.
		$wpdb->query( $wpdb->prepare( 'DELETE FROM %i', AI_Secure_Proxy\\Log\\Table::name() ) );
		AI_Secure_Proxy\\Log\\Table::insert( $records );
		delete_user_meta( $in['admin'], $wpdb->get_blog_prefix() . 'persisted_preferences' );`,
	{ hash: HASH, editor: user( 'editor' ).id, admin: user( 'admin' ).id } );
}, { acceptDownloads: true } );

async function open( query = '' ) {
	await page.goto( screen( 'log' ) + query );
	await found( /\d calls?$/ );
}

const found = ( text ) => page.locator( '.aisp-log__found' ).getByText( text ).first().waitFor();
const rows = () => page.locator( '.aisp-log tbody tr' );
const filter = ( name ) => page.locator( '.aisp-log__filters' ).getByRole( 'button', { name } ).first();
const zone = ( name ) => php( 'return update_option( "timezone_string", $in );', name );

/** Looks at one state of the screen in every colour and width: `of` names it, `open` goes there, `within` is what axe looks at. */
async function pictures( { of, open: go, within } ) {
	for ( const colour of Object.keys( COLOURS ) ) {
		paint( colour );
		for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
			await page.setViewportSize( viewport );
			await go();
			await accessible( page, `${ of }, ${ colour }, ${ size }`, within );
			await fits( page, `${ of }, ${ size }` );
			await picture( page, `log-${ of }-${ colour }-${ size }` );
		}
	}
	await page.setViewportSize( SIZES.wide );
}

test( 'the newest come first, a page of twenty, and the next page goes on', async () => {
	await open();
	await found( '60 calls' );
	assert.equal( await rows().count(), 20 );
	assert.match( await rows().first().textContent(), /January 3, 2026 11:00 am/ );
	const [ wide, room ] = await page.locator( '.aisp-log .dataviews-view-table' ).evaluate( ( table ) => [ table.scrollWidth, table.closest( '.aisp-log' ).clientWidth ] );
	assert.ok( wide <= room, `a table of ${ wide } px in ${ room }` );
	await page.getByRole( 'button', { name: 'Next page' } ).click();
	await page.waitForURL( /paged=2/ );
	await rows().first().getByText( 'January 2, 2026 3:00 pm' ).waitFor();
	await page.goBack();
	await rows().first().getByText( 'January 3, 2026 11:00 am' ).waitFor();
	assert.deepEqual( wrong(), [] );
} );

for ( const [ query, text ] of [
	[ '&status=5xx', '5 calls' ],
	[ '&status=429,502&route=/infer', '10 calls' ],
	[ '&model=claude-haiku&cached=true', '2 calls' ],
	[ '&error=any&date-on=2026-01-01', '4 calls' ],
	[ '&error=policy_quota', '5 calls' ],
	[ '&user=0&date-between=2026-01-01,2026-01-02', '32 calls' ],
	[ '&date-after=2026-01-02', '12 calls' ],
	[ '&date-inThePast=1,days', '0 calls' ],
	[ '&source=nobody%252C%20ever', '0 calls' ],
] ) {
	test( `a link says what is looked at: ${ query }`, async () => {
		await open( query );
		await found( text );
		const asked = [ ...new URL( screen( 'log' ) + query ).searchParams ];
		assert.deepEqual( asked.map( ( [ name ] ) => [ name, new URL( page.url() ).searchParams.get( name ) ] ), asked );
		assert.deepEqual( wrong(), [] );
	} );
}

test( 'days are those of the site, wherever the browser is', async () => {
	zone( 'Asia/Tokyo' );
	const elsewhere = await browser.newContext( { timezoneId: 'America/New_York', storageState: await page.context().storageState() } );
	const there = await elsewhere.newPage();
	try {
		await there.goto( `${ screen( 'log' ) }&date-on=2026-01-01` );
		await there.locator( '.aisp-log__found' ).getByText( '15 calls' ).waitFor();
		await there.getByText( 'January 1, 2026 11:00 pm' ).waitFor();
		await there.getByText( 'January 1, 2026 9:00 am' ).waitFor();
	} finally {
		await elsewhere.close();
		zone( 'UTC' );
	}
} );

test( 'a filter is chosen and taken away by keyboard alone', async () => {
	await open();
	await filter( 'Model' ).focus();
	await page.keyboard.press( 'Enter' );
	await page.getByRole( 'option', { name: 'claude-haiku' } ).waitFor();
	await page.keyboard.press( 'ArrowDown' );
	for ( let i = 0; i < 5 && ! /model=claude-haiku/.test( page.url() ); i++ ) {
		const active = page.locator( '[role=option][data-active-item]' );
		if ( /claude-haiku/.test( await active.textContent() ) ) {
			await page.keyboard.press( 'Enter' );
			await page.waitForURL( /model=claude-haiku/ );
		} else {
			await page.keyboard.press( 'ArrowDown' );
		}
	}
	await found( '10 calls' );
	await page.keyboard.press( 'Escape' );
	await page.getByRole( 'button', { name: 'Reset' } ).press( 'Enter' );
	await found( '60 calls' );
	assert.doesNotMatch( page.url(), /model=/ );
	assert.deepEqual( wrong(), [] );
} );

test( 'a call is found by its hash, shows all that is known of it, and has a link of its own', async () => {
	await open();
	await page.getByRole( 'searchbox' ).fill( HASH.slice( 0, 12 ) );
	await found( '1 call' );
	await rows().first().getByText( 'January 1, 2026 7:00 am' ).click();
	const dialog = page.getByRole( 'dialog', { name: 'Call' } );
	await dialog.getByText( 'req-e2e-7' ).waitFor();
	await dialog.getByText( HASH ).waitFor();
	await page.context().grantPermissions( [ 'clipboard-read', 'clipboard-write' ] );
	await dialog.getByRole( 'button', { name: 'Copy request hash' } ).click();
	assert.equal( await page.evaluate( () => navigator.clipboard.readText() ), HASH );
	const link = page.url();
	await page.keyboard.press( 'Escape' );
	await dialog.waitFor( { state: 'detached' } );
	assert.doesNotMatch( page.url(), /call=/ );
	await pictures( { of: 'call', within: '.aisp-details', open: () => page.goto( link ).then( () => dialog.getByText( HASH ).waitFor() ).then( () => page.waitForTimeout( 400 ) ) } );
	await dialog.getByRole( 'button', { name: 'Show calls that asked the same' } ).click();
	await dialog.waitFor( { state: 'detached' } );
	assert.match( page.url(), new RegExp( `s=${ HASH }` ) );
	await found( '1 call' );
	assert.deepEqual( wrong(), [] );
} );

test( 'the slowest come first when asked to', async () => {
	await open( '&orderby=duration_ms&order=desc' );
	assert.match( await rows().first().textContent(), /295 ms/ );
	await page.goto( `${ screen( 'log' ) }&orderby=cost_microusd&order=asc` );
	await rows().first().getByText( 'January 1, 2026 12:00 am' ).waitFor();
	assert.deepEqual( wrong(), [] );
} );

test( 'a view is kept under a name, also in another browser, until it is deleted', async () => {
	await open( '&status=429&date-between=2026-01-01,2026-01-31' );
	await found( '5 calls' );
	await page.getByRole( 'button', { name: 'Views' } ).click();
	await page.getByLabel( 'Save this view as' ).fill( 'Refused' );
	const saved = page.waitForResponse( ( response ) => response.url().includes( '/users/me' ) && response.ok() );
	await page.getByRole( 'button', { name: 'Save', exact: true } ).click();
	await saved;
	const another = await browser.newContext( { viewport: SIZES.wide } );
	const other = await another.newPage();
	await logIn( other );
	await other.goto( screen( 'log' ) );
	await other.getByRole( 'button', { name: 'Views' } ).click();
	await other.getByRole( 'menuitemradio', { name: 'Refused' } ).waitFor();
	await other.waitForTimeout( 400 );
	await picture( other, 'log-views' );
	await other.getByRole( 'menuitemradio', { name: 'Refused' } ).click();
	await other.locator( '.aisp-log__found' ).getByText( '5 calls' ).waitFor();
	assert.match( other.url(), /status=429/ );
	await other.getByRole( 'button', { name: 'Views' } ).click();
	const deleted = other.waitForResponse( ( response ) => response.url().includes( '/users/me' ) && response.ok() );
	await other.getByRole( 'button', { name: 'Delete view “Refused”' } ).press( 'Enter' );
	await other.getByRole( 'menuitemradio', { name: 'Refused' } ).waitFor( { state: 'detached' } );
	assert.ok( await other.getByRole( 'menuitemradio', { name: 'All calls' } ).isVisible() );
	await deleted;
	await another.close();
	await open();
	await page.getByRole( 'button', { name: 'Views' } ).click();
	assert.equal( await page.getByRole( 'menuitemradio' ).count(), 1 );
	assert.deepEqual( wrong(), [] );
} );

test( 'what is found is exported, all pages of it', async () => {
	await open( '&error=policy_quota&per_page=2' );
	await found( '5 calls' );
	for ( const [ format, lines ] of [ [ 'CSV, for spreadsheets', 6 ], [ 'JSON, a record a line', 5 ] ] ) {
		await page.getByRole( 'button', { name: 'Export' } ).click();
		const [ download ] = await Promise.all( [ page.waitForEvent( 'download' ), page.getByRole( 'menuitem', { name: format } ).click() ] );
		const text = readFileSync( await download.path(), 'utf8' ).trim();
		assert.equal( text.split( '\n' ).length, lines );
		assert.equal( text.match( /policy_quota/g ).length, 5 );
	}
	assert.deepEqual( wrong(), [] );
} );

test( 'a search that can find nothing says why, and is mended where it stands', async () => {
	await page.goto( `${ screen( 'log' ) }&s=abc` );
	await page.locator( '#aisp-screen' ).getByText( 'Search takes a whole request id' ).waitFor();
	assert.ok( await page.getByRole( 'button', { name: 'Export' } ).getAttribute( 'aria-disabled' ) );
	await accessible( page, 'error' );
	await picture( page, 'log-error' );
	await page.getByRole( 'searchbox' ).fill( 'e2e-12-x' );
	await page.getByText( 'No call matches' ).waitFor();
	await picture( page, 'log-no-match' );
	await page.getByRole( 'button', { name: 'Show all calls' } ).click();
	await found( '60 calls' );
	assert.deepEqual( wrong( '400' ), [] );
} );

test( 'how long the log is kept is said, and leads to where it is set', async () => {
	await open();
	await found( 'Kept for 90 days, the newest 1,000,000 at most.' );
	await page.getByRole( 'link', { name: 'Change how long' } ).click();
	await page.getByLabel( 'For how many days a record is kept' ).waitFor();
	assert.deepEqual( wrong(), [] );
} );

test( 'with rows in it the screen shuts nobody out, in any colour and width', async () => {
	await pictures( { of: 'rows', open: () => open( '&error=any' ) } );
	assert.deepEqual( wrong(), [] );
} );

test( 'the last days are looked at by a filter that moves on with them', async () => {
	await open();
	await page.getByRole( 'button', { name: 'Add filter' } ).click();
	await page.getByRole( 'menuitem', { name: 'Time' } ).click();
	await page.getByRole( 'spinbutton' ).waitFor();
	await page.waitForTimeout( 400 );
	await picture( page, 'log-filter-time' );
	await page.getByRole( 'spinbutton' ).fill( '2' );
	await page.waitForURL( /date-inThePast=2%2Cdays/ );
	await found( '0 calls' );
	await page.getByLabel( 'Unit' ).selectOption( 'years' );
	await found( '60 calls' );
	assert.deepEqual( wrong(), [] );
} );

test( 'more than can be counted are told as more', async () => {
	const insert = `
		$records = array();
		for ( $i = 0; $i < 10050; $i++ ) {
			$records[] = array(
				'uid' => "many-$i", 'created_at' => 1764547200 + $i, 'user_id' => 0, 'route' => '/infer', 'req_hash' => '', 'tokens_in' => 1, 'tokens_out' => 1, 'duration_ms' => 1,
				'status_code' => 200, 'error' => null, 'provider' => 'openai', 'model' => 'gpt-4o-mini', 'cached' => false, 'attempts' => 1, 'cost_microusd' => null, 'client' => '', 'source' => 'many', 'request_id' => "many-$i",
			);
		}
		foreach ( array_chunk( $records, 1000 ) as $some ) {
			AI_Secure_Proxy\\Log\\Table::insert( $some );
		}`;
	php( insert );
	await page.goto( screen( 'log' ) );
	await found( 'More than 10,000 calls' );
	assert.deepEqual( wrong(), [] );
} );

test( 'an empty log says what to do, and a call that is made is in it', async () => {
	php( 'global $wpdb; $wpdb->query( $wpdb->prepare( "DELETE FROM %i", AI_Secure_Proxy\\Log\\Table::name() ) );' );
	await page.goto( screen( 'log' ) );
	await page.getByText( 'Nothing has been asked yet' ).waitFor();
	await pictures( { of: 'empty', open: () => page.goto( screen( 'log' ) ).then( () => page.getByText( 'Nothing has been asked yet' ).waitFor() ) } );
	await provider.reset();
	await page.evaluate( () => globalThis.wp.apiFetch( { path: '/ai-secure-proxy/v1/infer', method: 'POST', data: { prompt: 'Say hi to the log.' } } ) );
	await page.getByRole( 'button', { name: 'Refresh' } ).click();
	await found( '1 call' );
	await rows().first().getByText( 'admin' ).waitFor();
	const row = await rows().first().textContent();
	assert.match( row, /admin.*\/infer.*mock-1.*200/ );
	assert.doesNotMatch( row, /Say hi/ );
	assert.deepEqual( wrong(), [] );
} );
