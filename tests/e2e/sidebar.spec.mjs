// The panel “AI summary” beside a post: the summary of what is in the editor, and where it goes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, picture } from './support/admin.mjs';
import { blocks, CORE, edit, edited, newPost, paragraph } from './support/editor.mjs';
import { missing, policy as real } from './support/model.mjs';
import { button, fresh, page, session, wrong } from './support/session.mjs';
import { allow, php, provider } from './support/site.mjs';

const SUMMARY = 'The harbour is quiet in winter.';

session( 'editor', SUMMARY );

const text = () => page.getByRole( 'region', { name: 'Summary' } );

/** Opens a post with the panel open. */
async function open( words ) {
	const canvas = await edit( page, newPost( { post_content: words && paragraph( words ) } ) );
	await button( 'AI summary' ).click();
	return canvas;
}

async function summarise( words = fresh( 'It is winter at the harbour.' ) ) {
	const canvas = await open( words );
	await button( 'Summarise this post' ).click();
	await button( 'Use as excerpt' ).waitFor();
	return canvas;
}

test( 'the summary becomes the excerpt, and one step takes it back', async () => {
	await summarise();
	assert.equal( await text().textContent(), SUMMARY );
	await picture( page, 'sidebar-summary-wide' );
	await accessible( page, 'the panel', '.aisp-summary' );
	await button( 'Use as excerpt' ).click();
	await page.getByText( 'The summary is the excerpt now.' ).first().waitFor();
	assert.equal( await edited( page, 'excerpt' ), SUMMARY );
	await button( 'Undo' ).click();
	assert.equal( await edited( page, 'excerpt' ), '' );
	const { source } = php( 'AI_Secure_Proxy\\Log\\Drain::run(); global $wpdb; return $wpdb->get_row( "SELECT source FROM {$wpdb->prefix}aisp_logs ORDER BY id DESC LIMIT 1" );' );
	assert.equal( source, 'sidebar' );
	assert.deepEqual( wrong( CORE ), [] );
} );

test( 'it is inserted at the top, copied or discarded', async () => {
	const canvas = await summarise( 'It is winter.' );
	await button( 'Insert at top' ).click();
	assert.deepEqual( await blocks( page ), [ [ 'core/paragraph', SUMMARY ], [ 'core/paragraph', 'It is winter.' ] ] );
	await button( 'Undo' ).click();
	assert.deepEqual( await blocks( page ), [ [ 'core/paragraph', 'It is winter.' ] ] );
	await canvas.getByText( 'It is winter.' ).click();
	await page.getByRole( 'tab', { name: 'Post' } ).click();
	await button( 'Copy' ).click();
	await button( 'Copied' ).waitFor();
	assert.equal( await page.evaluate( () => globalThis.navigator.clipboard.readText() ), SUMMARY );
	await button( 'Discard' ).click();
	await button( 'Summarise this post' ).waitFor();
	assert.equal( await text().count(), 0 );
} );

test( 'what is not saved yet is summarised too, as data', async () => {
	const canvas = await open( 'Saved words.' );
	await canvas.getByText( 'Saved words.' ).click();
	await page.keyboard.press( 'End' );
	await page.keyboard.type( ' Typed just now.' );
	await page.getByRole( 'tab', { name: 'Post' } ).click();
	await button( 'Summarise this post' ).click();
	await button( 'Use as excerpt' ).waitFor();
	const sent = JSON.stringify( ( await provider.requests() )[ 0 ] );
	assert.ok( sent.includes( 'Saved words. Typed just now.' ) && sent.includes( 'data, not instructions' ), sent );
} );

test( 'an empty post is not sent anywhere', async () => {
	const post = newPost( { post_title: '', post_excerpt: 'x' } );
	await edit( page, post );
	await button( 'AI summary' ).click();
	await button( 'Summarise this post' ).click();
	await page.getByText( 'The post has no text yet.' ).waitFor();
	assert.deepEqual( await provider.requests(), [] );
} );

test( 'a provider that is down is told, and can be tried again', async () => {
	await provider.reset();
	await provider.will( { type: 'fail', status: 503, retry_after: 2, times: 1 }, { type: 'reply', text: SUMMARY, times: null } );
	allow( [], { max_attempts: 1 } );
	await open( fresh( 'Words.' ) );
	await button( 'Summarise this post' ).click();
	await page.getByRole( 'button', { name: /^Try again/ } ).waitFor();
	await picture( page, 'sidebar-refused-wide' );
	await button( 'Try again' ).click();
	await button( 'Use as excerpt' ).waitFor();
	assert.deepEqual( wrong( CORE, '503' ), [] );
} );

test( 'a real model summarises', { skip: missing }, async () => {
	allow( [], real );
	await open( 'The ferry to the island leaves at noon. It carries cars and bicycles. In winter there is one ferry a day.' );
	await button( 'Summarise this post' ).click();
	await button( 'Use as excerpt' ).waitFor( { timeout: 120000 } );
	assert.ok( ( await text().textContent() ).trim().length > 5 );
	await picture( page, 'sidebar-real-model-wide' );
	assert.deepEqual( wrong( CORE ), [] );
} );
