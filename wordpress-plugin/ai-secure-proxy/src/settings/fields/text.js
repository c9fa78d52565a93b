/**
 * A line of text; an empty one is not set.
 */
import { TextControl } from '@wordpress/components';
import { useField } from '../context';
import { helpOf } from '../flaws';

/** What all controls of this screen have in common. */
export const CONTROL = { __next40pxDefaultSize: true, __nextHasNoMarginBottom: true };

/** A value as a text, whatever it is. */
export const textOf = ( value ) => {
	if ( value === undefined || value === null ) {
		return '';
	}
	return typeof value === 'object' ? JSON.stringify( value ) : String( value );
};

export function Text( { path, label, help, placeholder, ...rest } ) {
	const { id, value, set, usual, flaws } = useField( path );
	return (
		<TextControl
			{ ...CONTROL }
			{ ...rest }
			id={ id }
			label={ label }
			value={ textOf( value ) }
			placeholder={ placeholder ?? textOf( usual ) }
			help={ helpOf( flaws, help ) }
			aria-invalid={ flaws.length > 0 }
			autoComplete="off"
			spellCheck={ false }
			onChange={ ( text ) => set( text === '' ? undefined : text ) }
		/>
	);
}
