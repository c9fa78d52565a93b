/**
 * One job, in full.
 */
import { Button, Notice } from '@wordpress/components';
import { useCallback } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { call } from '../shared/api';
import { Details, Facts } from '../shared/details';
import { useEvery, useLoaded } from '../shared/load';
import { State } from '../shared/states';
import { At } from '../shared/when';
import { useActs } from './acts';
import { Items } from './items';
import { usePeople } from './people';
import { Progress } from './progress';
import { ENDED, fault, may, STATES, title } from './words';

/**
 * @param {Object}   props
 * @param {string}   props.id
 * @param {number}   props.every   How often to look again while it goes on, in milliseconds.
 * @param {Function} props.close
 * @param {Function} props.changed Called after something was done with it.
 */
export function Job( { id, every, close, changed } ) {
	const load = useCallback( ( signal ) => call( `/jobs/${ id }`, {}, { signal } ), [ id ] );
	const loaded = useLoaded( load );
	const { data, reload } = loaded;
	const acts = useActs(
		useCallback( () => {
			reload();
			changed();
		}, [ reload, changed ] )
	);
	const person = usePeople( data ? [ data ] : [] );
	useEvery( reload, data && ! ENDED.includes( data.state ) ? every : 0 );
	return (
		<Details title={ data ? title( data ) : __( 'Job', 'ai-secure-proxy' ) } close={ close } loaded={ loaded }>
			{ ( job ) => (
				<>
					<div className="aisp-head">
						<span role="status">
							<State look={ STATES[ job.state ][ 0 ] }>{ STATES[ job.state ][ 1 ] }</State>
						</span>
						<Progress job={ job } />
						<Acts job={ job } acts={ acts } />
					</div>
					{ job.error && (
						<Notice status={ job.state === 'failed' ? 'error' : 'warning' } isDismissible={ false }>
							<code>{ job.error }</code> { fault( job.error ) }
						</Notice>
					) }
					{ may.accept( job ) && (
						<Notice status="info" isDismissible={ false }>
							{ __( 'Nothing of this job is written yet. Look at its answers and where they go, below; accept it to have them written there.', 'ai-secure-proxy' ) }
						</Notice>
					) }
					<Facts facts={ factsOf( job, person ) } />
					{ job.kind === 'infer' && <Items job={ job } every={ every } /> }
					{ acts.question }
				</>
			) }
		</Details>
	);
}

const Acts = ( { job, acts } ) => (
	<div className="aisp-head__acts">
		{ may.cancel( job ) && (
			<Button variant="secondary" isDestructive size="compact" onClick={ () => acts.cancel( [ job ] ) }>
				{ __( 'Cancel', 'ai-secure-proxy' ) }
			</Button>
		) }
		{ may.retry( job ) && (
			<Button variant="secondary" size="compact" onClick={ () => acts.retry( [ job ] ) }>
				{ __( 'Try again', 'ai-secure-proxy' ) }
			</Button>
		) }
		{ may.accept( job ) && (
			<Button variant="primary" size="compact" onClick={ () => acts.accept( [ job ] ) }>
				{ __( 'Accept', 'ai-secure-proxy' ) }
			</Button>
		) }
	</div>
);

/** What the time at which it is due means, which depends on the state. */
function due( job ) {
	if ( job.state === 'queued' ) {
		return job.attempts ? __( 'Next attempt', 'ai-secure-proxy' ) : __( 'Begins from', 'ai-secure-proxy' );
	}
	return {
		running: __( 'Worker’s lease ends', 'ai-secure-proxy' ),
		waiting: __( 'Looked after again', 'ai-secure-proxy' ),
	}[ job.state ] ?? __( 'Kept until', 'ai-secure-proxy' );
}

const at = ( when ) => ( when === null ? null : <At at={ when } /> );

const factsOf = ( job, person ) => [
	[ __( 'Enqueued', 'ai-secure-proxy' ), at( job.created_at ) ],
	[ __( 'Started', 'ai-secure-proxy' ), at( job.started_at ) ],
	[ __( 'Attempts', 'ai-secure-proxy' ), job.attempts ],
	[ __( 'Ended', 'ai-secure-proxy' ), at( job.ended_at ) ],
	[ __( 'Accepted', 'ai-secure-proxy' ), at( job.accepted_at ) ],
	[ due( job ), at( job.due_at ) ],
	[ __( 'Who', 'ai-secure-proxy' ), person( job.caller ) ],
	[ __( 'Source', 'ai-secure-proxy' ), job.caller.source || null ],
	[ __( 'Callback', 'ai-secure-proxy' ), job.callback ],
	[ __( 'Id', 'ai-secure-proxy' ), <code key="id">{ job.id }</code> ],
];
