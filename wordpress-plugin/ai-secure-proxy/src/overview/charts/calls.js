/**
 * Calls over time: answered by a provider, by the cache, or not.
 */
import { useMemo } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { count } from '../../shared/format';
import { errorsOf, sumOf } from '../figures';
import { isHit } from '../../shared/outcomes';
import { seriesByName, stepsOf } from '../series';
import { ChartCard } from './chart-card';
import { BAD, bars, CALM, GOOD } from './palette';
import { compared, whole } from './sentences';

const PROVIDER = __( 'Answered by a provider', 'ai-secure-proxy' );
const CACHE = __( 'Answered by the cache', 'ai-secure-proxy' );
const FAILED = __( 'Errors', 'ai-secure-proxy' );
const STYLES = [
	[ PROVIDER, CALM ],
	[ CACHE, GOOD ],
	[ FAILED, BAD ],
];

const kindOf = ( outcome ) => {
	if ( outcome === 'ok' ) {
		return PROVIDER;
	}
	return isHit( outcome ) ? CACHE : FAILED;
};

export function Calls( { metrics, range } ) {
	const [ now, before ] = [ sumOf( metrics.total[ 0 ] ), sumOf( metrics.previous[ 0 ] ) ];
	const { series, datasets } = useMemo( () => {
		const found = seriesByName( stepsOf( metrics ), metrics.by.outcome, ( { calls } ) => calls, kindOf );
		// A kind keeps its colour and pattern when another has no calls.
		const sorted = STYLES.map( ( [ label ] ) => found.find( ( one ) => one.label === label ) ?? { label, values: found[ 0 ]?.values.map( () => 0 ) ?? [] } );
		return { series: sorted, datasets: bars( sorted, STYLES.map( ( [ , colour ] ) => colour ) ) };
	}, [ metrics ] );
	const failed = errorsOf( now );
	const summary = [
		/* translators: %s: number of calls. */
		sprintf( _n( '%s call.', '%s calls.', now.calls, 'ai-secure-proxy' ), count( now.calls ) ),
		compared( now.calls, before.calls, range ),
		/* translators: %s: number of calls. */
		failed ? sprintf( _n( '%s of them failed or was refused.', '%s of them failed or were refused.', failed, 'ai-secure-proxy' ), count( failed ) ) : '',
	];
	return (
		<ChartCard
			title={ __( 'Calls', 'ai-secure-proxy' ) }
			metrics={ metrics }
			type="bar"
			stacked
			empty={ now.calls ? '' : __( 'No calls in this time.', 'ai-secure-proxy' ) }
			summary={ summary.filter( Boolean ).join( ' ' ) }
			series={ series }
			datasets={ datasets }
			show={ whole }
		/>
	);
}
