// The log on its screen: found, sorted, looked into, kept as a view, taken home as a file.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { accessible, browse, COLOURS, fits, logIn, paint, picture, screen, SIZES, watch } from './support/admin.mjs';
import { allow, complaints, php, user } from './support/site.mjs';

const HASH = 'a1b2c3d4'.repeat( 8 );

let browser, context, page, complained, wrong;

before( async () => {
	browser = await browse();
	allow( [] );
	complained = complaints();
	php( `
		$records = array();
		for ( $i = 0; $i < 60; $i++ ) {
			$fails     = 0 === $i % 6;
			$records[] = array(
				'uid' => "e2e-$i", 'created_at' => 1767225600 + 3600 * $i, 'user_id' => 0 === $i % 3 ? $in['editor'] : 0, 'route' => 0 === $i % 2 ? '/infer' : 'cli',
				'req_hash' => 7 === $i ? $in['hash'] : hash( 'sha256', "e2e $i" ), 'tokens_in' => 100 + $i, 'tokens_out' => 2 * $i, 'duration_ms' => 5 * $i,
				'status_code' => $fails ? ( 0 === $i % 12 ? 502 : 429 ) : 200, 'error' => $fails ? ( 0 === $i % 12 ? 'provider_error' : 'policy_quota' ) : null,
				'provider' => 'openai', 'model' => $i < 50 ? 'gpt-4o-mini' : 'claude-haiku', 'cached' => 0 === $i % 5, 'attempts' => 1, 'cost_microusd' => 12 * $i, 'client' => '', 'source' => 'e2e', 'request_id' => "req-e2e-$i",
			);
		}
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'DELETE FROM %i', AI_Secure_Proxy\\Log\\Table::name() ) );
		AI_Secure_Proxy\\Log\\Table::insert( $records );
		delete_user_meta( $in['admin'], $wpdb->get_blog_prefix() . 'persisted_preferences' );`,
	{ hash: HASH, editor: user( 'editor' ).id, admin: user( 'admin' ).id } );
	context = await browser.newContext( { viewport: SIZES.wide, acceptDownloads: true } );
	page = await context.newPage();
	await logIn( page );
} );

after( async () => {
	await browser?.close();
	assert.equal( complaints(), complained, 'PHP complained' );
} );

beforeEach( () => {
	wrong = watch( page );
} );

async function open( query = '' ) {
	await page.goto( screen( 'log' ) + query );
	await found( /Calls: \d|No call/ );
}

const found = ( text ) => page.locator( '.aisp-log' ).getByText( text ).first().waitFor();
const rows = () => page.locator( '.aisp-log tbody tr' );

test( 'the newest come first, a page of twenty, and the next page goes on', async () => {
	await open();
	await found( 'Calls: 60' );
	assert.equal( await rows().count(), 20 );
	await page.getByRole( 'button', { name: 'Next page' } ).click();
	await page.waitForURL( /paged=2/ );
	await page.waitForLoadState( 'networkidle' );
	assert.match( await rows().first().textContent(), /gpt-4o-mini/ );
	assert.deepEqual( wrong(), [] );
} );

test( 'a link says what is looked at', async () => {
	await open( '&status=5xx&user=0' );
	await found( 'Calls: 0' ).catch( () => {} );
	await open( '&status=5xx' );
	await found( 'Calls: 5' );
	await open( '&model=claude-haiku&cached=true' );
	await found( 'Calls: 2' );
	await open( '&date-on=2026-01-01&error=any' );
	await found( 'Calls: 4' );
	assert.deepEqual( wrong(), [] );
} );

test( 'a filter is chosen by keyboard', async () => {
	await open();
	await page.getByRole( 'button', { name: /filter/i } ).first().press( 'Enter' );
	await page.getByRole( 'menuitem', { name: 'Model' } ).press( 'Enter' );
	await page.getByRole( 'option', { name: 'claude-haiku' } ).click();
	await found( 'Calls: 10' );
	assert.match( page.url(), /model=claude-haiku/ );
	assert.deepEqual( wrong(), [] );
} );

test( 'a call is found by its hash, and shows all that is known of it', async () => {
	await open();
	await page.getByRole( 'searchbox' ).fill( HASH.slice( 0, 12 ) );
	await found( 'Calls: 1' );
	await rows().first().getByRole( 'button' ).first().click();
	const dialog = page.getByRole( 'dialog', { name: 'Call' } );
	await dialog.getByText( 'req-e2e-7' ).waitFor();
	await dialog.getByText( HASH ).waitFor();
	for ( const colour of Object.keys( COLOURS ) ) {
		await picture( page, `log-detail-${ colour }-wide` );
	}
	await accessible( page, 'detail', '.aisp-details' );
	await page.keyboard.press( 'Escape' );
	await dialog.waitFor( { state: 'detached' } );
	assert.deepEqual( wrong(), [] );
} );

test( 'the slowest come first when asked to', async () => {
	await open( '&orderby=duration_ms&order=desc' );
	assert.match( await rows().first().textContent(), /295 ms/ );
	assert.deepEqual( wrong(), [] );
} );

test( 'a view is kept under a name, also for the next visit', async () => {
	await open( '&status=429' );
	await found( 'Calls: 5' );
	await page.getByRole( 'button', { name: 'Views' } ).click();
	await page.getByLabel( 'Save this view as' ).fill( 'Refused' );
	await page.getByRole( 'button', { name: 'Save', exact: true } ).click();
	await page.waitForResponse( ( response ) => response.url().includes( '/users/me' ) );
	await open();
	await found( 'Calls: 60' );
	await page.getByRole( 'button', { name: 'Views' } ).click();
	await page.getByRole( 'menuitem', { name: 'Refused' } ).click();
	await found( 'Calls: 5' );
	assert.deepEqual( wrong(), [] );
} );

test( 'what is shown is exported, all pages of it', async () => {
	await open( '&error=policy_quota' );
	await found( 'Calls: 5' );
	for ( const [ format, lines ] of [ [ 'CSV, for spreadsheets', 6 ], [ 'JSON, a record a line', 5 ] ] ) {
		await page.getByRole( 'button', { name: 'Export' } ).click();
		const [ download ] = await Promise.all( [ page.waitForEvent( 'download' ), page.getByRole( 'menuitem', { name: format } ).click() ] );
		assert.equal( readFileSync( await download.path(), 'utf8' ).trim().split( '\n' ).length, lines );
	}
	assert.deepEqual( wrong(), [] );
} );

test( 'with rows in it the screen shuts nobody out, in any colour and width', async () => {
	for ( const colour of Object.keys( COLOURS ) ) {
		paint( colour );
		for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
			await page.setViewportSize( viewport );
			await open( '&error=any' );
			await accessible( page, `${ colour }, ${ size }` );
			await fits( page, size );
			await picture( page, `log-rows-${ colour }-${ size }` );
		}
	}
	await page.setViewportSize( SIZES.wide );
	assert.deepEqual( wrong(), [] );
} );
