/**
 * A value as JSON, for what has no fields of its own. What is no JSON is kept as it was typed, and not saved by the module.
 */
import { TextareaControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useField } from '../context';
import { helpOf } from '../flaws';
import { useTyped } from './figure';

function read( text ) {
	if ( text.trim() === '' ) {
		return undefined;
	}
	try {
		return JSON.parse( text );
	} catch {
		return text;
	}
}

const write = ( value ) => {
	if ( value === undefined ) {
		return '';
	}
	return typeof value === 'string' ? value : JSON.stringify( value, null, '\t' );
};

export function Json( { path, label, help } ) {
	const { id, value, set, flaws } = useField( path );
	const [ text, setText ] = useTyped( value, read, write );
	const broken = typeof value === 'string' ? [ { path: 'json', message: __( 'This is not JSON yet.', 'ai-secure-proxy' ) } ] : [];
	const wrong = [ ...broken, ...flaws ];
	return (
		<TextareaControl
			__nextHasNoMarginBottom
			id={ id }
			label={ label }
			className="aisp-code"
			rows={ Math.min( 16, Math.max( 3, text.split( '\n' ).length ) ) }
			value={ text }
			help={ helpOf( wrong, help ) }
			aria-invalid={ wrong.length > 0 }
			spellCheck={ false }
			onChange={ ( typed ) => {
				setText( typed );
				set( read( typed ) );
			} }
		/>
	);
}
