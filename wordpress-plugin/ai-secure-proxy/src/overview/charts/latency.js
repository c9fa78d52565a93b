/**
 * How long calls took: the whole, what providers had of it, and what the proxy itself took.
 */
import { useMemo, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { duration } from '../../shared/format';
import { Choice } from '../choice';
import { sumOf } from '../figures';
import { seriesOf, stepsOf } from '../series';
import { ChartCard } from './chart-card';
import { lines } from './palette';
import { compared } from './sentences';

const PERCENTILES = [ 'p50', 'p95', 'p99' ];

const PARTS = [
	{ value: 'duration_ms', label: __( 'Whole', 'ai-secure-proxy' ), long: __( 'The whole call', 'ai-secure-proxy' ) },
	{ value: 'provider_ms', label: __( 'Provider', 'ai-secure-proxy' ), long: __( 'What providers took of it', 'ai-secure-proxy' ) },
	{ value: 'own_ms', label: __( 'Own', 'ai-secure-proxy' ), long: __( 'What the proxy itself took', 'ai-secure-proxy' ) },
];

export function Latency( { metrics, range } ) {
	const [ part, setPart ] = useState( 'duration_ms' );
	const [ now, before ] = [ sumOf( metrics.total[ 0 ] )[ part ], sumOf( metrics.previous[ 0 ] )[ part ] ];
	const { series, datasets } = useMemo( () => {
		const steps = stepsOf( metrics );
		const found = PERCENTILES.map( ( name ) => ( { label: name.toUpperCase(), values: seriesOf( steps, metrics.points, ( point ) => point[ part ][ name ], null ) } ) );
		return { series: found, datasets: lines( found ) };
	}, [ metrics, part ] );
	/* translators: 1, 2, 3: durations, such as 1.2 s. */
	const spread = __( 'Half of the calls took %1$s at most, 95%% %2$s, 99%% %3$s.', 'ai-secure-proxy' );
	const p95 = compared( now.p95, before.p95, range );
	const known = now.p50 !== null;
	const summary = [ sprintf( spread, duration( now.p50 ), duration( now.p95 ), duration( now.p99 ) ), p95 && `P95: ${ p95 }` ];
	return (
		<ChartCard
			title={ __( 'Latency', 'ai-secure-proxy' ) }
			metrics={ metrics }
			type="line"
			choices={ <Choice label={ __( 'Time of what', 'ai-secure-proxy' ) } value={ part } options={ PARTS } onChange={ setPart } /> }
			empty={ known ? '' : __( 'No calls in this time.', 'ai-secure-proxy' ) }
			summary={ summary.filter( Boolean ).join( ' ' ) }
			series={ series }
			datasets={ datasets }
			show={ duration }
		/>
	);
}
