/**
 * A number; an empty one is not set. What is no number is kept as it was typed: the module says what it must be.
 */
import { TextControl } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { useField } from '../context';
import { controlOf, textOf } from './text';

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
	const field = useField( path );
	const [ text, setText ] = useTyped( field.value, meant, textOf );
	return (
		<TextControl
			{ ...controlOf( field, label, help ) }
			{ ...rest }
			inputMode="decimal"
			className="aisp-figure-field"
			value={ text }
			placeholder={ placeholder ?? textOf( field.usual ) }
			onChange={ ( typed ) => {
				setText( typed );
				field.set( meant( typed ) );
			} }
		/>
	);
}
