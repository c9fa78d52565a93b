// The screen Jobs, as somebody uses it who wants to know what goes on, and to put right what went wrong.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { accessible, browse, COLOURS, fits, logIn, paint, picture, screen, SIZES, watch } from './support/admin.mjs';
import { allow, complaints, onStore, php, phpMeanwhile, provider, send, user } from './support/site.mjs';

let browser, page, wrong, complained;

before( async () => {
	browser = await browse();
	allow( [], { max_parallel: 2 } );
	complained = complaints();
	page = await ( await browser.newContext( { viewport: SIZES.wide } ) ).newPage();
	await logIn( page );
	wrong = watch( page );
} );

after( async () => {
	forget();
	paint( 'light' );
	await browser?.close();
	assert.equal( complaints(), complained, 'PHP complained' );
} );

beforeEach( async () => {
	await answers( 'A short answer.' );
	forget();
} );

async function answers( text ) {
	await provider.reset();
	await provider.says( text );
}

const forget = () => [ 'job_item', 'job', 'inbox' ].forEach( ( table ) => onStore( `DELETE FROM ${ table }` ) );

const fresh = () => `Say something new: ${ Math.random() }`;
const many = ( count, more = {} ) => ( { items: Array.from( { length: count }, () => ( { prompt: fresh() } ) ), ...more } );
const enqueue = async ( body, login = 'editor' ) => ( await send( login, 'POST', '/jobs', body ) ).job_id;

/** WP-Cron comes by, and then the inbox is looked at. */
const WORK = 'AI_Secure_Proxy\\Jobs\\Runs::cron(); AI_Secure_Proxy\\Webhook\\Inbox::each_minute(); return true;';

async function open( query = '' ) {
	await page.goto( screen( 'jobs' ) + query );
	await page.locator( '.aisp-rows' ).waitFor();
	await page.waitForLoadState( 'networkidle' );
}

const row = ( id ) => page.getByRole( 'row' ).filter( { hasText: id.slice( -8 ) } );
const dialog = ( name ) => page.getByRole( 'dialog', { name } );
const told = ( text ) => page.locator( '.aisp-snackbars' ).getByText( text ).waitFor();
const more = async ( id, action ) => {
	await row( id ).getByRole( 'button', { name: 'Actions' } ).click();
	await page.getByRole( 'menuitem', { name: action } ).click();
};

