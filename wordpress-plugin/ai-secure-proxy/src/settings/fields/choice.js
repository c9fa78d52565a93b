/**
 * One of several words. The first option may stand for "not set".
 */
import { SelectControl } from '@wordpress/components';
import { useField } from '../context';
import { helpOf } from '../flaws';
import { CONTROL, textOf } from './text';

/**
 * @param {Object}   props
 * @param {Array}    props.path
 * @param {string}   props.label
 * @param {string}   props.help
 * @param {Object[]} props.options value (empty for not set) and label. A value that is none of them is offered as it is.
 */
export function Choice( { path, label, help, options, ...rest } ) {
	const { id, value, set, flaws } = useField( path );
	const text = textOf( value );
	const known = options.some( ( option ) => option.value === text );
	return (
		<SelectControl
			{ ...CONTROL }
			{ ...rest }
			id={ id }
			label={ label }
			value={ text }
			options={ known ? options : [ ...options, { value: text, label: text || '–' } ] }
			help={ helpOf( flaws, help ) }
			aria-invalid={ flaws.length > 0 }
			onChange={ ( chosen ) => set( chosen === '' ? undefined : chosen ) }
		/>
	);
}
