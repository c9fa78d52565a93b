/**
 * A list of texts, one a line.
 */
import { TextareaControl } from '@wordpress/components';
import { useField } from '../context';
import { items } from '../draft';
import { helpOf } from '../flaws';
import { useTyped } from './figure';

const read = ( text ) =>
	text
		.split( '\n' )
		.map( ( line ) => line.trim() )
		.filter( Boolean );
const write = ( list ) => items( list ).join( '\n' );

/**
 * @param {Object} props
 * @param {Array}  props.path
 * @param {string} props.label
 * @param {string} props.help
 * @param {Array}  props.empty What no line at all means; not set by default.
 */
export function Lines( { path, label, help, empty, ...rest } ) {
	const { id, value, set, flaws } = useField( path );
	const [ text, setText ] = useTyped( items( value ), read, write );
	return (
		<TextareaControl
			{ ...rest }
			__nextHasNoMarginBottom
			id={ id }
			label={ label }
			rows={ Math.min( 8, Math.max( 3, text.split( '\n' ).length ) ) }
			value={ text }
			help={ helpOf( flaws, help ) }
			aria-invalid={ flaws.length > 0 }
			spellCheck={ false }
			onChange={ ( typed ) => {
				setText( typed );
				const list = read( typed );
				set( list.length ? list : empty );
			} }
		/>
	);
}
