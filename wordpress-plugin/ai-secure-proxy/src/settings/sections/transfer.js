/**
 * Settings to and from a file: what an import would change is shown before anything is changed.
 */
import { Button, Card, CardBody, CardHeader } from '@wordpress/components';
import { useRef, useState } from '@wordpress/element';
import { speak } from '@wordpress/a11y';
import { __ } from '@wordpress/i18n';
import { call } from '../../shared/api';
import { Failure, useTell } from '../../shared/screen';
import { useSettingsContext } from '../context';
import { Changes } from './changes';

/** Has the browser save a text as a file. */
function download( name, text ) {
	const link = document.createElement( 'a' );
	link.href = URL.createObjectURL( new Blob( [ text ], { type: 'application/json' } ) );
	link.download = name;
	link.click();
	setTimeout( () => URL.revokeObjectURL( link.href ), 1000 );
}

function Export() {
	const [ error, setError ] = useState( null );
	const save = async () => {
		setError( null );
		try {
			const made = await call( '/settings/export' );
			download( 'ai-secure-proxy-settings.json', JSON.stringify( made, null, '\t' ) + '\n' );
		} catch ( refusal ) {
			setError( refusal );
		}
	};
	return (
		<Card className="aisp-group">
			<CardHeader>
				<h3>{ __( 'Export', 'ai-secure-proxy' ) }</h3>
			</CardHeader>
			<CardBody>
				<p className="aisp-intro">
					{ __( 'The saved settings as JSON, for another site or a drawer. There is no secret in it: names of variables stay, values of headers are left out.', 'ai-secure-proxy' ) }
				</p>
				<Failure error={ error } />
				<Button __next40pxDefaultSize variant="secondary" onClick={ save }>
					{ __( 'Download the settings', 'ai-secure-proxy' ) }
				</Button>
			</CardBody>
		</Card>
	);
}

function Import() {
	const { answer, changed, take } = useSettingsContext();
	const tell = useTell();
	const input = useRef();
	const [ plan, setPlan ] = useState( null );
	const [ error, setError ] = useState( null );
	const [ busy, setBusy ] = useState( false );

	const send = ( made, dry ) => call( '/settings/import', {}, { method: 'POST', data: { export: made, version: answer.version, dry_run: dry } } );
	const attempt = async ( act ) => {
		setBusy( true );
		setError( null );
		try {
			await act();
		} catch ( refusal ) {
			setPlan( null );
			setError( refusal );
		}
		setBusy( false );
	};
	const clear = () => {
		setPlan( null );
		input.current.value = '';
	};
	const look = ( event ) => {
		const [ file ] = event.target.files;
		if ( file ) {
			attempt( async () => {
				let made;
				try {
					made = JSON.parse( await file.text() );
				} catch {
					throw new Error( __( 'The file holds no JSON.', 'ai-secure-proxy' ) );
				}
				setPlan( { made, ...( await send( made, true ) ) } );
				speak( __( 'Below is what would change.', 'ai-secure-proxy' ) );
			} );
		}
	};
	const apply = () =>
		attempt( async () => {
			const { settings } = await send( plan.made, false );
			clear();
			take( settings );
			tell( __( 'The settings were imported.', 'ai-secure-proxy' ) );
		} );

	return (
		<Card className="aisp-group">
			<CardHeader>
				<h3>{ __( 'Import', 'ai-secure-proxy' ) }</h3>
			</CardHeader>
			<CardBody>
				<p className="aisp-intro">{ __( 'An export takes the place of all settings of this site. You see what would change before anything does.', 'ai-secure-proxy' ) }</p>
				<Failure error={ error } />
				<p>
					<label htmlFor="aisp-import" className="aisp-label">
						{ __( 'File of an export', 'ai-secure-proxy' ) }
					</label>
					<input id="aisp-import" ref={ input } type="file" accept="application/json,.json" onChange={ look } disabled={ busy } />
				</p>
				{ plan && (
					<>
						<Changes plan={ plan } />
						{ changed.length > 0 && <p className="aisp-warning">{ __( 'What you have changed on this screen and not saved will be lost.', 'ai-secure-proxy' ) }</p> }
						<div className="aisp-buttons">
							{ plan.changes.length > 0 && plan.flaws.length === 0 && (
								<Button __next40pxDefaultSize variant="primary" onClick={ apply } isBusy={ busy } disabled={ busy } accessibleWhenDisabled>
									{ __( 'Import', 'ai-secure-proxy' ) }
								</Button>
							) }
							<Button __next40pxDefaultSize variant="tertiary" onClick={ clear }>
								{ __( 'Cancel', 'ai-secure-proxy' ) }
							</Button>
						</div>
					</>
				) }
			</CardBody>
		</Card>
	);
}

export function Transfer() {
	return (
		<>
			<Export />
			<Import />
		</>
	);
}
