/**
 * The screen: how many jobs are in which state, the list, and the one that is looked at.
 */
import { speak } from '@wordpress/a11y';
import { useCallback, useEffect, useRef } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { call } from '../shared/api';
import { count } from '../shared/format';
import { useKeyset } from '../shared/keyset';
import { Empty, Listing } from '../shared/listing';
import { useEvery, useLoaded } from '../shared/load';
import { useParam } from '../shared/param';
import { useView } from '../shared/rows';
import { tabsOf } from '../shared/states';
import { actionsOf, useActs } from './acts';
import { useFields } from './fields';
import { Job } from './job';
import { usePeople } from './people';
import { OPEN, STATES } from './words';
import './jobs.css';

/** How often the page looks again while something goes on, in milliseconds. */
const EVERY = 5000;

export function Jobs() {
	const [ state, setState ] = useParam( 'state' );
	const [ id, setId ] = useParam( 'job' );
	const { view, setView, filters } = useView( 'job', [ 'state', 'progress', 'user_id', 'source', 'created_at', 'ended_at' ] );
	const list = useKeyset( '/jobs', { ...filters, state: STATES[ state ] ? state : undefined }, view.perPage );
	const { data: counts, error: uncounted, reload: recount } = useLoaded( useCallback( ( signal ) => call( '/status', {}, { signal } ).then( ( { jobs } ) => jobs ), [] ) );
	const { reload: relist, rows = [] } = list;
	const reload = useCallback( () => {
		relist();
		recount();
	}, [ relist, recount ] );
	const goesOn = OPEN.some( ( one ) => counts?.[ one ] ) || rows.some( ( row ) => OPEN.includes( row.state ) );
	useEvery( reload, goesOn && ! id ? EVERY : 0 );
	useSpoken( counts );

	const acts = useActs( reload );
	const open = useCallback( ( job ) => setId( job.id ), [ setId ] );
	const filtered = state || Object.values( filters ).some( ( value ) => value !== undefined );
	return (
		<>
			<Listing
				states={ { label: __( 'Jobs by state', 'ai-secure-proxy' ), states: tabsOf( STATES, ( value ) => counts?.[ value ], 'failed' ), chosen: STATES[ state ] ? state : '', choose: setState } }
				error={ list.error ?? uncounted }
				reload={ reload }
				list={ list }
				view={ view }
				setView={ setView }
				fields={ useFields( usePeople( rows ) ) }
				actions={ actionsOf( acts, open ) }
				open={ open }
				empty={ <None state={ state } filtered={ filtered } /> }
				pages={ __( 'Pages of jobs', 'ai-secure-proxy' ) }
			/>
			{ acts.question }
			{ id && <Job id={ id } every={ EVERY } close={ () => setId( '' ) } changed={ reload } /> }
		</>
	);
}

/** Says aloud how many jobs are left, when that changes. */
function useSpoken( counts ) {
	const left = counts && counts.queued + counts.running + counts.waiting;
	const before = useRef();
	useEffect( () => {
		if ( before.current !== undefined && left !== undefined && left !== before.current ) {
			/* translators: %s: how many jobs have not ended. */
			speak( left ? sprintf( _n( '%s job left.', '%s jobs left.', left, 'ai-secure-proxy' ), count( left ) ) : __( 'All jobs have ended.', 'ai-secure-proxy' ), 'polite' );
		}
		before.current = left;
	}, [ left ] );
}

function None( { state, filtered } ) {
	if ( state === 'failed' ) {
		return (
			<Empty title={ __( 'No job has failed', 'ai-secure-proxy' ) }>
				<p>{ __( 'A job whose last attempt fails stays here until you try it again or its time is over.', 'ai-secure-proxy' ) }</p>
			</Empty>
		);
	}
	return filtered ? (
		<Empty title={ __( 'No job matches', 'ai-secure-proxy' ) }>
			<p>{ __( 'Choose another state or take a filter away.', 'ai-secure-proxy' ) }</p>
		</Empty>
	) : (
		<Empty title={ __( 'No jobs yet', 'ai-secure-proxy' ) }>
			<p>{ __( 'A job asks one prompt or thousands in the background, and survives a restart. Enqueue one by POST /jobs, by the command below, or from the code of a plugin.', 'ai-secure-proxy' ) }</p>
			<p>
				<code>wp aisp job enqueue &quot;Say hi&quot;</code>
			</p>
		</Empty>
	);
}
