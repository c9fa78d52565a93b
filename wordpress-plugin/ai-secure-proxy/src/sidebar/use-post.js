/**
 * The post that is edited: what it says, and where a summary of it can go.
 */
import { store as blockEditorStore } from '@wordpress/block-editor';
import { store as coreStore } from '@wordpress/core-data';
import { useDispatch, useRegistry, useSelect } from '@wordpress/data';
import { store as editorStore } from '@wordpress/editor';
import { plain } from '../shared/post-text';
import { toBlocks } from '../shared/to-blocks';

/**
 * @return {Object} read() gives the text as it is now, saved or not; `id`; `hasExcerpt`: whether posts of its type have one;
 *                  setExcerpt( text ) and insertAtTop( text ), each undone by one step.
 */
export function usePost() {
	const { select } = useRegistry();
	const { editPost } = useDispatch( editorStore );
	const { insertBlocks } = useDispatch( blockEditorStore );
	const { id, hasExcerpt } = useSelect( ( from ) => {
		const editor = from( editorStore );
		return {
			id: editor.getCurrentPostId(),
			hasExcerpt: Boolean( from( coreStore ).getPostType( editor.getCurrentPostType() )?.supports?.excerpt ),
		};
	}, [] );

	return {
		id,
		hasExcerpt,
		read: () => {
			const { getEditedPostAttribute, getEditedPostContent } = select( editorStore );
			return `${ getEditedPostAttribute( 'title' ) }\n\n${ plain( getEditedPostContent() ) }`.trim();
		},
		setExcerpt: ( excerpt ) => editPost( { excerpt } ),
		insertAtTop: ( text ) => {
			// Where the template is shown around the post, the post is a block in it.
			const [ content ] = select( blockEditorStore ).getBlocksByName( 'core/post-content' );
			insertBlocks( toBlocks( text ), 0, content ?? '', false );
		},
	};
}
