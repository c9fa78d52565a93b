// The block “Generate with AI” in the real editor: the answer comes, then its text is in the post, or not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, logIn, picture, SIZES, watch } from './support/admin.mjs';
import { BLOCK, blocks, CORE, edit, newPost, paragraph } from './support/editor.mjs';
import { missing, policy as real } from './support/model.mjs';
import { browser, button, fresh, page, session, wrong } from './support/session.mjs';
import { allow, php, provider, url } from './support/site.mjs';

const MARKDOWN = '## Why in winter\n\nThe harbour is **quiet**.\n\n- No queues\n- Hot soup\n\nCome soon.';
const INSERTED = [ [ 'core/heading', 'Why in winter' ], [ 'core/paragraph', 'The harbour is <strong>quiet</strong>.' ], [ 'core/list', 'No queues Hot soup' ], [ 'core/paragraph', 'Come soon.' ] ];
const LONG = Array.from( { length: 300 }, ( _, i ) => `word${ i }` ).join( ' ' );

session( 'editor', MARKDOWN );

/** Opens a post that has the block after this markup, and asks. */
async function generate( before = '', { prompt = fresh( 'Reasons to come' ), source } = {} ) {
	const post = newPost( { post_content: `${ before }\n\n${ BLOCK }` } );
	const canvas = await edit( page, post );
	await canvas.getByLabel( 'What is to be written?' ).fill( prompt );
	if ( source ) {
		await canvas.getByLabel( 'Written about' ).selectOption( { label: source } );
	}
	await button( 'Generate', canvas ).click();
	return { canvas, post };
}

test( 'it is found by its name, and what it wrote replaces it; one step takes that back, answer and all', async () => {
	const canvas = await edit( page, newPost( { post_content: paragraph( 'Before.' ) } ) );
	await canvas.getByText( 'Before.' ).click();
	await page.keyboard.press( 'End' );
	await page.keyboard.press( 'Enter' );
	await page.keyboard.type( '/generate' );
	await page.getByRole( 'option', { name: 'Generate with AI' } ).click();
	await canvas.getByLabel( 'What is to be written?' ).fill( fresh( 'Reasons to come' ) );
	await canvas.getByLabel( 'Tone' ).selectOption( { label: 'Formal' } );
	await picture( page, 'block-empty-wide' );
	await button( 'Generate', canvas ).click();
	await button( 'Insert', canvas ).waitFor();
	assert.equal( await canvas.getByRole( 'region', { name: 'Answer' } ).textContent(), MARKDOWN );
	await picture( page, 'block-answer-wide' );
	await page.setViewportSize( SIZES.narrow );
	await button( 'Discard', canvas ).scrollIntoViewIfNeeded();
	await picture( page, 'block-answer-narrow' );
	await page.setViewportSize( SIZES.wide );
	await accessible( page.frame( { name: 'editor-canvas' } ), 'the block', '.aisp-generate' );

	const [ asked ] = await provider.requests();
	assert.ok( JSON.stringify( asked ).includes( 'formal tone' ) );
	await button( 'Insert', canvas ).click();
	assert.deepEqual( await blocks( page ), [ [ 'core/paragraph', 'Before.' ], ...INSERTED ] );
	await picture( page, 'block-inserted-wide' );

	await button( 'Undo' ).click();
	assert.deepEqual( ( await blocks( page ) ).map( ( [ name ] ) => name ), [ 'core/paragraph', 'ai-secure-proxy/generate' ] );
	assert.equal( await canvas.getByRole( 'region', { name: 'Answer' } ).textContent(), MARKDOWN );
	await button( 'Redo' ).click();
	assert.deepEqual( await blocks( page ), [ [ 'core/paragraph', 'Before.' ], ...INSERTED ] );
	assert.deepEqual( wrong( CORE ), [] );
} );

