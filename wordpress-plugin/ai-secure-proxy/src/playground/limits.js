/**
 * Where limits and budgets stand for who asks.
 */
import { __, sprintf } from '@wordpress/i18n';
import { count, dollars, time } from '../shared/format';

const KINDS = { quota: __( 'Calls to providers', 'ai-secure-proxy' ), throttle: __( 'All calls', 'ai-secure-proxy' ), budget: __( 'Budget', 'ai-secure-proxy' ) };
const SUBJECTS = {
	user: __( 'for you', 'ai-secure-proxy' ),
	role: __( 'for your role', 'ai-secure-proxy' ),
	ip: __( 'for your address', 'ai-secure-proxy' ),
	source: __( 'for the Playground', 'ai-secure-proxy' ),
	site: __( 'for the site', 'ai-secure-proxy' ),
};

/** 'quota-user' in words. */
function titleOf( name ) {
	const [ kind, subject ] = name.split( '-' );
	/* translators: 1: what is limited, such as All calls, 2: for whom, such as for you. */
	return sprintf( __( '%1$s %2$s', 'ai-secure-proxy' ), KINDS[ kind ] ?? kind, SUBJECTS[ subject ] ?? subject );
}

const amount = ( { unit }, value ) => ( unit === 'usd' ? dollars( value * 1e6 ) : count( value ) );

function Left( { name, whole, left, note } ) {
	return (
		<li>
			<span>{ titleOf( name ) }</span>
			<meter min={ 0 } max={ whole.value } value={ left.value } aria-label={ titleOf( name ) }>
				{ left.text }
			</meter>
			<span className="aisp-figure">
				{
					/* translators: 1: what is left of a limit, 2: the limit. */
					sprintf( __( '%1$s of %2$s left', 'ai-secure-proxy' ), left.text, whole.text )
				}
				{ note && <span className="aisp-note"> { note }</span> }
			</span>
		</li>
	);
}

export function Limits( { limits = [], budgets = [] } ) {
	if ( ! limits.length && ! budgets.length ) {
		return null;
	}
	const said = ( value ) => ( { value, text: count( value ) } );
	return (
		<ul className="aisp-limits">
			{ limits.map( ( limit, i ) => (
				<Left key={ `${ limit.name }-${ i }` } name={ limit.name } whole={ said( limit.limit ) } left={ said( limit.remaining ) } />
			) ) }
			{ budgets.map( ( budget, i ) => (
				<Left
					key={ `${ budget.name }-${ i }` }
					name={ budget.name }
					whole={ { value: budget.limit, text: amount( budget, budget.limit ) } }
					left={ { value: budget.remaining, text: amount( budget, budget.remaining ) } }
					/* translators: %s: date and time. */
					note={ sprintf( __( 'until %s', 'ai-secure-proxy' ), time( budget.renews_at ) ) }
				/>
			) ) }
		</ul>
	);
}
