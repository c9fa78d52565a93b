/**
 * One event, with what came in it.
 */
import { Button, Notice } from '@wordpress/components';
import { useCallback } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { addQueryArgs } from '@wordpress/url';
import { call } from '../shared/api';
import { Code, Details, Facts } from '../shared/details';
import { useEvery, useLoaded } from '../shared/load';
import { State } from '../shared/states';
import { At } from '../shared/when';
import { useActs } from './acts';
import { jobOf, may, sourceName, STATES, title } from './words';

/**
 * @param {Object}   props
 * @param {string}   props.id
 * @param {string}   props.jobs    The address of the screen Jobs.
 * @param {number}   props.every   How often to look again while something goes on, in milliseconds.
 * @param {Function} props.close
 * @param {Function} props.changed Called after something was done with it.
 */
export function Event( { id, jobs, every, close, changed } ) {
	const load = useCallback( ( signal ) => call( `/webhooks/${ id }`, {}, { signal } ), [ id ] );
	const loaded = useLoaded( load );
	const { data, reload } = loaded;
	const acts = useActs( changed, close );
	useEvery( reload, data && [ 'waiting', 'leased' ].includes( data.state ) ? every : 0 );
	return (
		<Details title={ data ? title( data ) : __( 'Event', 'ai-secure-proxy' ) } close={ close } loaded={ loaded }>
			{ ( event ) => (
				<>
					<div className="aisp-head">
						<span role="status">
							<State look={ STATES[ event.state ][ 0 ] }>{ STATES[ event.state ][ 1 ] }</State>
						</span>
						<div className="aisp-head__acts">
							{ may.replay( event ) && (
								<Button variant="primary" size="compact" onClick={ () => acts.replay( [ event ] ).then( reload ) }>
									{ __( 'Replay', 'ai-secure-proxy' ) }
								</Button>
							) }
							{ may.forget( event ) && (
								<Button variant="secondary" isDestructive size="compact" onClick={ () => acts.forget( [ event ] ) }>
									{ __( 'Forget', 'ai-secure-proxy' ) }
								</Button>
							) }
						</div>
					</div>
					{ event.error && event.state !== 'done' && (
						<Notice status={ event.state === 'dead' ? 'error' : 'warning' } isDismissible={ false }>
							{ __( 'Its handler threw:', 'ai-secure-proxy' ) } <code>{ event.error }</code>
						</Notice>
					) }
					<Facts facts={ factsOf( event, jobs ) } />
					<h2 className="aisp-heading">{ __( 'What came in it', 'ai-secure-proxy' ) }</h2>
					<Payload event={ event } />
					{ acts.question }
				</>
			) }
		</Details>
	);
}

const Payload = ( { event: { state, payload } } ) =>
	payload === null && state === 'done' ? (
		<p className="aisp-note">{ __( 'What is handled is kept no longer.', 'ai-secure-proxy' ) }</p>
	) : (
		<Code label={ __( 'What came in it', 'ai-secure-proxy' ) } value={ payload } />
	);

function factsOf( event, jobs ) {
	const job = jobOf( event );
	return [
		[ __( 'Type', 'ai-secure-proxy' ), event.type ],
		[ __( 'Source', 'ai-secure-proxy' ), sourceName( event.source ) ],
		[
			__( 'Job', 'ai-secure-proxy' ),
			job && (
				<a key="job" href={ addQueryArgs( jobs, { job } ) }>
					<code>{ job }</code>
				</a>
			),
		],
		[ __( 'Received', 'ai-secure-proxy' ), <At key="received" at={ event.received_at } /> ],
		[ __( 'Signed', 'ai-secure-proxy' ), event.timestamp && <At key="signed" at={ event.timestamp } /> ],
		[ __( 'Attempts', 'ai-secure-proxy' ), event.attempts ],
		[ __( 'Next attempt', 'ai-secure-proxy' ), event.state === 'waiting' ? <At key="due" at={ event.due_at } /> : null ],
		[ __( 'The event’s own id', 'ai-secure-proxy' ), job ? null : <code key="id">{ event.event }</code> ],
		[ __( 'Number', 'ai-secure-proxy' ), event.id ],
	];
}
