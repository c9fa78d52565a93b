/**
 * How far a job is.
 */
import { __, _n, sprintf } from '@wordpress/i18n';
import { count } from '../shared/format';

/**
 * @param {Object} props
 * @param {Object} props.job
 */
export function Progress( { job } ) {
	const { total, done, failed } = job.progress;
	/* translators: 1: how many are answered, 2: how many there are. */
	const answered = sprintf( __( '%1$s of %2$s', 'ai-secure-proxy' ), count( done ), count( total ) );
	/* translators: %s: a number. */
	const lost = failed ? sprintf( _n( '%s failed', '%s failed', failed, 'ai-secure-proxy' ), count( failed ) ) : '';
	const text = [ answered, lost ].filter( Boolean ).join( ', ' );
	const share = ( part ) => ( { inlineSize: `${ total ? ( 100 * part ) / total : 0 }%` } );
	return (
		<div className="aisp-progress">
			<div
				className="aisp-progress__bar"
				role="progressbar"
				aria-label={ __( 'Answered', 'ai-secure-proxy' ) }
				aria-valuemin={ 0 }
				aria-valuemax={ total }
				aria-valuenow={ done + failed }
				aria-valuetext={ text }
			>
				<span className="aisp-progress__done" style={ share( done ) } />
				<span className="aisp-progress__failed" style={ share( failed ) } />
			</div>
			<span className="aisp-figure">{ text }</span>
		</div>
	);
}
