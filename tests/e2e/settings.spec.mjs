// The Settings screen, as somebody uses it who manages the proxy: what is saved counts, what is wrong is said beside its field.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, test } from 'node:test';
import { accessible, COLOURS, fits, paint, picture, screen, SIZES } from './support/admin.mjs';
import { page, session, wrong } from './support/session.mjs';
import { api, lock, php, unlock, user } from './support/site.mjs';

const stored = () => php( 'return get_option( "aisp_settings" );' );

session( 'admin', 'Yes.', { acceptDownloads: true, reducedMotion: 'reduce' } );

beforeEach( () => php( 'delete_option( "aisp_log" );' ) );

afterEach( unlock );

async function open( section ) {
	await page.goto( `${ screen( 'settings' ) }#${ section }` );
	await page.locator( '.aisp-section' ).waitFor();
}

const save = () => page.getByRole( 'button', { name: 'Save', exact: true } ).click();
const saved = () => page.locator( '.aisp-snackbars' ).getByText( 'The settings were saved.' ).waitFor();

/** POST /infer as somebody with an application password: the status. */
async function infer( login ) {
	const { app_password: password } = user( login );
	const response = await fetch( `${ api }/infer`, {
		method: 'POST',
		headers: { 'Content-Type': 'application/json', Authorization: `Basic ${ Buffer.from( `${ login }:${ password }` ).toString( 'base64' ) }` },
		body: JSON.stringify( { prompt: `Is the ferry late? ${ Math.random() }` } ),
	} );
	return response.status;
}

test( 'a limit that is saved holds from then on', async () => {
	assert.equal( await infer( 'author' ), 200 );
	await open( 'limits' );
	const quota = page.getByRole( 'group', { name: 'Quota' } );
	await quota.getByLabel( 'My own' ).check();
	await quota.getByLabel( 'Calls', { exact: true } ).fill( '1' );
	await quota.getByLabel( 'In', { exact: true } ).fill( '7' );
	await quota.getByLabel( 'Unit' ).selectOption( 'days' );
	await save();
	await saved();
	assert.deepEqual( stored().quota, [ { per: 'user', limit: 1, period: 7 * 86400 } ] );
	assert.equal( await infer( 'author' ), 200 );
	assert.equal( await infer( 'author' ), 429 );
	assert.deepEqual( wrong(), [] );
} );

test( 'how long the log is kept is saved with the rest, or not at all', async () => {
	const kept = () => php( 'return AI_Secure_Proxy\\Log\\Retention::settings();' );
	await open( 'log' );
	const rows = page.getByLabel( 'How many records are kept, the newest' );
	await rows.fill( '5' );
	await page.getByLabel( 'For how many days a record is kept' ).fill( '30' );
	await save();
	await page.locator( '.aisp-summary' ).getByText( '1 thing is wrong' ).waitFor();
	assert.equal( await rows.getAttribute( 'aria-invalid' ), 'true' );
	assert.equal( kept().days, 90 );
	await rows.fill( '5000' );
	await save();
	await saved();
	assert.deepEqual( kept(), { days: 30, rows: 5000, hour: 3 } );
	assert.deepEqual( wrong( '400' ), [] );
} );

