/**
 * The block in the editor: a prompt, the answer as it comes, and then its text in the post, or not.
 */
import { speak } from '@wordpress/a11y';
import { store as blockEditorStore, useBlockProps } from '@wordpress/block-editor';
import { Button, Placeholder, SelectControl, TextareaControl } from '@wordpress/components';
import { useDispatch } from '@wordpress/data';
import { useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { pencil as icon } from '@wordpress/icons';
import { AnswerText } from '../shared/answer-text';
import { about } from '../shared/post-text';
import { Refusal } from '../shared/refusal';
import { toBlocks } from '../shared/to-blocks';
import { useAnswer } from '../shared/use-answer';
import { useSources } from './sources';
import { toldOf, toneOptions } from './tones';
import '../shared/fields.css';
import './editor.css';

const ROLE = 'You write text that goes into a post of a website. Give the text alone, in Markdown without images, with no word about it.';

/** Answers that were inserted, by the block that they replaced: undo brings the block back, and with this its answer. */
const inserted = new Map();

export function Edit( { attributes, setAttributes, clientId, context } ) {
	const { prompt, tone, source } = attributes;
	const [ flaw, setFlaw ] = useState( null );
	const [ isCut, setCut ] = useState( false );
	const { options, read } = useSources( context );
	const answer = useAnswer( 'block', inserted.get( clientId ) );
	const { replaceBlocks } = useDispatch( blockEditorStore );
	const { state, text, error, busy } = answer;

	/** An answer that was not liked is not to come from the cache again. */
	const generate = ( changes = {} ) => {
		if ( ! prompt.trim() ) {
			return setFlaw( { prompt: __( 'Say what is to be written.', 'ai-secure-proxy' ) } );
		}
		const given = read( source );
		if ( source && ! given ) {
			return setFlaw( { source: __( 'There is no text in it yet.', 'ai-secure-proxy' ) } );
		}
		setFlaw( null );
		setCut( false );
		answer.ask( async () => {
			const role = `${ ROLE } ${ toldOf( tone ) }`.trim();
			if ( ! source ) {
				return { system: role, prompt, restart: true, ...changes };
			}
			const asked = await about( `${ role } This is what to do with the message: ${ prompt }`, given, context.postId );
			setCut( asked.isCut );
			return { ...asked.request, ...changes };
		} );
	};

	const insert = () => {
		const blocks = toBlocks( text );
		inserted.set( clientId, { state, text, result: answer.result } );
		replaceBlocks( clientId, blocks );
		/* translators: %d: how many blocks. */
		speak( sprintf( _n( '%d block was inserted.', '%d blocks were inserted.', blocks.length, 'ai-secure-proxy' ), blocks.length ) );
	};

	const field = ( name ) => ( {
		value: attributes[ name ],
		onChange: ( value ) => {
			setFlaw( null );
			setAttributes( { [ name ]: value } );
		},
		help: flaw?.[ name ],
		className: flaw?.[ name ] ? 'aisp-wrong' : undefined,
		'aria-invalid': Boolean( flaw?.[ name ] ),
		disabled: busy,
		__nextHasNoMarginBottom: true,
	} );

	return (
		<div { ...useBlockProps() }>
			<Placeholder icon={ icon } label={ __( 'Generate with AI', 'ai-secure-proxy' ) } isColumnLayout className="aisp-generate">
				<TextareaControl { ...field( 'prompt' ) } label={ __( 'What is to be written?', 'ai-secure-proxy' ) } rows={ 3 } placeholder={ __( 'Such as: three reasons to visit the harbour in winter', 'ai-secure-proxy' ) } />
				<div className="aisp-pair">
					<SelectControl { ...field( 'tone' ) } __next40pxDefaultSize label={ __( 'Tone', 'ai-secure-proxy' ) } options={ toneOptions } />
					<SelectControl { ...field( 'source' ) } __next40pxDefaultSize label={ __( 'Written about', 'ai-secure-proxy' ) } options={ options } />
				</div>
				{ state === 'idle' && (
					<div className="aisp-actions">
						<Button variant="primary" onClick={ () => generate() } __next40pxDefaultSize>
							{ __( 'Generate', 'ai-secure-proxy' ) }
						</Button>
					</div>
				) }
				{ isCut && <p className="aisp-note">{ __( 'The post is longer than one request may be: the model gets only its beginning.', 'ai-secure-proxy' ) }</p> }
				<AnswerText answer={ answer } label={ __( 'Answer', 'ai-secure-proxy' ) } />
				<Refusal error={ error } retry={ () => generate() } />
				{ state !== 'idle' && (
					<div className="aisp-actions">
						{ busy && (
							<Button variant="primary" onClick={ answer.stop } __next40pxDefaultSize>
								{ __( 'Stop', 'ai-secure-proxy' ) }
							</Button>
						) }
						{ text && [ 'done', 'stopped' ].includes( state ) && (
							<Button variant="primary" onClick={ insert } __next40pxDefaultSize>
								{ __( 'Insert', 'ai-secure-proxy' ) }
							</Button>
						) }
						{ [ 'done', 'stopped' ].includes( state ) && (
							<Button variant="secondary" onClick={ () => generate( { cache: false } ) } __next40pxDefaultSize>
								{ __( 'Generate again', 'ai-secure-proxy' ) }
							</Button>
						) }
						{ ! busy && (
							<Button variant="tertiary" onClick={ answer.clear } __next40pxDefaultSize>
								{ __( 'Discard', 'ai-secure-proxy' ) }
							</Button>
						) }
					</div>
				) }
			</Placeholder>
		</div>
	);
}
