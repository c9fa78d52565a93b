/**
 * The post in the editor, as it is now, saved or not.
 */
import { useSelect } from '@wordpress/data';
import { store as editor } from '@wordpress/editor';
import { __, sprintf } from '@wordpress/i18n';

const META = 'meta:';

/** What a piece of the post can be asked about: { value, label }; only what the post has. */
export function useSources() {
	const fields = useSelect( ( select ) => {
		const { getEditedPostAttribute, getCurrentPostType } = select( editor );
		return { isPost: Boolean( getCurrentPostType() ), hasExcerpt: getEditedPostAttribute( 'excerpt' ) !== undefined, meta: getEditedPostAttribute( 'meta' ) };
	}, [] );
	const texts = Object.entries( fields.meta ?? {} ).filter( ( [ , value ] ) => typeof value === 'string' );
	return [
		{ value: '', label: __( 'Nothing', 'ai-secure-proxy' ) },
		...( fields.isPost ? [ { value: 'content', label: __( 'This post', 'ai-secure-proxy' ) }, { value: 'title', label: __( 'The title', 'ai-secure-proxy' ) } ] : [] ),
		...( fields.hasExcerpt ? [ { value: 'excerpt', label: __( 'The excerpt', 'ai-secure-proxy' ) } ] : [] ),
		/* translators: %s: name of a custom field. */
		...texts.map( ( [ name ] ) => ( { value: META + name, label: sprintf( __( 'The field “%s”', 'ai-secure-proxy' ), name ) } ) ),
	];
}

/**
 * Gives the text of a source when it is wanted, since it changes with each key that is pressed.
 *
 * @return {Function} ( source ) => string
 */
export function useText() {
	const { getEditedPostAttribute, getEditedPostContent } = useSelect( ( select ) => select( editor ), [] );
	return ( source ) => {
		switch ( source ) {
			case '':
				return '';
			case 'content':
				return plain( getEditedPostContent() );
			case 'title':
			case 'excerpt':
				return plain( getEditedPostAttribute( source ) );
			default:
				return String( getEditedPostAttribute( 'meta' )?.[ source.slice( META.length ) ] ?? '' );
		}
	};
}

/** Without tags, and without the comments that keep what blocks are made of. */
function plain( html ) {
	const body = new window.DOMParser().parseFromString( html ?? '', 'text/html' ).body;
	body.querySelectorAll( 'script, style' ).forEach( ( element ) => element.remove() );
	return body.textContent.replace( /\n{3,}/g, '\n\n' ).trim();
}
