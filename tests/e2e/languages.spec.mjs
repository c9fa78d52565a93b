// Every screen in another language and from right to left: nothing of it stays English, and nothing of it sticks out.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { accessible, fits, openScreen, picture, SCREENS, SIZES } from './support/admin.mjs';
import { CORE, edit, newPost } from './support/editor.mjs';
import { page, visit, wrong } from './support/session.mjs';
import { php, url, user } from './support/site.mjs';
import { traffic } from './support/traffic.mjs';

const plugin = new URL( '../../wordpress-plugin/ai-secure-proxy/', import.meta.url );
const { po } = createRequire( new URL( 'package.json', plugin ) )( 'gettext-parser' );

/** Texts that are others in German; what has a place for something in it is not found as it is. */
const english = new Map( Object.values( po.parse( readFileSync( new URL( 'languages/ai-secure-proxy-de_DE.po', plugin ) ) ).translations )
	.flatMap( ( context ) => Object.values( context ) )
	.filter( ( { msgid, msgstr: [ text ] } ) => msgid && text !== msgid && ! msgid.includes( '%' ) )
	.map( ( { msgid, msgstr: [ text ], comments } ) => [ msgid, { german: text, ours: / (?!node_modules)|^(?!node_modules)/m.test( comments.reference ) } ] ) );
const german = ( text ) => english.get( text ).german;

/** Those that bring along packages of WordPress; others use the site's, for which it has its own translation. */
const TABLES = [ 'log', 'jobs', 'webhooks' ];

/** What somebody reads within an element, hidden or not, and what is read to them. */
const said = ( within ) => page.evaluate( ( root ) => {
	const texts = [];
	for ( const element of document.querySelectorAll( root ) ) {
		const walker = document.createTreeWalker( element, globalThis.NodeFilter.SHOW_TEXT );
		while ( walker.nextNode() ) {
			if ( ! walker.currentNode.parentElement.closest( 'script, style' ) ) {
				texts.push( walker.currentNode.data.trim() );
			}
		}
		element.querySelectorAll( '[aria-label], [title], [placeholder]' ).forEach( ( one ) => texts.push( one.ariaLabel, one.title, one.placeholder ) );
	}
	return texts.filter( Boolean );
}, within );

/** `least`: how many texts of ours there are to be; `ours` is false where others' that we bring along are among them. */
async function translated( within, least, ours = true ) {
	const texts = await said( within );
	assert.deepEqual( texts.filter( ( text ) => english.has( text ) && ( ! ours || english.get( text ).ours ) ), [], within );
	const known = new Set( [ ...english.values() ].map( ( text ) => text.german ) );
	const found = texts.filter( ( text ) => known.has( text ) ).length;
	assert.ok( found >= least, `${ within }: ${ found } German texts of ${ texts.length }` );
}

visit( traffic );

describe( 'in German', () => {
	before( () => php( 'return update_user_meta( $in, "locale", "de_DE" );', user( 'admin' ).id ) );
	after( () => php( 'return delete_user_meta( $in, "locale" );', user( 'admin' ).id ) );

	for ( const name of SCREENS ) {
		test( `${ name }, with its help`, async () => {
			await openScreen( page, name );
			await translated( '#wpbody-content', 10, ! TABLES.includes( name ) );
			await translated( '#toplevel_page_ai-secure-proxy', 4 );
			await picture( page, `${ name }-german` );
			assert.deepEqual( wrong(), [] );
		} );
	}

	test( 'the widget', async () => {
		await page.goto( `${ url }/wp-admin/` );
		await translated( '#ai_secure_proxy', 3 );
	} );

	test( 'the block and the panel beside a post', async () => {
		const canvas = await edit( page, newPost( { post_content: '<!-- wp:ai-secure-proxy/generate /-->' }, 'admin' ) );
		await canvas.getByLabel( german( 'What is to be written?' ) ).waitFor();
		await page.getByRole( 'button', { name: german( 'AI summary' ) } ).click();
		await page.getByRole( 'button', { name: german( 'Summarise this post' ) } ).waitFor();
		await picture( page, 'block-german' );
		assert.deepEqual( wrong( CORE ), [] );
	} );
} );

describe( 'from right to left', () => {
	before( () => php( 'return update_option( "aisp_test_rtl", true );' ) );
	after( () => php( 'return delete_option( "aisp_test_rtl" );' ) );

	for ( const name of SCREENS ) {
		test( name, async () => {
			for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
				await page.setViewportSize( viewport );
				await openScreen( page, name );
				assert.equal( await page.evaluate( () => globalThis.getComputedStyle( document.querySelector( '#aisp-screen' ) ).direction ), 'rtl' );
				assert.ok( await page.locator( `link[href*="build/${ name }-rtl.css"]` ).count(), 'the style sheet is the mirrored one' );
				await fits( page, `${ name }, ${ size }` );
				await accessible( page, `${ name }, ${ size }` );
				await picture( page, `${ name }-rtl-${ size }` );
			}
			await page.setViewportSize( SIZES.wide );
			assert.deepEqual( wrong(), [] );
		} );
	}

	test( 'the block and the panel beside a post', async () => {
		const canvas = await edit( page, newPost( { post_content: '<!-- wp:ai-secure-proxy/generate /-->' }, 'admin' ) );
		await canvas.getByLabel( 'What is to be written?' ).waitFor();
		await page.getByRole( 'button', { name: 'AI summary' } ).click();
		await accessible( page, 'the panel', '.aisp-summary' );
		await picture( page, 'block-rtl' );
		assert.deepEqual( wrong( CORE ), [] );
	} );
} );
