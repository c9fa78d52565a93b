/**
 * States: a badge for each, and a row of buttons that shows only what is in one of them.
 */
import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { count as figure } from './format';

/**
 * @param {Object} props
 * @param {string} props.look     What it is like: idle, busy, good, bad or gone.
 * @param {*}      props.children
 */
export const State = ( { look, children } ) => <span className={ `aisp-state is-${ look }` }>{ children }</span>;

/**
 * @param {Object}   props
 * @param {string}   props.label  What is chosen here.
 * @param {Object[]} props.states value ('' is all), label, count (undefined: nobody counts them), bad (whether some are a worry).
 * @param {string}   props.chosen A value.
 * @param {Function} props.choose Gets another one.
 */
export function States( { label, states, chosen, choose } ) {
	return (
		<div className="aisp-states" role="group" aria-label={ label }>
			{ states.map( ( { value, label: name, count, bad } ) => (
				<Button key={ value } aria-pressed={ value === chosen } isPressed={ value === chosen } size="compact" onClick={ () => choose( value ) }>
					{ name }
					{ count !== undefined && <span className={ `aisp-states__count${ bad && count ? ' is-bad' : '' }` }>{ figure( count ) }</span> }
				</Button>
			) ) }
		</div>
	);
}

/**
 * The row of buttons for a list: all of it, and each state.
 *
 * @param {Object}   words   State => [ look, label ].
 * @param {Function} countOf Gets a state, gives how many are in it.
 * @param {string}   worry   The state of which there should be none.
 * @return {Object[]} For States.
 */
export const tabsOf = ( words, countOf, worry ) => [
	{ value: '', label: __( 'All', 'ai-secure-proxy' ) },
	...Object.entries( words ).map( ( [ value, [ , label ] ] ) => ( { value, label, count: countOf( value ), bad: value === worry } ) ),
];
