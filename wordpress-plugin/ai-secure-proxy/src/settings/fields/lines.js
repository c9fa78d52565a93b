/**
 * A list of texts, one a line.
 */
import { useField } from '../context';
import { items } from '../draft';
import { Area } from './area';
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
export function Lines( { path, label, help, empty } ) {
	const { id, value, set, flaws } = useField( path );
	const [ text, setText ] = useTyped( items( value ), read, write );
	return (
		<Area
			id={ id }
			label={ label }
			text={ text }
			help={ help }
			flaws={ flaws }
			onChange={ ( typed ) => {
				setText( typed );
				const list = read( typed );
				set( list.length ? list : empty );
			} }
		/>
	);
}
