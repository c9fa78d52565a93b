/**
 * A summary of the post: it comes, and then it is used, or not.
 */
import { Button } from '@wordpress/components';
import { useDispatch } from '@wordpress/data';
import { useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { store as noticesStore } from '@wordpress/notices';
import { AnswerText } from '../shared/answer-text';
import { CopyButton } from '../shared/copy-button';
import { about } from '../shared/post-text';
import { Refusal } from '../shared/refusal';
import { usePost } from './use-post';
import '../shared/fields.css';
import './sidebar.css';

const TASK = 'Summarise the post in the message in two or three sentences, in the language it is written in. Give the summary alone, as plain text.';

export function Summary( { answer } ) {
	const post = usePost();
	const [ isCut, setCut ] = useState( false );
	const [ isBlank, setBlank ] = useState( false );
	const { createSuccessNotice } = useDispatch( noticesStore );
	const { state, text, error, busy } = answer;
	const ended = [ 'done', 'stopped' ].includes( state );

	const summarise = ( changes = {} ) => {
		const said = post.read();
		setBlank( ! said );
		setCut( false );
		if ( ! said ) {
			return;
		}
		answer.ask( async () => {
			const asked = await about( TASK, said, post.id );
			setCut( asked.isCut );
			return { ...asked.request, ...changes };
		} );
	};

	const use = ( act, told ) => () => {
		act( text );
		createSuccessNotice( told, { type: 'snackbar' } );
	};

	return (
		<div className="aisp-summary">
			{ state === 'idle' && <p className="aisp-note">{ __( 'Summarises the post as it is here, also what is not saved yet. Its text is sent to the AI provider.', 'ai-secure-proxy' ) }</p> }
			{ isBlank && (
				<p className="aisp-blank" role="alert">
					{ __( 'The post has no text yet.', 'ai-secure-proxy' ) }
				</p>
			) }
			{ state === 'idle' && (
				<Button variant="secondary" onClick={ () => summarise() } __next40pxDefaultSize>
					{ __( 'Summarise this post', 'ai-secure-proxy' ) }
				</Button>
			) }
			{ isCut && <p className="aisp-note">{ __( 'The post is longer than one request may be: the model gets only its beginning.', 'ai-secure-proxy' ) }</p> }
			<AnswerText answer={ answer } label={ __( 'Summary', 'ai-secure-proxy' ) } />
			<Refusal error={ error } retry={ () => summarise() } />
			{ state !== 'idle' && (
				<div className="aisp-actions">
					{ busy && (
						<Button variant="secondary" onClick={ answer.stop }>
							{ __( 'Stop', 'ai-secure-proxy' ) }
						</Button>
					) }
					{ ended && text && post.hasExcerpt && (
						<Button variant="secondary" onClick={ use( post.setExcerpt, __( 'The summary is the excerpt now.', 'ai-secure-proxy' ) ) }>
							{ __( 'Use as excerpt', 'ai-secure-proxy' ) }
						</Button>
					) }
					{ ended && text && (
						<Button variant="secondary" onClick={ use( post.insertAtTop, __( 'The summary stands at the top of the post now.', 'ai-secure-proxy' ) ) }>
							{ __( 'Insert at top', 'ai-secure-proxy' ) }
						</Button>
					) }
					{ ended && text && <CopyButton text={ text } /> }
					{ ended && (
						<Button variant="tertiary" onClick={ () => summarise( { cache: false } ) }>
							{ __( 'Summarise again', 'ai-secure-proxy' ) }
						</Button>
					) }
					{ ! busy && (
						<Button variant="tertiary" onClick={ answer.clear }>
							{ __( 'Discard', 'ai-secure-proxy' ) }
						</Button>
					) }
				</div>
			) }
		</div>
	);
}
