/**
 * Names of the variables or constants that hold secrets, and whether there is something in them. Never a secret itself.
 */
import { TextControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useField, useSettingsContext } from '../context';
import { items } from '../draft';
import { useTyped } from './figure';
import { controlOf, textOf } from './text';

const listed = ( value ) => ( Array.isArray( value ) ? items( value ) : [ value ] ).map( textOf ).filter( Boolean );
const write = ( value ) => listed( value ).join( ', ' );

function read( text ) {
	const names = text
		.split( /[\s,]+/ )
		.filter( Boolean );
	return names.length > 1 ? names : names[ 0 ];
}

/**
 * Whether a secret is there, in words and with a sign.
 *
 * @param {Object}  props
 * @param {Object}  props.secret
 * @param {boolean} props.isSpare Whether another one is there that will do.
 */
export function State( { secret, isSpare } ) {
	if ( secret.usable ) {
		return <span className="aisp-state is-good">{ __( 'set', 'ai-secure-proxy' ) }</span>;
	}
	return <span className={ isSpare ? 'aisp-state is-spare' : 'aisp-state is-bad' }>{ secret.set ? __( 'set, but of no use: too short, or no key of this kind', 'ai-secure-proxy' ) : __( 'not set', 'ai-secure-proxy' ) }</span>;
}

/** What to write into wp-config.php. */
export const define = ( name ) => `define( '${ name }', '…' );`;

function Standing( { name, isSpare } ) {
	const { answer } = useSettingsContext();
	const secret = answer.secrets.find( ( one ) => one.name === name );
	return (
		<span className="aisp-standing">
			<code>{ name }</code> { secret ? <State secret={ secret } isSpare={ isSpare } /> : __( 'is looked up when you save', 'ai-secure-proxy' ) }
			{ secret && ! secret.set && ! isSpare && (
				<span className="aisp-how">
					{
						/* translators: %s: a line of PHP. */
						sprintf( __( 'Put it into the environment of PHP, or into wp-config.php: %s', 'ai-secure-proxy' ), define( name ) )
					}
				</span>
			) }
		</span>
	);
}

/**
 * @param {Object} props
 * @param {Array}  props.path
 * @param {string} props.label
 * @param {string} props.help
 * @param {string} props.usual The name that counts where none is set.
 */
export function Secret( { path, label, help, usual } ) {
	const field = useField( path );
	const [ text, setText ] = useTyped( field.value, read, write );
	const standard = usual ?? write( field.usual );
	const names = listed( read( text ) ?? read( standard ) );
	const { answer } = useSettingsContext();
	const isThere = names.some( ( name ) => answer.secrets.some( ( secret ) => secret.name === name && secret.usable ) );
	const said = (
		<>
			{ help }
			{ names.map( ( name ) => (
				<Standing key={ name } name={ name } isSpare={ isThere } />
			) ) }
		</>
	);
	return (
		<TextControl
			{ ...controlOf( field, label, said ) }
			className="aisp-code"
			value={ text }
			placeholder={ standard }
			spellCheck={ false }
			onChange={ ( typed ) => {
				setText( typed );
				field.set( read( typed ) );
			} }
		/>
	);
}
