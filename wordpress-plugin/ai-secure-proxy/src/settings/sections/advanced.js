/**
 * All settings as JSON, for those that have no field, and for those who would rather write.
 */
import { Button, Card, CardBody, CardHeader } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { speak } from '@wordpress/a11y';
import { __ } from '@wordpress/i18n';
import { useSettingsContext } from '../context';
import { Area } from '../fields/area';
import { Text } from '../fields/text';
import { Single } from '../group';

function parsed( text ) {
	try {
		const value = JSON.parse( text );
		return value !== null && typeof value === 'object' && ! Array.isArray( value ) ? value : null;
	} catch {
		return null;
	}
}

function Source() {
	const { draft, replace } = useSettingsContext();
	const current = JSON.stringify( draft, null, '\t' );
	const [ typed, setTyped ] = useState( null );
	const [ wrong, setWrong ] = useState( [] );
	const text = typed ?? current;
	const take = () => {
		const value = parsed( text );
		if ( ! value ) {
			setWrong( [ { path: 'json', message: __( 'This is no JSON object.', 'ai-secure-proxy' ) } ] );
			return;
		}
		replace( value );
		setTyped( null );
		setWrong( [] );
		speak( __( 'The fields show it now. Save to have it count.', 'ai-secure-proxy' ) );
	};
	return (
		<>
			<Area
				id="aisp-source"
				label={ __( 'All settings', 'ai-secure-proxy' ) }
				text={ text }
				help={ __( 'A header’s value that is null stands for the one that is stored.', 'ai-secure-proxy' ) }
				flaws={ wrong }
				isCode
				most={ 30 }
				onChange={ setTyped }
			/>
			<div className="aisp-buttons">
				<Button __next40pxDefaultSize variant="secondary" disabled={ text === current } accessibleWhenDisabled onClick={ take }>
					{ __( 'Take over into the fields', 'ai-secure-proxy' ) }
				</Button>
			</div>
		</>
	);
}

export function Advanced() {
	return (
		<>
			<Card className="aisp-group">
				<CardBody>
					<Single name="environment">
						<Text
							path={ [ 'environment' ] }
							label={ __( 'Environment', 'ai-secure-proxy' ) }
							placeholder={ __( 'as WP_ENVIRONMENT_TYPE says', 'ai-secure-proxy' ) }
							help={ __( 'Which of the providers’ environments counts here.', 'ai-secure-proxy' ) }
						/>
					</Single>
				</CardBody>
			</Card>
			<Card className="aisp-group">
				<CardHeader>
					<h3>{ __( 'As JSON', 'ai-secure-proxy' ) }</h3>
				</CardHeader>
				<CardBody>
					<Source />
				</CardBody>
			</Card>
		</>
	);
}