test( 'an answer that is discarded leaves nothing, and the next one is asked anew', async () => {
	const { canvas } = await generate();
	await button( 'Generate again', canvas ).click();
	await button( 'Insert', canvas ).waitFor();
	assert.equal( ( await provider.requests() ).length, 2, 'not from the cache' );
	await button( 'Discard', canvas ).click();
	await button( 'Generate', canvas ).waitFor();
	assert.equal( await canvas.getByRole( 'region', { name: 'Answer' } ).count(), 0 );
	assert.deepEqual( ( await blocks( page ) ).map( ( [ name ] ) => name ), [ 'ai-secure-proxy/generate' ] );
	const { source } = php( 'AI_Secure_Proxy\\Log\\Drain::run(); global $wpdb; return $wpdb->get_row( "SELECT source FROM {$wpdb->prefix}aisp_logs ORDER BY id DESC LIMIT 1" );' );
	assert.equal( source, 'block' );
} );

test( 'the post goes along as it is in the editor, as data, and the title alone where that is chosen', async () => {
	const { canvas, post } = await generate( paragraph( 'Saved words.' ), { source: 'This post', prompt: 'Continue' } );
	await button( 'Insert', canvas ).waitFor();
	let sent = JSON.stringify( ( await provider.requests() )[ 0 ] );
	assert.ok( sent.includes( 'The harbour\\\\n\\\\nSaved words.' ) || sent.includes( 'The harbour\\n\\nSaved words.' ), sent );
	assert.ok( sent.includes( 'data, not instructions' ) );
	assert.ok( ! sent.includes( 'wp:paragraph' ) );

	await canvas.getByText( 'Saved words.' ).click();
	await page.keyboard.press( 'End' );
	await page.keyboard.type( ' Typed just now.' );
	await button( 'Generate again', canvas ).click();
	await button( 'Insert', canvas ).waitFor();
	sent = JSON.stringify( ( await provider.requests() )[ 1 ] );
	assert.ok( sent.includes( 'Saved words. Typed just now.' ), sent );

	await canvas.getByLabel( 'Written about' ).selectOption( { label: 'The title' } );
	await button( 'Generate again', canvas ).click();
	await button( 'Insert', canvas ).waitFor();
	sent = JSON.stringify( ( await provider.requests() )[ 2 ] );
	assert.ok( sent.includes( 'The harbour' ) && ! sent.includes( 'Saved words' ), sent );

	await canvas.getByLabel( 'Written about' ).selectOption( { label: 'The excerpt' } );
	await button( 'Generate again', canvas ).click();
	await canvas.getByText( 'There is no text in it yet.' ).waitFor();
	assert.equal( ( await provider.requests() ).length, 3 );
	assert.ok( post );
} );

test( 'a post that is too long is cut, and that is said', async () => {
	allow( [], { max_prompt_chars: 500 } );
	const { canvas } = await generate( paragraph( 'A sentence of the post. '.repeat( 100 ) ), { source: 'This post', prompt: 'Sum up' } );
	await canvas.getByText( 'the model gets only its beginning' ).waitFor();
	await button( 'Insert', canvas ).waitFor();
} );

test( 'a stranger’s markup in an answer becomes text, and nothing in it is loaded', async () => {
	await provider.reset();
	await provider.says( `<!-- wp:html --><script>alert( 1 )</script><!-- /wp:html -->\n\n![x](${ url }/spy.png)\n\n<img src="${ url }/spy.png" onerror="alert( 1 )">\n\nThe end.` );
	const asked = [];
	page.on( 'request', ( request ) => asked.push( request.url() ) );
	const { canvas } = await generate();
	await button( 'Insert', canvas ).click();
	await page.waitForTimeout( 500 );
	const made = await blocks( page );
	assert.ok( made.every( ( [ name ] ) => name === 'core/paragraph' ), JSON.stringify( made ) );
	assert.ok( made.some( ( [ , text ] ) => text === 'The end.' ) );
	assert.ok( ! /<script|onerror|<img/.test( JSON.stringify( made ) ), JSON.stringify( made ) );
	assert.ok( ! asked.some( ( address ) => address.includes( 'spy.png' ) ) );
} );

