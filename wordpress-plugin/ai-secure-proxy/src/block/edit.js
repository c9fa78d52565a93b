/**
 * The block in the editor: a prompt, its answer as it comes, and then blocks of it, or nothing.
 */
import { store as blockEditor, useBlockProps } from '@wordpress/block-editor';
import { pasteHandler } from '@wordpress/blocks';
import { Button, Placeholder, SelectControl, TextareaControl } from '@wordpress/components';
import { useDispatch } from '@wordpress/data';
import { __ } from '@wordpress/i18n';
import { Answer } from '../shared/answer';
import { useAnswer } from '../shared/stream';
import { useSources, useText } from './post';
import { generation, TONES } from './request';

/** Markdown as blocks; a line as a paragraph. */
export const blocksOf = ( text ) => [ pasteHandler( { plainText: text, mode: 'BLOCKS' } ) ].flat();

export function Edit( { attributes, setAttributes, clientId } ) {
	const { answer, ask, stop, drop, busy } = useAnswer();
	const { replaceBlocks } = useDispatch( blockEditor );
	const sources = useSources();
	const textOf = useText();
	const { prompt, tone, source } = attributes;
	const change = ( name ) => ( value ) => setAttributes( { [ name ]: value } );
	const done = answer.state === 'done';

	return (
		<div { ...useBlockProps() }>
			<Placeholder icon="edit" label={ __( 'Generate text', 'ai-secure-proxy' ) } instructions={ __( 'Nothing of it is published before you insert it.', 'ai-secure-proxy' ) } isColumnLayout>
				<form
					className="aisp-generate"
					onSubmit={ ( event ) => {
						event.preventDefault();
						ask( generation( prompt.trim(), tone, textOf( source ) ) );
					} }
				>
					<TextareaControl __nextHasNoMarginBottom label={ __( 'What is to be written?', 'ai-secure-proxy' ) } value={ prompt } onChange={ change( 'prompt' ) } rows={ 3 } />
					<div className="aisp-generate__how">
						<SelectControl __next40pxDefaultSize __nextHasNoMarginBottom label={ __( 'Tone', 'ai-secure-proxy' ) } value={ tone } options={ TONES } onChange={ change( 'tone' ) } />
						<SelectControl __next40pxDefaultSize __nextHasNoMarginBottom label={ __( 'About', 'ai-secure-proxy' ) } value={ source } options={ sources } onChange={ change( 'source' ) } />
					</div>
					<Answer answer={ answer } />
					<div className="aisp-generate__buttons">
						{ busy && (
							<Button __next40pxDefaultSize variant="primary" isDestructive onClick={ stop }>
								{ __( 'Stop', 'ai-secure-proxy' ) }
							</Button>
						) }
						{ done && (
							<Button __next40pxDefaultSize variant="primary" onClick={ () => replaceBlocks( clientId, blocksOf( answer.text ) ) }>
								{ __( 'Insert', 'ai-secure-proxy' ) }
							</Button>
						) }
						{ ! busy && (
							<Button __next40pxDefaultSize variant={ done ? 'secondary' : 'primary' } type="submit" disabled={ ! prompt.trim() } accessibleWhenDisabled>
								{ done ? __( 'Again', 'ai-secure-proxy' ) : __( 'Generate', 'ai-secure-proxy' ) }
							</Button>
						) }
						{ ! busy && answer.state !== 'idle' && (
							<Button __next40pxDefaultSize variant="tertiary" onClick={ drop }>
								{ __( 'Discard', 'ai-secure-proxy' ) }
							</Button>
						) }
					</div>
				</form>
			</Placeholder>
		</div>
	);
}