describe( 'jobs', () => {
	test( 'a site without jobs is told how to make one', async () => {
		await open();
		await page.getByRole( 'heading', { name: 'No jobs yet' } ).waitFor();
		await page.getByRole( 'button', { name: 'Failed' } ).click();
		await page.getByRole( 'heading', { name: 'No job has failed' } ).waitFor();
		assert.ok( page.url().endsWith( '&state=failed' ), page.url() );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'progress moves by itself while a worker works', async () => {
		await provider.reset();
		await provider.will( { type: 'delay', seconds: 0.9, times: null } );
		const id = await enqueue( many( 24 ) );
		await open();
		const bar = row( id ).getByRole( 'progressbar' );
		assert.equal( await bar.getAttribute( 'aria-valuetext' ), '0 of 24' );
		await row( id ).getByText( 'Queued' ).waitFor();
		await row( id ).getByText( user( 'editor' ).display_name ?? 'editor' ).waitFor();
		const worked = phpMeanwhile( WORK );
		await row( id ).getByText( 'Running' ).waitFor( { timeout: 8000 } );
		const now = Number( await bar.getAttribute( 'aria-valuenow' ) );
		assert.ok( now > 0 && now < 24, `${ now } of 24` );
		await picture( page, 'jobs-running' );
		await row( id ).getByText( 'Done' ).waitFor( { timeout: 25000 } );
		assert.equal( await bar.getAttribute( 'aria-valuetext' ), '24 of 24' );
		assert.ok( await worked );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'one that failed says why, and is done after another try', async () => {
		await provider.reset();
		await provider.will( { type: 'fail', status: 400 } );
		const id = await enqueue( { prompt: fresh() } );
		php( WORK );
		await open( '&state=failed' );
		await page.getByRole( 'button', { name: /^Failed\s*1$/, pressed: true } ).waitFor();
		await row( id ).getByText( '0 of 1, 1 failed' ).waitFor();
		await row( id ).getByRole( 'button', { name: '1 prompt' } ).click();
		await dialog( '1 prompt' ).getByText( 'provider_rejected' ).waitFor();
		await accessible( page, 'a failed job', '.aisp-details' );
		await picture( page, 'jobs-failed-detail' );
		await dialog( '1 prompt' ).getByRole( 'button', { name: 'Try again' } ).click();
		await told( '1 job will be tried again.' );
		await dialog( '1 prompt' ).getByRole( 'status' ).getByText( 'Queued' ).waitFor();
		await answers( 'This time it went well.' );
		php( WORK );
		await dialog( '1 prompt' ).getByText( 'This time it went well.' ).waitFor( { timeout: 10000 } );
		await page.keyboard.press( 'Escape' );
		await page.getByRole( 'heading', { name: 'No job has failed' } ).waitFor();
		assert.deepEqual( wrong(), [] );
	} );

	test( 'cancelling asks first, and can be done with many at once', async () => {
		const ids = [ await enqueue( { prompt: fresh() } ), await enqueue( { prompt: fresh() } ), await enqueue( { prompt: fresh() } ) ];
		await open();
		await more( ids[ 0 ], 'Cancel' );
		await accessible( page, 'the question', '.components-modal__frame' );
		await dialog( 'Cancel 1 job?' ).getByRole( 'button', { name: 'Keep it' } ).click();
		assert.equal( ( await send( 'admin', 'GET', `/jobs/${ ids[ 0 ] }` ) ).state, 'queued' );

		const lone = await enqueue( { prompt: fresh() } );
		await open( `&job=${ lone }` );
		await dialog( '1 prompt' ).getByRole( 'button', { name: 'Cancel' } ).click();
		await dialog( 'Cancel 1 job?' ).getByRole( 'button', { name: 'Cancel job' } ).click();
		await dialog( '1 prompt' ).getByRole( 'status' ).getByText( 'Cancelled' ).waitFor();
		await page.keyboard.press( 'Escape' );

		await page.getByRole( 'checkbox', { name: 'Select all' } ).first().check();
		await page.locator( '.dataviews-bulk-actions-footer__container' ).getByRole( 'button', { name: 'Cancel', exact: true } ).first().click();
		await picture( page, 'jobs-cancel' );
		await dialog( 'Cancel 3 jobs?' ).getByRole( 'button', { name: 'Cancel jobs' } ).click();
		await told( '3 jobs cancelled.' );
		await row( ids[ 2 ] ).getByText( 'Cancelled' ).waitFor();
		for ( const id of ids ) {
			assert.equal( ( await send( 'admin', 'GET', `/jobs/${ id }` ) ).state, 'cancelled' );
		}
		assert.deepEqual( wrong(), [] );
	} );

	test( 'a preview shows what would be written, and writes it once it is accepted', async () => {
		const post = php( 'return wp_insert_post( array( "post_title" => "Ferries & tides", "post_status" => "publish", "post_author" => $in ) );', user( 'editor' ).id );
		const meta = () => php( 'return get_post_meta( $in, "summary", true );', post );
		await answers( 'The ferry leaves at noon.' );
		const id = await enqueue( { prompt: fresh(), preview: true, store: { post_id: post, meta_key: 'summary' } } );
		php( WORK );
		await open();
		await row( id ).getByText( 'Waits to be accepted' ).waitFor();
		await more( id, 'Review and accept' );
		const job = dialog( '1 prompt' );
		await job.getByText( 'The ferry leaves at noon.' ).waitFor();
		await job.getByRole( 'link', { name: 'Ferries & tides' } ).waitFor();
		await job.getByText( 'written once you accept' ).waitFor();
		assert.equal( meta(), '' );
		await accessible( page, 'a preview', '.aisp-details' );
		await picture( page, 'jobs-preview' );
		await job.getByRole( 'button', { name: 'Accept' } ).click();
		await told( '1 job accepted.' );
		php( WORK );
		await page.keyboard.press( 'Escape' );
		await row( id ).getByRole( 'button', { name: '1 prompt' } ).click();
		await job.getByText( 'written', { exact: true } ).waitFor();
		assert.equal( meta(), 'The ferry leaves at noon.' );
		php( 'wp_delete_post( $in, true ); return true;', post );
		assert.deepEqual( wrong(), [] );
	} );

	test( 'filters, pages and a link that leads to one job', async () => {
		const ids = [];
		for ( let n = 0; n < 21; n++ ) {
			ids.push( await enqueue( { prompt: fresh() }, n ? 'editor' : 'author' ) );
		}
		await open();
		const pager = page.getByRole( 'navigation', { name: 'Pages of jobs' } );
		assert.equal( await page.getByRole( 'row' ).count(), 21, '20 and the head' );
		await pager.getByRole( 'button', { name: 'Older' } ).click();
		await row( ids[ 0 ] ).waitFor();
		assert.equal( await page.getByRole( 'row' ).count(), 2 );
		await pager.getByRole( 'button', { name: 'Newer' } ).click();
		await row( ids[ 20 ] ).waitFor();

		await page.getByRole( 'button', { name: /^Who/ } ).first().click();
		await page.getByRole( 'option', { name: 'author' } ).click();
		await page.keyboard.press( 'Escape' );
		await row( ids[ 0 ] ).waitFor();
		assert.equal( await page.getByRole( 'row' ).count(), 2 );

		await open( `&job=${ ids[ 5 ] }` );
		await dialog( '1 prompt' ).getByText( ids[ 5 ] ).waitFor();
		await open( '&job=job_00000000000000000000000000000000' );
		await page.getByRole( 'dialog' ).getByText( 'You have no job of this id.' ).waitFor();
		assert.deepEqual( wrong( '404' ), [] );
	} );

	test( 'in light and dark, wide and narrow', async () => {
		await provider.reset();
		await provider.will( { type: 'fail', status: 400, times: 2 }, { type: 'reply', text: 'An answer that is long enough to need a second line where there is little room for it.\n\nAnd a paragraph.', times: null } );
		const failed = await enqueue( many( 6 ) );
		php( WORK );
		await enqueue( many( 3, { background: false } ), 'author' );
		await enqueue( { prompt: fresh(), preview: true } );
		php( WORK );
		await enqueue( many( 1200 ) );
		for ( const colour of Object.keys( COLOURS ) ) {
			paint( colour );
			for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
				await page.setViewportSize( viewport );
				await open();
				await accessible( page, `jobs, ${ colour }, ${ size }` );
				await fits( page, `jobs, ${ size }` );
				await picture( page, `jobs-list-${ colour }-${ size }` );
				await open( `&job=${ failed }` );
				await page.getByRole( 'dialog' ).getByText( 'No. 6' ).waitFor();
				await accessible( page, `a job, ${ colour }, ${ size }`, '.aisp-details' );
				await fits( page, `a job, ${ size }` );
				await picture( page, `jobs-detail-${ colour }-${ size }` );
			}
		}
		await page.setViewportSize( SIZES.wide );
		assert.deepEqual( wrong( '404' ), [] );
	} );
} );
