// Every screen of the plugin: in the menu of those who manage it, sound, small, and usable by all.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { accessible, COLOURS, fits, logIn, openScreen, paint, picture, screen, SCREENS, SIZES, watch } from './support/admin.mjs';
import { browser, page, visit } from './support/session.mjs';
import { allow, url } from './support/site.mjs';

const LIMIT_BYTES = 250_000;

visit( () => allow( [] ) );

/** A script of build/, as it is sent. */
function small( name ) {
	const sent = gzipSync( readFileSync( new URL( `../../wordpress-plugin/ai-secure-proxy/build/${ name }.js`, import.meta.url ) ), { level: 6 } ).length;
	assert.ok( sent <= LIMIT_BYTES, `${ name }: ${ sent } bytes` );
}

for ( const name of SCREENS ) {
	describe( name, () => {
		test( 'opens without a complaint, and nothing on it shuts anybody out', async () => {
			const wrong = watch( page );
			for ( const colour of Object.keys( COLOURS ) ) {
				paint( colour );
				for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
					await page.setViewportSize( viewport );
					await openScreen( page, name );
					await accessible( page, `${ name }, ${ colour }, ${ size }` );
					await fits( page, `${ name }, ${ size }` );
					await picture( page, `${ name }-${ colour }-${ size }` );
				}
			}
			await page.setViewportSize( SIZES.wide );
			assert.deepEqual( wrong(), [] );
		} );

		test( 'its script is no larger than it may be', () => small( name ) );
	} );
}

test( 'the scripts of the block editor are no larger either', () => [ 'block/index', 'sidebar' ].forEach( small ) );

test( 'other admin pages get none of the scripts', async () => {
	const ours = [];
	page.on( 'request', ( request ) => request.url().includes( '/plugins/ai-secure-proxy/build/' ) && ours.push( request.url() ) );
	for ( const path of [ 'edit.php', 'plugins.php', 'options-general.php' ] ) {
		await page.goto( `${ url }/wp-admin/${ path }` );
		await page.waitForLoadState( 'networkidle' );
	}
	assert.deepEqual( ours, [] );
} );

test( 'who does not manage the proxy sees no menu and gets no screen', async () => {
	const editors = await browser.newContext();
	const other = await editors.newPage();
	await logIn( other, 'editor' );
	assert.equal( await other.locator( '#adminmenu' ).getByText( 'AI Secure Proxy' ).count(), 0 );
	for ( const name of SCREENS ) {
		assert.equal( ( await other.goto( screen( name ) ) ).status(), 403 );
	}
	await editors.close();
} );