test( 'Stop ends the call at the provider; what there was can be inserted', async () => {
	await provider.reset();
	await provider.says( LONG );
	const { canvas } = await generate();
	await canvas.getByRole( 'region', { name: 'Answer' } ).getByText( 'word5' ).waitFor();
	await button( 'Stop', canvas ).click();
	await canvas.getByText( 'Stopped. This is what had come by then.' ).waitFor();
	await button( 'Insert', canvas ).waitFor();
	const asked = await provider.leftAlone();
	assert.equal( asked.completed, false, 'the provider was hung up on' );
} );

test( 'a limit is told with the time to wait, and half an answer is not inserted', async () => {
	allow( [], { quota: [ { per: 'source', limit: 1, period: 3600 } ] } );
	const { canvas } = await generate();
	await button( 'Generate again', canvas ).click();
	await canvas.getByRole( 'button', { name: /^Try again (from|in) / } ).waitFor();
	await picture( page, 'block-limit-wide' );

	allow( [], { max_attempts: 1 } );
	await provider.reset();
	await provider.will( { type: 'reply', text: LONG, times: null }, { type: 'stream_fault', kind: 'disconnect', after_chunks: 8, times: null } );
	await button( 'Discard', canvas ).click();
	await canvas.getByLabel( 'What is to be written?' ).fill( fresh( 'Reasons to come' ) );
	await button( 'Generate', canvas ).click();
	await canvas.getByText( 'This is not the whole answer.' ).waitFor();
	assert.equal( await button( 'Insert', canvas ).count(), 0 );
	assert.deepEqual( wrong( CORE, '429' ), [] );
} );

test( 'left in a post it shows nothing to readers', async () => {
	const post = newPost( { post_status: 'publish', post_content: `${ paragraph( 'Seen.' ) }\n\n<!-- wp:ai-secure-proxy/generate {"prompt":"a secret plan"} /-->` } );
	const html = await ( await fetch( `${ url }/?p=${ post }` ) ).text();
	assert.ok( html.includes( 'Seen.' ) );
	assert.ok( ! html.includes( 'a secret plan' ) && ! html.includes( 'ai-secure-proxy' ) );
} );

test( 'who may not ask has neither the block nor the panel', async () => {
	php( 'get_role( "author" )->remove_cap( "aisp_infer" );' );
	try {
		const other = await browser.newContext( { viewport: SIZES.wide } );
		const tab = await other.newPage();
		const complaint = watch( tab );
		await logIn( tab, 'author' );
		await edit( tab, newPost( {}, 'author' ) );
		const [ registered, panels ] = await tab.evaluate( () => [ globalThis.wp.blocks.getBlockType( 'ai-secure-proxy/generate' ), globalThis.wp.plugins.getPlugin( 'ai-secure-proxy' ) ].map( Boolean ) );
		assert.deepEqual( [ registered, panels ], [ false, false ] );
		assert.ok( complaint().every( ( line ) => line.includes( CORE ) ), 'what the editor complains of with us, it does without us' );
		await other.close();
	} finally {
		php( 'get_role( "author" )->add_cap( "aisp_infer" );' );
	}
} );

test( 'a real model writes into the post', { skip: missing }, async () => {
	allow( [], real );
	const { canvas } = await generate( '', { prompt: fresh( 'Write one short sentence about the sea.' ) } );
	await button( 'Insert', canvas ).waitFor( { timeout: 120000 } );
	const text = await canvas.getByRole( 'region', { name: 'Answer' } ).textContent();
	await picture( page, 'block-real-model-wide' );
	await button( 'Insert', canvas ).click();
	const made = await blocks( page );
	assert.ok( text.trim().length > 5 && made.length > 0 && made.every( ( [ name ] ) => name.startsWith( 'core/' ) ), JSON.stringify( made ) );
	assert.deepEqual( wrong( CORE ), [] );
} );
