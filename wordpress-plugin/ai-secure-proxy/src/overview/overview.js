/**
 * The screen as a whole: how things are, today against yesterday, and charts of a range.
 */
import { Spinner } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { speak } from '@wordpress/a11y';
import { time } from '../shared/format';
import { Failure } from '../shared/screen';
import { Calls } from './charts/calls';
import { Errors } from './charts/errors';
import { Hits } from './charts/hits';
import { Latency } from './charts/latency';
import { Usage } from './charts/usage';
import { useOverview } from './data';
import { Health } from './health';
import { LogAddress } from './log-link';
import { RangeChoice, useRange, wordsOf } from './range';
import { Today } from './today';
import { Warnings } from './warnings';

export function Overview( { site } ) {
	const [ range, setRange ] = useRange();
	const { data, error, loading, reload } = useOverview( range );
	useSpoken( data?.range );
	if ( ! data ) {
		return error ? (
			<Failure error={ error } retry={ reload } />
		) : (
			<p className="aisp-waiting" role="status">
				<Spinner />
				{ __( 'Adding up…', 'ai-secure-proxy' ) }
			</p>
		);
	}
	const { metrics, status } = data;
	return (
		<LogAddress.Provider value={ site.screens.log }>
			<Failure error={ error } retry={ reload } />
			<Warnings status={ status } site={ site } />
			<Today days={ metrics.days } now={ metrics.until } site={ site } />
			<div className="aisp-bar">
				<h2>{ wordsOf( data.range ).long }</h2>
				<RangeChoice range={ range } onChange={ setRange } />
			</div>
			<div className="aisp-charts" aria-busy={ loading && range !== data.range }>
				<Calls metrics={ metrics } range={ data.range } />
				<Latency metrics={ metrics } range={ data.range } />
				<Hits metrics={ metrics } range={ data.range } />
				<Errors metrics={ metrics } range={ data.range } />
				<Usage metrics={ metrics } range={ data.range } />
			</div>
			<Health status={ status } site={ site } />
			<p className="aisp-fresh">
				{
					/* translators: %s: date and time. */
					sprintf( __( 'As of %s. This page looks again every half minute.', 'ai-secure-proxy' ), time( metrics.until ) )
				}
			</p>
		</LogAddress.Provider>
	);
}

/** Says that another range is shown; what comes by itself each half minute is not read out. */
function useSpoken( range ) {
	const [ said, setSaid ] = useState();
	useEffect( () => {
		if ( range && range !== said ) {
			if ( said ) {
				speak( wordsOf( range ).long );
			}
			setSaid( range );
		}
	}, [ range, said ] );
}
