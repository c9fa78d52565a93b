/**
 * How much may be spent: tokens or dollars, by day, by month, or in any other time.
 */
import { RadioControl } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { useEdit } from '../context';
import { Choice } from '../fields/choice';
import { Duration } from '../fields/duration';
import { Figure } from '../fields/figure';
import { Group } from '../group';
import { Rows } from '../rows';
import { subjects } from './limits';

/** A day, a month, or so many seconds. */
function Period( { path } ) {
	const { value, set } = useEdit( path );
	const word = value === 'day' || value === 'month' ? value : 'seconds';
	return (
		<>
			<RadioControl
				label={ __( 'In', 'ai-secure-proxy' ) }
				selected={ word }
				options={ [
					{ value: 'day', label: __( 'a day', 'ai-secure-proxy' ) },
					{ value: 'month', label: __( 'a calendar month', 'ai-secure-proxy' ) },
					{ value: 'seconds', label: __( 'another time', 'ai-secure-proxy' ) },
				] }
				onChange={ ( chosen ) => set( chosen === 'seconds' ? 604800 : chosen ) }
			/>
			{ word === 'seconds' && <Duration path={ path } label={ __( 'How long', 'ai-secure-proxy' ) } /> }
		</>
	);
}

function Sum( { path } ) {
	const { value, set } = useEdit( path );
	const unit = value && 'usd' in value ? 'usd' : 'tokens';
	return (
		<>
			<RadioControl
				label={ __( 'Counted in', 'ai-secure-proxy' ) }
				selected={ unit }
				options={ [
					{ value: 'tokens', label: __( 'tokens', 'ai-secure-proxy' ) },
					{ value: 'usd', label: __( 'US dollars', 'ai-secure-proxy' ) },
				] }
				onChange={ ( chosen ) => {
					const { tokens, usd, ...rest } = value;
					set( { ...rest, [ chosen ]: tokens ?? usd ?? 1 } );
				} }
			/>
			<Figure path={ [ ...path, unit ] } label={ unit === 'usd' ? __( 'US dollars', 'ai-secure-proxy' ) : __( 'Tokens', 'ai-secure-proxy' ) } />
		</>
	);
}

export function Budgets() {
	return (
		<Group
			name="budget"
			intro={ __( 'A call that may take more than is left is refused, before anything is sent. Dollars need a price for every model that is asked.', 'ai-secure-proxy' ) }
		>
			<Rows
				path={ [ 'budget' ] }
				required
				adds={ __( 'Add a budget', 'ai-secure-proxy' ) }
				/* translators: %d: number of a budget. */
				titled={ ( number ) => sprintf( __( 'Budget %d', 'ai-secure-proxy' ), number ) }
				fresh={ () => ( { per: 'site', usd: 20, period: 'month' } ) }
				empty={ <p>{ __( 'There is no budget: what is spent is bounded by the limits alone.', 'ai-secure-proxy' ) }</p> }
			>
				{ ( path ) => (
					<>
						<Choice path={ [ ...path, 'per' ] } label={ __( 'For', 'ai-secure-proxy' ) } options={ subjects() } />
						<Sum path={ path } />
						<Period path={ [ ...path, 'period' ] } />
					</>
				) }
			</Rows>
		</Group>
	);
}
