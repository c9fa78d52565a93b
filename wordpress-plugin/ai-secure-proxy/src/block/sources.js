/**
 * What the model is given to write about: nothing, the post, or one of its fields.
 */
import { store as coreStore } from '@wordpress/core-data';
import { useRegistry, useSelect } from '@wordpress/data';
import { __, sprintf } from '@wordpress/i18n';
import { plain } from '../shared/post-text';

const META = 'meta:';

/** Fields of a post that hold texts; WordPress's own ones are no writer's. */
const metaKeys = ( meta ) => Object.keys( meta ?? {} ).filter( ( key ) => ! key.startsWith( '_' ) && key !== 'footnotes' && typeof meta[ key ] === 'string' );

/** The edited content is a text, or a function that makes it of the blocks. */
const contentOf = ( { content, blocks } ) => plain( typeof content === 'function' ? content( { blocks } ) : content ?? '' );

/**
 * @param {Object}           context          Of the block.
 * @param {number|undefined} context.postId   The post that it stands in.
 * @param {string|undefined} context.postType Of which type that is.
 * @return {{options: Object[], read: Function}} read( source ) gives the text as it is in the editor now, saved or not.
 */
export function useSources( { postId, postType } ) {
	const registry = useRegistry();
	const record = ( from ) => ( postId && postType ? from( coreStore ).getEditedEntityRecord( 'postType', postType, postId ) : null );
	const post = useSelect( record, [ postId, postType ] );

	const options = [ { value: '', label: __( 'Nothing but the prompt', 'ai-secure-proxy' ) } ];
	if ( post ) {
		options.push( { value: 'post', label: __( 'This post', 'ai-secure-proxy' ) }, { value: 'title', label: __( 'The title', 'ai-secure-proxy' ) } );
		if ( post.excerpt !== undefined ) {
			options.push( { value: 'excerpt', label: __( 'The excerpt', 'ai-secure-proxy' ) } );
		}
		for ( const key of metaKeys( post.meta ) ) {
			/* translators: %s: name of a custom field. */
			options.push( { value: META + key, label: sprintf( __( 'The field %s', 'ai-secure-proxy' ), key ) } );
		}
	}

	const read = ( source ) => {
		const now = record( registry.select );
		if ( ! now || ! source ) {
			return '';
		}
		if ( source === 'post' ) {
			return `${ now.title }\n\n${ contentOf( now ) }`.trim();
		}
		return String( ( source.startsWith( META ) ? now.meta?.[ source.slice( META.length ) ] : now[ source ] ) ?? '' ).trim();
	};
	return { options, read };
}
