/**
 * Tokens and cost, by model or by source.
 */
import { useMemo, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { count, short } from '../../shared/format';
import { Choice } from '../choice';
import { cost, microusdOf, sumOf, tokensOf } from '../figures';
import { useLog } from '../log-link';
import { seriesByName, stepsOf } from '../series';
import { ChartCard } from './chart-card';
import { bars } from './palette';
import { compared } from './sentences';
import { Shares } from './shares';

const WHATS = {
	cost: { label: __( 'Cost', 'ai-secure-proxy' ), value: microusdOf, show: cost, none: __( 'Nothing was paid for in this time, or no model has a price.', 'ai-secure-proxy' ) },
	tokens: { label: __( 'Tokens', 'ai-secure-proxy' ), value: tokensOf, show: short, none: __( 'No tokens in this time.', 'ai-secure-proxy' ) },
};

const GROUPS = {
	model: { label: __( 'By model', 'ai-secure-proxy' ), unnamed: __( 'No model', 'ai-secure-proxy' ) },
	source: { label: __( 'By source', 'ai-secure-proxy' ), unnamed: __( 'No source', 'ai-secure-proxy' ) },
};

const optionsOf = ( words ) => Object.entries( words ).map( ( [ value, { label } ] ) => ( { value, label } ) );

export function Usage( { metrics, range } ) {
	const [ what, setWhat ] = useState( 'cost' );
	const [ group, setGroup ] = useState( 'model' );
	const { value, show, none } = WHATS[ what ];
	const { series, datasets } = useMemo( () => {
		const found = seriesByName( stepsOf( metrics ), metrics.by[ group ], value, ( name ) => name || GROUPS[ group ].unnamed );
		return { series: found, datasets: bars( found ) };
	}, [ metrics, group, value ] );
	const log = useLog();
	const [ now, before ] = [ sumOf( metrics.total[ 0 ] ), sumOf( metrics.previous[ 0 ] ) ];
	/* translators: 1: number of tokens, 2: how many of them asked, 3: how many answered. */
	const tokens = _n( '%1$s token, %2$s in and %3$s out.', '%1$s tokens, %2$s in and %3$s out.', tokensOf( now ), 'ai-secure-proxy' );
	const sums = {
		/* translators: %s: a sum of money. */
		cost: sprintf( __( '%s in all.', 'ai-secure-proxy' ), cost( microusdOf( now ) ) ),
		tokens: sprintf( tokens, count( tokensOf( now ) ), count( now.tokens_in ), count( now.tokens_out ) ),
	};
	const summary = [ sums[ what ], compared( value( now ), value( before ), range ) ];
	return (
		<ChartCard
			title={ __( 'Tokens and cost', 'ai-secure-proxy' ) }
			className="is-wide"
			metrics={ metrics }
			type="bar"
			stacked
			choices={
				<>
					<Choice label={ __( 'What is added up', 'ai-secure-proxy' ) } value={ what } options={ optionsOf( WHATS ) } onChange={ setWhat } />
					<Choice label={ __( 'What is told apart', 'ai-secure-proxy' ) } value={ group } options={ optionsOf( GROUPS ) } onChange={ setGroup } />
				</>
			}
			empty={ series.length ? '' : none }
			summary={ summary.filter( Boolean ).join( ' ' ) }
			series={ series }
			datasets={ datasets }
			show={ show }
		>
			<Shares series={ series } show={ show } href={ ( name ) => log( metrics.since, metrics.until, { [ group ]: name } ) } />
		</ChartCard>
	);
}
