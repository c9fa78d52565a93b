/**
 * The hit ratio over time: how much of what was asked the cache could answer.
 */
import { useMemo } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { count, percent } from '../../shared/format';
import { sumOf } from '../figures';
import { wordsOf } from '../range';
import { seriesOf, stepsOf } from '../series';
import { ChartCard } from './chart-card';
import { GOOD, lines } from './palette';

export function Hits( { metrics, range } ) {
	const [ now, before ] = [ sumOf( metrics.total[ 0 ] ), sumOf( metrics.previous[ 0 ] ) ];
	const { series, datasets } = useMemo( () => {
		const label = __( 'Hit ratio', 'ai-secure-proxy' );
		const values = seriesOf( stepsOf( metrics ), metrics.points, ( point ) => point.hit_ratio, null );
		const found = [ { label, values } ];
		return { series: found, datasets: lines( found, [ GOOD ] ) };
	}, [ metrics ] );
	/* translators: 1: what it is compared with, such as “the hour before”, 2: a share, such as 40%. */
	const earlier = __( 'In %1$s it was %2$s.', 'ai-secure-proxy' );
	const sentences = [
		/* translators: 1: number of calls that the cache answered, 2: number of all calls, 3: the same as a share, such as 40%. */
		sprintf( __( 'The cache answered %1$s of %2$s calls: %3$s.', 'ai-secure-proxy' ), count( now.hits ), count( now.calls ), percent( now.hit_ratio ) ),
		before.calls ? sprintf( earlier, wordsOf( range ).before, percent( before.hit_ratio ) ) : '',
	];
	return (
		<ChartCard
			title={ __( 'Hit ratio', 'ai-secure-proxy' ) }
			metrics={ metrics }
			type="line"
			most={ 1 }
			empty={ now.calls ? '' : __( 'No calls in this time.', 'ai-secure-proxy' ) }
			summary={ sentences.join( ' ' ).trim() }
			series={ series }
			datasets={ datasets }
			show={ percent }
		/>
	);
}
