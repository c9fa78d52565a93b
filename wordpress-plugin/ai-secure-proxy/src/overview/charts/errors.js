/**
 * What failed or was refused, by kind.
 */
import { useMemo } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { count, percent } from '../../shared/format';
import { errorsOf, sumOf } from '../figures';
import { useLog } from '../log-link';
import { errorName, isError } from '../../shared/outcomes';
import { seriesByName, stepsOf } from '../series';
import { ChartCard } from './chart-card';
import { bars } from './palette';
import { whole } from './sentences';
import { Shares } from './shares';

export function Errors( { metrics } ) {
	const now = sumOf( metrics.total[ 0 ] );
	const { series, datasets } = useMemo( () => {
		const points = metrics.by.outcome.filter( ( { name } ) => isError( name ) );
		const found = seriesByName( stepsOf( metrics ), points, ( { calls } ) => calls, errorName );
		return { series: found, datasets: bars( found ) };
	}, [ metrics ] );
	const log = useLog();
	const failed = errorsOf( now );
	const empty = now.calls ? __( 'Nothing failed in this time.', 'ai-secure-proxy' ) : __( 'No calls in this time.', 'ai-secure-proxy' );
	const summary = [
		/* translators: 1: number of errors, 2: their share of all calls, such as 3%. */
		sprintf( _n( '%1$s error, %2$s of the calls.', '%1$s errors, %2$s of the calls.', failed, 'ai-secure-proxy' ), count( failed ), percent( now.calls ? failed / now.calls : 0 ) ),
		/* translators: %s: what an error is called. */
		series.length ? sprintf( __( 'Most often: %s.', 'ai-secure-proxy' ), series[ 0 ].label ) : '',
	];
	return (
		<ChartCard title={ __( 'Errors by kind', 'ai-secure-proxy' ) } metrics={ metrics } type="bar" stacked empty={ series.length ? '' : empty } summary={ summary.join( ' ' ).trim() } series={ series } datasets={ datasets } show={ whole }>
			<Shares series={ series } show={ count } href={ ( name ) => log( metrics.since, metrics.until, { error: name } ) } />
		</ChartCard>
	);
}
