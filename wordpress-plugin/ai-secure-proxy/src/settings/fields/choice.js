/**
 * One of several words. The first option may stand for "not set".
 */
import { SelectControl } from '@wordpress/components';
import { useField } from '../context';
import { controlOf, textOf } from './text';

/**
 * @param {Object}   props
 * @param {Array}    props.path
 * @param {string}   props.label
 * @param {string}   props.help
 * @param {Object[]} props.options value (empty for not set) and label. A value that is none of them is offered as it is.
 */
export function Choice( { path, label, help, options, ...rest } ) {
	const field = useField( path );
	const text = textOf( field.value );
	const known = options.some( ( option ) => option.value === text );
	return (
		<SelectControl
			{ ...controlOf( field, label, help ) }
			{ ...rest }
			value={ text }
			options={ known ? options : [ ...options, { value: text, label: text || '–' } ] }
			onChange={ ( chosen ) => field.set( chosen === '' ? undefined : chosen ) }
		/>
	);
}
