// Somebody who is logged in, anew for each test of a file: the page before them, and what goes wrong behind it.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { browse, logIn, SIZES, watch } from './admin.mjs';
import { allow, complaints, provider } from './site.mjs';

export let browser, page, wrong;

/** For the tests of this file: `login` is who it is, and `answer` what the provider says. */
export function session( login, answer ) {
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
		context = await browser.newContext( { viewport: SIZES.wide, permissions: [ 'clipboard-read', 'clipboard-write' ] } );
		page = await context.newPage();
		page.setDefaultTimeout( 20000 );
		await logIn( page, login );
		wrong = watch( page );
	} );

	afterEach( () => context.close() );
}

/** A text that nobody sent before, so that no cache has its answer. */
export const fresh = ( words ) => `${ words } ${ Math.random() }`;

/** A button by the whole of its name; `within` is the page unless it is said. */
export const button = ( name, within = page ) => within.getByRole( 'button', { name, exact: true } );
