/**
 * A number; an empty one is not set. What is no number is kept as it was typed: the module says what it must be.
 */
import { TextControl } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { useField } from '../context';
import { helpOf } from '../flaws';
import { CONTROL, textOf } from './text';

/** What a typed text means. */
export function meant( text ) {
	const trimmed = text.trim();
	if ( trimmed === '' ) {
		return undefined;
	}
	return /^-?\d+(\.\d+)?$/.test( trimmed ) ? Number( trimmed ) : trimmed;
}

/**
 * Keeps what is being typed, such as "0.5" on its way to "0.50".
 *
 * @param {*}        value The value as it is.
 * @param {Function} read  ( text ) => value.
 * @param {Function} write ( value ) => text.
 * @return {Array} The text, and a function that sets it.
 */
export function useTyped( value, read, write ) {
	const [ text, setText ] = useState( () => write( value ) );
	const same = textOf( read( text ) ) === textOf( value );
	return [ same ? text : write( value ), setText ];
}

export function Figure( { path, label, help, placeholder, ...rest } ) {
	const { id, value, set, usual, flaws } = useField( path );
	const [ text, setText ] = useTyped( value, meant, textOf );
	return (
		<TextControl
			{ ...CONTROL }
			{ ...rest }
			id={ id }
			label={ label }
			inputMode="decimal"
			className="aisp-figure-field"
			value={ text }
			placeholder={ placeholder ?? textOf( usual ) }
			help={ helpOf( flaws, help ) }
			aria-invalid={ flaws.length > 0 }
			autoComplete="off"
			onChange={ ( typed ) => {
				setText( typed );
				set( meant( typed ) );
			} }
		/>
	);
}
