// Somebody who is logged in, anew for each test of a file or once for all of them: the page before them, and what goes wrong behind it.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { browse, logIn, SIZES, watch } from './admin.mjs';
import { allow, complaints, provider } from './site.mjs';

export let browser, page, wrong;

/** For the tests of this file: `login` is who it is, `answer` what the provider says, `options` more of what the browser is to be. */
export function session( login, answer, options = {} ) {
	let context, complained;

	before( async () => {
		browser = await browse();
		complained = complaints();
	} );

	after( async () => {
		await browser?.close();
		assert.equal( complaints(), complained, 'PHP complained' );
	} );

	beforeEach( async () => {
		allow( [] );
		await provider.reset();
		await provider.says( answer );
		context = await browser.newContext( { viewport: SIZES.wide, permissions: [ 'clipboard-read', 'clipboard-write' ], ...options } );
		page = await context.newPage();
		page.setDefaultTimeout( 20000 );
		await logIn( page, login );
		wrong = watch( page );
	} );

	afterEach( () => context.close() );
}

/** One page of the administrator for all tests of this file; `prepare` makes the site what they want to see. */
export function visit( prepare, options = {} ) {
	let complained;

	before( async () => {
		browser = await browse();
		await prepare();
		complained = complaints();
		page = await ( await browser.newContext( { viewport: SIZES.wide, ...options } ) ).newPage();
		await logIn( page );
	} );

	after( async () => {
		await browser?.close();
		await provider.reset();
		assert.equal( complaints(), complained, 'PHP complained' );
	} );

	beforeEach( () => {
		wrong = watch( page );
	} );
}

/** A text that nobody sent before, so that no cache has its answer. */
export const fresh = ( words ) => `${ words } ${ Math.random() }`;

/** A button by the whole of its name; `within` is the page unless it is said. */
export const button = ( name, within = page ) => within.getByRole( 'button', { name, exact: true } );
