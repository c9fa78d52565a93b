/**
 * Headers that go with every call to a provider. Values are entered and never shown: `null` stands for the one that is stored.
 */
import { Button, TextControl } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { useEdit, useField, useSettingsContext } from '../context';
import { entries } from '../draft';
import { Handles } from '../entries';
import { CONTROL } from '../fields/text';
import { helpOf } from '../flaws';

function Header( { path, name } ) {
	const { id, value, set, flaws } = useField( path );
	return (
		<div className="aisp-cells">
			<TextControl
				{ ...CONTROL }
				id={ id }
				/* translators: %s: name of an HTTP header. */
				label={ sprintf( __( 'Value of %s', 'ai-secure-proxy' ), name ) }
				type="password"
				value={ value ?? '' }
				placeholder={ value === undefined ? __( 'stored, not shown', 'ai-secure-proxy' ) : '' }
				help={ helpOf( flaws ) }
				aria-invalid={ flaws.length > 0 }
				autoComplete="new-password"
				onChange={ ( text ) => set( text === '' ? null : text ) }
			/>
			<Handles what={ name } index={ 0 } count={ 1 } remove={ () => set( undefined ) } />
		</div>
	);
}

export function Headers( { path } ) {
	const { value } = useEdit( path );
	const { set } = useSettingsContext();
	const [ name, setName ] = useState( '' );
	const add = ( event ) => {
		event.preventDefault();
		if ( name.trim() ) {
			set( [ ...path, name.trim() ], '' );
			setName( '' );
		}
	};
	return (
		<>
			<p className="aisp-intro">{ __( 'Values may be secrets: once saved they are not shown again, and no export has them.', 'ai-secure-proxy' ) }</p>
			{ entries( value ).map( ( [ header ] ) => (
				<Header key={ header } path={ [ ...path, header ] } name={ header } />
			) ) }
			<form className="aisp-add" onSubmit={ add }>
				<TextControl { ...CONTROL } label={ __( 'Name of a further header', 'ai-secure-proxy' ) } value={ name } autoComplete="off" onChange={ setName } />
				<Button __next40pxDefaultSize variant="secondary" type="submit">
					{ __( 'Add a header', 'ai-secure-proxy' ) }
				</Button>
			</form>
		</>
	);
}
