/**
 * An answer as blocks. It is a stranger's text: what it says becomes text, and nothing in it is loaded or run.
 */
import { createBlock, pasteHandler } from '@wordpress/blocks';

/** Blocks that are text and nothing else. An image would be fetched from wherever the answer says, with whatever it says. */
const TEXT = [ 'paragraph', 'heading', 'list', 'list-item', 'quote', 'code', 'preformatted', 'table', 'separator' ].map( ( name ) => `core/${ name }` );

const texts = ( blocks ) =>
	blocks.flatMap( ( block ) => ( TEXT.includes( block.name ) ? [ { ...block, innerBlocks: texts( block.innerBlocks ) } ] : [] ) );

/**
 * @param {string} text Markdown, or plain.
 * @return {Object[]} At least one block.
 */
export function toBlocks( text ) {
	// Block markup would be taken as it is, and images have no place in a text.
	const plainText = text.replace( /<!--(?=\s*\/?wp:)/g, '&lt;!--' ).replace( /!\[/g, '[' );
	const blocks = texts( pasteHandler( { plainText, mode: 'BLOCKS' } ) );
	return blocks.length ? blocks : [ createBlock( 'core/paragraph', { content: text.replace( /&/g, '&amp;' ).replace( /</g, '&lt;' ) } ) ];
}
