/**
 * A value as JSON, for what has no fields of its own. What is no JSON is kept as it was typed, and not saved by the module.
 */
import { __ } from '@wordpress/i18n';
import { useField } from '../context';
import { Area } from './area';
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
	return (
		<Area
			id={ id }
			label={ label }
			text={ text }
			help={ help }
			flaws={ [ ...broken, ...flaws ] }
			isCode
			most={ 16 }
			onChange={ ( typed ) => {
				setText( typed );
				set( read( typed ) );
			} }
		/>
	);
}
