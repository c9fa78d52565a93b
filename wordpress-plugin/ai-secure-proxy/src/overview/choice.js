/**
 * One of a few, side by side.
 */
import { Button } from '@wordpress/components';

/**
 * @param {Object}   props
 * @param {string}   props.label    What is chosen, for those who do not see it.
 * @param {string}   props.value
 * @param {Array}    props.options  { value, label }, and perhaps `long`, what it is called in full.
 * @param {Function} props.onChange ( value ) => void
 */
export const Choice = ( { label, value, options, onChange } ) => (
	<div className="aisp-choice" role="group" aria-label={ label }>
		{ options.map( ( option ) => (
			<Button key={ option.value } size="compact" isPressed={ option.value === value } aria-label={ option.long } onClick={ () => onChange( option.value ) }>
				{ option.label }
			</Button>
		) ) }
	</div>
);
