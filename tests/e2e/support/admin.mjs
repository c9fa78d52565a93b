// An administrator in the browser: logged in, with eyes on what goes wrong behind the screen.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { php, url, user } from './site.mjs';

const axe = readFileSync( createRequire( import.meta.url ).resolve( 'axe-core/axe.min.js' ), 'utf8' );

export const browse = () => chromium.launch( { executablePath: process.env.E2E_BROWSER, args: [ '--no-sandbox', '--no-proxy-server' ] } );

/** Where a screen is: 'overview', 'log', … */
export const screen = ( name ) => `${ url }/wp-admin/admin.php?page=ai-secure-proxy${ name === 'overview' ? '' : `-${ name }` }`;

/** All of them. */
export const SCREENS = [ 'overview', 'log', 'playground', 'jobs', 'webhooks', 'settings' ];

/** Opens a screen and waits until it shows what it has to. */
export async function openScreen( page, name ) {
	await page.goto( screen( name ) );
	await page.locator( '#aisp-screen > *' ).first().waitFor();
	await page.waitForLoadState( 'networkidle' );
}

/** As wide as most, and as narrow as it gets. */
export const SIZES = { wide: { width: 1280, height: 900 }, narrow: { width: 320, height: 640 } };

/** WordPress's own colour schemes. */
export const COLOURS = { light: 'light', dark: 'midnight' };

export async function logIn( page, login = 'admin' ) {
	await page.goto( `${ url }/wp-login.php` );
	// The page puts the cursor there a moment after it has come; what is typed elsewhere meanwhile would land there.
	await page.waitForFunction( () => document.activeElement?.id === 'user_login' );
	await page.fill( '#user_login', login );
	await page.fill( '#user_pass', user( login ).password );
	await Promise.all( [ page.waitForURL( /wp-admin/ ), page.click( '#wp-submit' ) ] ).catch( async ( cause ) => {
		throw new Error( `${ login } is still at ${ page.url() }: ${ await page.innerText( 'body' ) }`, { cause } );
	} );
}

/** Sets the colours in which somebody sees the admin pages. */
export const paint = ( colour, login = 'admin' ) => php( 'return update_user_option( $in["id"], "admin_color", $in["colour"], true );', { id: user( login ).id, colour: COLOURS[ colour ] } );

/**
 * Watches a page from now on.
 *
 * @return {Function} The console's errors, exceptions and answers from 400 on; `expected` are texts that may be among them.
 */
export function watch( page ) {
	const seen = [];
	page.on( 'console', ( message ) => [ 'error', 'warning' ].includes( message.type() ) && seen.push( `console: ${ message.text() } (${ message.location().url })` ) );
	page.on( 'pageerror', ( error ) => seen.push( `exception: ${ error.message }` ) );
	page.on( 'response', ( response ) => response.status() >= 400 && seen.push( `${ response.status() } ${ response.url() }` ) );
	return ( ...expected ) => seen.filter( ( line ) => ! expected.some( ( text ) => line.includes( text ) ) );
}

/** What fades in is pale until it is there; what turns for as long as something goes on is not waited for. */
const still = ( page ) => page.evaluate( () => Promise.allSettled( document.getAnimations().filter( ( { effect } ) => effect.getComputedTiming().endTime !== Infinity ).map( ( { finished } ) => finished ) ).then( () => true ) );

/** Nothing on the screen that is hard or impossible to use for some; `where` is said when there is. */
export async function accessible( page, where, within = '#wpbody-content' ) {
	await still( page );
	await page.evaluate( axe );
	const { violations } = await page.evaluate( ( root ) => globalThis.axe.run( root, { resultTypes: [ 'violations' ] } ), within );
	const told = violations.filter( ( { impact } ) => [ 'serious', 'critical' ].includes( impact ) )
		.map( ( { id, help, nodes } ) => `${ id }: ${ help }: ${ nodes.map( ( { html } ) => html ).slice( 0, 3 ).join( ' | ' ) }` );
	assert.deepEqual( told, [], where );
	return violations.map( ( { id, impact } ) => `${ impact } ${ id }` );
}

/** Nothing sticks out to the right. */
export async function fits( page, where ) {
	const [ wide, window ] = await page.evaluate( () => [ document.documentElement.scrollWidth, document.documentElement.clientWidth ] );
	assert.ok( wide <= window, `${ where }: ${ wide } px in a window of ${ window }` );
}

/** A picture in E2E_SCREENSHOTS. */
export async function picture( page, name ) {
	mkdirSync( process.env.E2E_SCREENSHOTS, { recursive: true } );
	await still( page );
	await page.screenshot( { path: `${ process.env.E2E_SCREENSHOTS }/${ name }.png`, fullPage: true } );
}
