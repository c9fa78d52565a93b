// The block editor in the browser, with somebody in it who writes.

import { php, url, user } from './site.mjs';

/** A post to write in; without the greetings that the editor has for who is new. */
export const newPost = ( fields = {}, login = 'editor' ) => php(
	`update_user_meta( $in["author"], "wp_persisted_preferences", array( "core/edit-post" => array( "welcomeGuide" => false ), "core" => array( "enableChoosePatternModal" => false ), "_modified" => gmdate( "c" ) ) );
	return wp_insert_post( wp_slash( $in["fields"] + array( "post_author" => $in["author"], "post_title" => "The harbour" ) ) );`,
	{ author: user( login ).id, fields },
);

/** What WordPress 7.1 complains of in every editor, its own style sheet in its own frame; see block.spec.mjs. */
export const CORE = 'global-styles-css-custom-properties-inline-css was added to the iframe incorrectly';

/** The block, as it is left in a post. */
export const BLOCK = '<!-- wp:ai-secure-proxy/generate /-->';

export const paragraph = ( text ) => `<!-- wp:paragraph -->\n<p>${ text }</p>\n<!-- /wp:paragraph -->`;

/** Opens a post: what is in the canvas, which is a page of its own. */
export async function edit( page, post ) {
	await page.goto( `${ url }/wp-admin/post.php?post=${ post }&action=edit` );
	const canvas = page.frameLocator( 'iframe[name="editor-canvas"]' );
	await canvas.locator( '.is-root-container' ).waitFor();
	return canvas;
}

/** The blocks that are in the editor: [ name, text ] of each. */
export const blocks = ( page ) => page.evaluate( () => {
	const { select } = globalThis.wp.data;
	const said = ( { attributes, innerBlocks } ) => [ String( attributes.content ?? '' ), ...innerBlocks.map( said ) ].join( ' ' ).trim();
	return select( 'core/block-editor' ).getBlocks().map( ( block ) => [ block.name, said( block ) ] );
} );

/** What the editor has of the post, saved or not. */
export const edited = ( page, field ) => page.evaluate( ( name ) => globalThis.wp.data.select( 'core/editor' ).getEditedPostAttribute( name ), field );
