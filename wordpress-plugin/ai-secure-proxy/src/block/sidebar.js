/**
 * A panel beside the post: a summary of it, to be used where the author wants.
 */
import { store as blockEditor } from '@wordpress/block-editor';
import { Button } from '@wordpress/components';
import { useDispatch, useSelect } from '@wordpress/data';
import { PluginDocumentSettingPanel, store as editor } from '@wordpress/editor';
import { __ } from '@wordpress/i18n';
import { store as notices } from '@wordpress/notices';
import { Answer } from '../shared/answer';
import { useAnswer } from '../shared/stream';
import { blocksOf } from './edit';
import { useText } from './post';
import { summary } from './request';

export function Sidebar() {
	const { answer, ask, stop, drop, busy } = useAnswer();
	const { hasExcerpt, isEmpty } = useSelect( ( select ) => {
		const { getEditedPostAttribute, isEditedPostEmpty } = select( editor );
		return { hasExcerpt: getEditedPostAttribute( 'excerpt' ) !== undefined, isEmpty: isEditedPostEmpty() };
	}, [] );
	const { insertBlocks } = useDispatch( blockEditor );
	const { editPost } = useDispatch( editor );
	const { createSuccessNotice } = useDispatch( notices );
	const textOf = useText();
	const use = ( act, said ) => {
		act();
		drop();
		createSuccessNotice( said, { type: 'snackbar' } );
	};

	return (
		<PluginDocumentSettingPanel name="aisp-summary" title={ __( 'Summary', 'ai-secure-proxy' ) } className="aisp-summary">
			<Answer answer={ answer } />
			<div className="aisp-generate__buttons">
				{ answer.state === 'done' && (
					<>
						{ hasExcerpt && (
							<Button __next40pxDefaultSize variant="primary" onClick={ () => use( () => editPost( { excerpt: answer.text } ), __( 'The summary is the excerpt now.', 'ai-secure-proxy' ) ) }>
								{ __( 'Use as excerpt', 'ai-secure-proxy' ) }
							</Button>
						) }
						<Button __next40pxDefaultSize variant="secondary" onClick={ () => use( () => insertBlocks( blocksOf( answer.text ), 0 ), __( 'The summary stands at the top now.', 'ai-secure-proxy' ) ) }>
							{ __( 'Insert at the top', 'ai-secure-proxy' ) }
						</Button>
						<Button __next40pxDefaultSize variant="tertiary" onClick={ drop }>
							{ __( 'Discard', 'ai-secure-proxy' ) }
						</Button>
					</>
				) }
				{ busy && (
					<Button __next40pxDefaultSize variant="secondary" isDestructive onClick={ stop }>
						{ __( 'Stop', 'ai-secure-proxy' ) }
					</Button>
				) }
				{ ! busy && answer.state !== 'done' && (
					<Button __next40pxDefaultSize variant="secondary" disabled={ isEmpty } accessibleWhenDisabled onClick={ () => ask( summary( textOf( 'content' ) ) ) }>
						{ __( 'Summarise this post', 'ai-secure-proxy' ) }
					</Button>
				) }
			</div>
		</PluginDocumentSettingPanel>
	);
}
