/**
 * What is asked, and how.
 */
import { speak } from '@wordpress/a11y';
import { Button, Card, CardBody, CardFooter, CheckboxControl, PanelBody, SelectControl, TextareaControl, TextControl } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { readSchema } from './draft';

const SCHEMA_EXAMPLE = '{\n  "type": "object",\n  "properties": { "answer": { "type": "string" } },\n  "required": [ "answer" ]\n}';

const ADVANCED = [ 'max_tokens', 'temperature', 'schema' ];

function modelsOf( offer ) {
	if ( ! offer ) {
		return [ { value: '', label: __( 'Loading…', 'ai-secure-proxy' ) } ];
	}
	/* translators: %s: name of a model. */
	const standard = { value: '', label: sprintf( __( 'The site’s default (%s)', 'ai-secure-proxy' ), offer.default_model ) };
	return [ standard, ...offer.models.map( ( name ) => ( { value: name, label: name } ) ) ];
}

export function Form( { draft, change, flaws, offer, busy, ask, stop, dryRun } ) {
	const field = ( name, help ) => ( {
		'data-field': name,
		value: draft[ name ],
		onChange: ( value ) => change( { [ name ]: value } ),
		help: flaws[ name ] ?? help,
		className: flaws[ name ] ? 'aisp-wrong' : undefined,
		'aria-invalid': Boolean( flaws[ name ] ),
		__nextHasNoMarginBottom: true,
	} );
	const sized = { __next40pxDefaultSize: true };
	const unfinished = readSchema( draft.schema ).flaw;

	const [ opened, setOpened ] = useState( false );
	const [ wrong ] = Object.keys( flaws );
	useEffect( () => {
		if ( wrong ) {
			speak( flaws[ wrong ], 'assertive' );
			document.querySelector( `[data-field="${ wrong }"]` )?.focus();
		}
	}, [ wrong, flaws ] );

	return (
		<Card as="form" onSubmit={ ( event ) => event.preventDefault() }>
			<CardBody className="aisp-fields">
				<TextareaControl { ...field( 'prompt' ) } label={ __( 'Prompt', 'ai-secure-proxy' ) } rows={ 6 } placeholder={ __( 'What do you want to know?', 'ai-secure-proxy' ) } onKeyDown={ ( event ) => event.key === 'Enter' && ( event.ctrlKey || event.metaKey ) && ! busy && ask() } />
				<SelectControl { ...field( 'model' ) } { ...sized } label={ __( 'Model', 'ai-secure-proxy' ) } options={ modelsOf( offer ) } disabled={ ! offer } />
				<TextareaControl { ...field( 'system', __( 'Optional: what the model is to keep to whatever is asked.', 'ai-secure-proxy' ) ) } label={ __( 'System instructions', 'ai-secure-proxy' ) } rows={ 2 } />
			</CardBody>
			<PanelBody title={ __( 'Advanced', 'ai-secure-proxy' ) } opened={ opened || ADVANCED.includes( wrong ) } onToggle={ setOpened }>
				<div className="aisp-fields">
					<div className="aisp-pair">
						<TextControl { ...field( 'max_tokens', __( 'The longest answer, in tokens.', 'ai-secure-proxy' ) ) } { ...sized } type="number" min={ 1 } label={ __( 'Maximum tokens', 'ai-secure-proxy' ) } />
						<TextControl { ...field( 'temperature', __( '0 is sober, 2 is wild.', 'ai-secure-proxy' ) ) } { ...sized } type="number" min={ 0 } max={ 2 } step="any" label={ __( 'Temperature', 'ai-secure-proxy' ) } />
					</div>
					<TextareaControl
						{ ...field( 'schema', unfinished ?? __( 'Optional: a JSON schema of the type object that the answer has to satisfy.', 'ai-secure-proxy' ) ) }
						label={ __( 'Schema', 'ai-secure-proxy' ) }
						rows={ 6 }
						spellCheck={ false }
						placeholder={ SCHEMA_EXAMPLE }
						dir="ltr"
					/>
					<CheckboxControl __nextHasNoMarginBottom label={ __( 'An answer from the cache will do', 'ai-secure-proxy' ) } checked={ draft.cache } onChange={ ( cache ) => change( { cache } ) } />
				</div>
			</PanelBody>
			<CardFooter>
				<div className="aisp-actions">
					{ busy ? (
						<Button variant="primary" isDestructive onClick={ stop } __next40pxDefaultSize>
							{ __( 'Stop', 'ai-secure-proxy' ) }
						</Button>
					) : (
						<Button variant="primary" onClick={ ask } __next40pxDefaultSize>
							{ __( 'Ask', 'ai-secure-proxy' ) }
						</Button>
					) }
					<Button variant="secondary" onClick={ dryRun } __next40pxDefaultSize>
						{ __( 'Dry run', 'ai-secure-proxy' ) }
					</Button>
					<span className="aisp-hint">{ __( 'Ctrl or ⌘ + Enter asks.', 'ai-secure-proxy' ) }</span>
				</div>
			</CardFooter>
		</Card>
	);
}