test( 'what is wrong is said above, with a way to the field, and beside the field; nothing is saved', async () => {
	const before = stored();
	await open( 'providers' );
	const address = page.getByLabel( 'Address (base URL)' );
	await address.fill( '' );
	await page.getByLabel( 'Name of the variable or constant with the key' ).fill( 'sk-proj-123' );
	await page.getByRole( 'link', { name: 'Cache' } ).click();
	await page.getByLabel( 'Epoch' ).fill( '-1' );
	await save();

	const summary = page.locator( '.aisp-summary' );
	await summary.getByText( '3 things are wrong with the settings:' ).waitFor();
	await summary.getByText( 'Nothing was saved.' ).waitFor();
	assert.deepEqual( stored(), before );
	await summary.getByRole( 'button', { name: 'providers.mock.base_url' } ).click();
	assert.ok( await address.evaluate( ( field ) => field === document.activeElement ), 'the link leads to the field' );
	assert.equal( await address.getAttribute( 'aria-invalid' ), 'true' );
	const told = await address.evaluate( ( field ) => document.getElementById( field.getAttribute( 'aria-describedby' ) ).textContent );
	assert.match( told, /base_url" must be given/ );
	await accessible( page, 'with flaws' );
	await picture( page, 'settings-flaws' );

	await page.setViewportSize( SIZES.narrow );
	await fits( page, 'with flaws' );
	await picture( page, 'settings-flaws-narrow' );

	await address.focus();
	await page.keyboard.type( 'https://llm.example/v1' );
	assert.equal( await address.inputValue(), 'https://llm.example/v1', 'the focus stays while it is put right' );
	await summary.getByText( '2 things are wrong with the settings:' ).waitFor();
	assert.deepEqual( wrong( '400' ), [] );
} );

test( 'what somebody else has saved meanwhile is not overwritten, and can be joined with one’s own changes', async () => {
	await open( 'cache' );
	await page.getByLabel( 'Epoch' ).fill( '7' );
	php( 'update_option( "aisp_settings", array( "max_parallel" => 3 ) + get_option( "aisp_settings" ) );' );
	await save();
	await page.getByText( 'The settings were changed by somebody else since you opened them.' ).first().waitFor();
	assert.equal( stored().cache, undefined );
	await picture( page, 'settings-conflict' );
	await page.getByRole( 'button', { name: 'Keep my changes, over theirs' } ).click();
	await save();
	await saved();
	assert.deepEqual( [ stored().cache, stored().max_parallel ], [ { epoch: 7 }, 3 ] );
	assert.deepEqual( wrong( '409' ), [] );
} );

test( 'what wp-config.php sets is shown with its constant’s name, counts, and cannot be changed', async () => {
	const clients = { shop: { secret_env: 'SHOP_KEY' }, till: { secret_env: 'TILL_KEY' } };
	lock( { quota: [ { per: 'user', limit: 1, period: 86400 } ], cache: { ttl: 60 }, clients } );
	await open( 'limits' );
	const quota = page.getByRole( 'group', { name: 'Quota' } );
	await page.getByText( 'Set by AISP_SETTINGS in wp-config.php' ).waitFor();
	assert.equal( await quota.getByLabel( 'Calls', { exact: true } ).inputValue(), '1' );
	assert.ok( await quota.getByLabel( 'Calls', { exact: true } ).isDisabled() );
	assert.equal( await quota.getByRole( 'button', { name: 'Add a limit' } ).isVisible(), false );
	await accessible( page, 'locked' );
	await picture( page, 'settings-locked' );
	assert.deepEqual( [ await infer( 'editor' ), await infer( 'editor' ) ], [ 200, 429 ] );

	await page.getByRole( 'link', { name: 'Clients locked' } ).click();
	assert.deepEqual( await page.getByLabel( 'Names of its keys' ).evaluateAll( ( fields ) => fields.map( ( field ) => [ field.value, field.matches( ':disabled' ) ] ) ), [ [ 'SHOP_KEY', true ], [ 'TILL_KEY', true ] ] );
	await page.getByRole( 'link', { name: 'Limits locked' } ).click();
	await page.getByLabel( 'Calls of a batch that run at the same time' ).fill( '2' );
	await save();
	await saved();
	assert.deepEqual( [ stored().max_parallel, stored().quota ], [ 2, undefined ] );
	assert.deepEqual( wrong(), [] );
} );

test( 'an export holds no secret, and an import shows what would change before it changes it', async () => {
	php( '$s = get_option( "aisp_settings" ); $s["providers"]["mock"]["headers"] = array( "X-Team" => "the-secret-of-a-team" ); update_option( "aisp_settings", $s );' );
	await open( 'transfer' );
	const [ download ] = await Promise.all( [ page.waitForEvent( 'download' ), page.getByRole( 'button', { name: 'Download the settings' } ).click() ] );
	const file = await download.path();
	const text = readFileSync( file, 'utf8' );
	assert.ok( text.includes( 'AISP_TEST_KEY' ) && ! text.includes( 'the-secret-of-a-team' ) );
	assert.ok( ! ( await page.content() ).includes( 'the-secret-of-a-team' ) );

	const made = JSON.parse( text );
	made.settings.timeout_ms = 4321;
	const given = { name: 'settings.json', mimeType: 'application/json', buffer: Buffer.from( JSON.stringify( made ) ) };
	await page.getByLabel( 'File of an export' ).setInputFiles( given );
	await page.getByText( '1 setting would change:' ).waitFor();
	await page.getByRole( 'row', { name: 'timeout_ms not set 4321' } ).waitFor();
	assert.equal( stored().timeout_ms, undefined, 'nothing has changed yet' );
	await accessible( page, 'import' );
	await picture( page, 'settings-import' );
	await page.getByRole( 'button', { name: 'Import', exact: true } ).click();
	await page.locator( '.aisp-snackbars' ).getByText( 'The settings were imported.' ).waitFor();
	assert.equal( stored().timeout_ms, 4321 );
	assert.equal( stored().providers.mock.headers[ 'X-Team' ], 'the-secret-of-a-team', 'what the file leaves out stays' );
	assert.deepEqual( wrong(), [] );
} );

test( 'a model with a route of two is made, its order changed and its entry removed by keyboard alone', async () => {
	await open( 'models' );
	await page.getByLabel( 'Name of a further model' ).focus();
	await page.keyboard.type( 'helper' );
	await page.keyboard.press( 'Enter' );
	for ( const [ index, name ] of [ 'mock', 'openai' ].entries() ) {
		const add = page.getByRole( 'button', { name: 'Add a provider to the route' } );
		await add.focus();
		await page.keyboard.press( 'Enter' );
		const stop = page.getByRole( 'group', { name: `Provider ${ index + 1 }` } );
		await stop.getByLabel( 'Provider', { exact: true } ).selectOption( name );
		await stop.getByLabel( 'Its name for the model' ).focus();
		await page.keyboard.type( `m-${ index }` );
	}
	await page.getByRole( 'button', { name: 'Move Provider 2 up' } ).focus();
	await page.keyboard.press( 'Enter' );
	await page.waitForFunction( () => document.activeElement.ariaLabel === 'Move Provider 1 up' );
	await picture( page, 'settings-route' );
	await save();
	await saved();
	assert.deepEqual( stored().models.helper, { route: [ [ 'openai', 'm-1' ], [ 'mock', 'm-0' ] ] } );

	await page.getByRole( 'button', { name: 'Remove helper' } ).focus();
	await page.keyboard.press( 'Enter' );
	await save();
	await page.getByText( 'All is saved.' ).waitFor();
	assert.equal( stored().models.helper, undefined );
	assert.deepEqual( wrong(), [] );
} );

test( 'nobody leaves with unsaved changes unasked, and a key that no field knows survives', async () => {
	await open( 'cache' );
	await page.getByLabel( 'Epoch' ).fill( '3' );
	let asked = '';
	page.once( 'dialog', ( dialog ) => {
		asked = dialog.type();
		dialog.dismiss();
	} );
	await page.getByRole( 'link', { name: 'Dashboard' } ).click();
	await page.waitForFunction( () => true );
	assert.equal( asked, 'beforeunload' );
	await page.getByRole( 'link', { name: 'Advanced' } ).click();
	const all = page.getByLabel( 'All settings' );
	const json = JSON.parse( await all.inputValue() );
	assert.equal( json.cache.epoch, 3, 'the JSON shows what was changed' );
	await all.fill( JSON.stringify( { ...json, webhooks: { shop: { scheme: 'hex', secret_env: 'AISP_TEST_KEY', source: 'till' } } } ) );
	await page.getByRole( 'button', { name: 'Take over into the fields' } ).click();
	await page.getByRole( 'link', { name: 'Webhooks changed' } ).click();
	await page.getByLabel( 'How far its clock may be from ours' ).first().fill( '1' );
	await save();
	await saved();
	assert.deepEqual( stored().webhooks.shop, { scheme: 'hex', secret_env: 'AISP_TEST_KEY', source: 'till', tolerance: 60 } );
	assert.deepEqual( wrong(), [] );
} );

test( 'every section can be read and used by all, wide and narrow, light and dark', async () => {
	await open( 'models' );
	const sections = await page.locator( '.aisp-nav a' ).evaluateAll( ( links ) => links.map( ( link ) => link.hash.slice( 1 ) ) );
	assert.equal( sections.length, 17 );
	for ( const colour of Object.keys( COLOURS ) ) {
		paint( colour );
		for ( const [ size, viewport ] of Object.entries( SIZES ) ) {
			await page.setViewportSize( viewport );
			await page.reload();
			for ( const section of sections ) {
				await open( section );
				await accessible( page, `${ section }, ${ colour }, ${ size }` );
				await fits( page, `${ section }, ${ size }` );
				await picture( page, `settings-${ section }-${ colour }-${ size }` );
			}
		}
	}
	assert.deepEqual( wrong(), [] );
} );
