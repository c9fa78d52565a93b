/**
 * A time in seconds, shown in the unit that leaves the smallest whole number.
 */
import { SelectControl, TextControl } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { useField } from '../context';
import { Flaws } from '../flaws';
import { meant, useTyped } from './figure';
import { CONTROL, textOf } from './text';

const units = () => [
	{ value: '1', label: __( 'seconds', 'ai-secure-proxy' ) },
	{ value: '60', label: __( 'minutes', 'ai-secure-proxy' ) },
	{ value: '3600', label: __( 'hours', 'ai-secure-proxy' ) },
	{ value: '86400', label: __( 'days', 'ai-secure-proxy' ) },
];

const fitting = ( seconds ) => [ 86400, 3600, 60 ].find( ( unit ) => Number.isInteger( seconds ) && seconds > 0 && seconds % unit === 0 ) ?? 1;

/** Seconds in words. */
export function inWords( seconds ) {
	const unit = fitting( seconds );
	const count = seconds / unit;
	const words = {
		/* translators: %d: a number. */
		1: () => sprintf( _n( '%d second', '%d seconds', count, 'ai-secure-proxy' ), count ),
		/* translators: %d: a number. */
		60: () => sprintf( _n( '%d minute', '%d minutes', count, 'ai-secure-proxy' ), count ),
		/* translators: %d: a number. */
		3600: () => sprintf( _n( '%d hour', '%d hours', count, 'ai-secure-proxy' ), count ),
		/* translators: %d: a number. */
		86400: () => sprintf( _n( '%d day', '%d days', count, 'ai-secure-proxy' ), count ),
	};
	return words[ unit ]();
}

/**
 * @param {Object} props
 * @param {Array}  props.path
 * @param {string} props.label
 * @param {string} props.help
 * @param {number} props.otherwise What it is where none is set, of an entry that has no defaults.
 */
export function Duration( { path, label, help, otherwise } ) {
	const { id, value, set, usual = otherwise, flaws } = useField( path );
	const [ unit, setUnit ] = useState( () => fitting( value ?? usual ) );
	const read = ( text, of = unit ) => {
		const number = meant( text );
		return typeof number === 'number' ? Math.round( number * of ) : number;
	};
	const write = ( seconds ) => ( typeof seconds === 'number' ? String( seconds / unit ) : textOf( seconds ) );
	const [ text, setText ] = useTyped( value, read, write );
	const said = [ help && `${ id }-help`, flaws.length && `${ id }-flaws` ].filter( Boolean ).join( ' ' ) || undefined;
	return (
		<fieldset className="aisp-duration">
			<legend>{ label }</legend>
			<TextControl
				{ ...CONTROL }
				id={ id }
				label={ label }
				hideLabelFromVision
				inputMode="decimal"
				value={ text }
				placeholder={ typeof usual === 'number' ? String( usual / unit ) : '' }
				aria-invalid={ flaws.length > 0 }
				aria-describedby={ said }
				autoComplete="off"
				onChange={ ( typed ) => {
					setText( typed );
					set( read( typed ) );
				} }
			/>
			<SelectControl
				{ ...CONTROL }
				label={ __( 'Unit', 'ai-secure-proxy' ) }
				hideLabelFromVision
				value={ String( unit ) }
				options={ units() }
				onChange={ ( chosen ) => {
					setUnit( Number( chosen ) );
					setText( text );
					set( read( text, Number( chosen ) ) );
				} }
			/>
			<p id={ `${ id }-flaws` } className="aisp-help" hidden={ ! flaws.length }>
				<Flaws flaws={ flaws } />
			</p>
			{ help && (
				<p id={ `${ id }-help` } className="aisp-help">
					{ help }
				</p>
			) }
		</fieldset>
	);
}
