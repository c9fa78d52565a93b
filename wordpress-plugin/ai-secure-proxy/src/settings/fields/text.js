/**
 * A line of text; an empty one is not set.
 */
import { TextControl } from '@wordpress/components';
import { useField } from '../context';
import { helpOf } from '../flaws';

/** What all controls of this screen have in common. */
export const CONTROL = { __next40pxDefaultSize: true, __nextHasNoMarginBottom: true };

/**
 * The same, with what is said of a field.
 *
 * @param {Object} field As of useField().
 * @param {string} label
 * @param {*}      help
 */
export const controlOf = ( field, label, help ) => ( {
	...CONTROL,
	id: field.id,
	label,
	help: helpOf( field.flaws, help ),
	'aria-invalid': field.flaws.length > 0,
	autoComplete: 'off',
} );

/** A value as a text, whatever it is. */
export const textOf = ( value ) => {
	if ( value === undefined || value === null ) {
		return '';
	}
	return typeof value === 'object' ? JSON.stringify( value ) : String( value );
};

export function Text( { path, label, help, placeholder, ...rest } ) {
	const field = useField( path );
	const { value, set, usual } = field;
	return (
		<TextControl
			{ ...controlOf( field, label, help ) }
			{ ...rest }
			value={ textOf( value ) }
			placeholder={ placeholder ?? textOf( usual ) }
			spellCheck={ false }
			onChange={ ( text ) => set( text === '' ? undefined : text ) }
		/>
	);
}
