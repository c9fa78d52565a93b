/**
 * The screen: who may send events, how many are in which state, the list, and the one that is looked at.
 */
import { Button, ToggleControl } from '@wordpress/components';
import { useCallback, useMemo } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { call } from '../shared/api';
import { useKeyset } from '../shared/keyset';
import { Empty, Listing } from '../shared/listing';
import { useEvery, useLoaded } from '../shared/load';
import { useParam } from '../shared/param';
import { useView } from '../shared/rows';
import { tabsOf } from '../shared/states';
import { actionsOf, useActs } from './acts';
import { Event } from './event';
import { useFields } from './fields';
import { Sources } from './sources';
import { JOBS, STATES } from './words';
import './webhooks.css';

/** How often the page looks again while something goes on, in milliseconds. */
const EVERY = 5000;

export function Webhooks( { site } ) {
	const [ chosen, setState ] = useParam( 'state' );
	const [ jobs, setJobs ] = useParam( 'jobs' );
	const [ id, setId ] = useParam( 'event' );
	const state = STATES[ chosen ] ? chosen : '';
	const { view, setView, filters } = useView( 'event', [ 'source', 'state', 'attempts', 'received_at', 'due_at' ] );
	const list = useKeyset( '/webhooks', { ...filters, state, jobs: jobs ? true : undefined }, view.perPage );
	const sources = useLoaded( useCallback( ( signal ) => call( '/webhooks/sources', {}, { signal } ), [] ) );
	const counts = useLoaded( useCallback( ( signal ) => call( '/status', {}, { signal } ).then( ( { inbox } ) => inbox ), [] ) );
	const [ relist, resource, recount ] = [ list.reload, sources.reload, counts.reload ];
	const reload = useCallback( () => [ relist, resource, recount ].forEach( ( again ) => again() ), [ relist, resource, recount ] );
	const { rows = [] } = list;
	useEvery( reload, ! id && rows.some( ( row ) => [ 'waiting', 'leased' ].includes( row.state ) ) ? EVERY : 0 );

	const acts = useActs( reload );
	const open = useCallback( ( event ) => setId( String( event.id ) ), [ setId ] );
	const names = useMemo( () => ( sources.data ?? [] ).map( ( { name } ) => name ), [ sources.data ] );
	return (
		<>
			{ sources.data && <Sources sources={ sources.data } settings={ site.screens.settings } /> }
			<Listing
				states={ { label: __( 'Events by state', 'ai-secure-proxy' ), states: tabsOf( STATES, countOf( counts.data ), 'dead' ), chosen: state, choose: setState } }
				error={ list.error ?? sources.error ?? counts.error }
				reload={ reload }
				list={ list }
				view={ view }
				setView={ setView }
				fields={ useFields( names ) }
				actions={ actionsOf( acts, open ) }
				open={ open }
				empty={ <None state={ state } source={ filters.source } /> }
				extra={
					state === 'dead' ? (
						rows.length > 0 && <ReplayAll source={ filters.source } act={ acts.replayAll } />
					) : (
						<ToggleControl
							__nextHasNoMarginBottom
							label={ __( 'Ends of jobs too', 'ai-secure-proxy' ) }
							checked={ Boolean( jobs ) }
							onChange={ ( on ) => setJobs( on ? '1' : '' ) }
						/>
					)
				}
				pages={ __( 'Pages of events', 'ai-secure-proxy' ) }
			/>
			{ acts.question }
			{ id && <Event id={ id } jobs={ site.screens.jobs } every={ EVERY } close={ () => setId( '' ) } changed={ reload } /> }
		</>
	);
}

/** Those that died are counted with the ends of jobs: they are listed with them. */
const countOf = ( counts ) => ( state ) => ( state === 'dead' ? counts?.dead : counts?.webhooks?.[ state ] );

const ReplayAll = ( { source, act } ) => (
	<Button variant="secondary" size="compact" onClick={ () => act( source ) }>
		{ source ? __( 'Replay all of this source', 'ai-secure-proxy' ) : __( 'Replay all', 'ai-secure-proxy' ) }
	</Button>
);

function None( { state, source } ) {
	if ( state === 'dead' ) {
		return (
			<Empty title={ __( 'No event is dead', 'ai-secure-proxy' ) }>
				<p>{ __( 'An event whose handler throws eight times is kept here until you replay or forget it.', 'ai-secure-proxy' ) }</p>
			</Empty>
		);
	}
	return state || source ? (
		<Empty title={ source === JOBS ? __( 'No job has ended', 'ai-secure-proxy' ) : __( 'No event matches', 'ai-secure-proxy' ) }>
			<p>{ __( 'Choose another state or take a filter away.', 'ai-secure-proxy' ) }</p>
		</Empty>
	) : (
		<Empty title={ __( 'No events yet', 'ai-secure-proxy' ) }>
			<p>{ __( 'Give a source’s address to its sender. Each event that it signs is kept here, and handed to your site by the action below.', 'ai-secure-proxy' ) }</p>
			<p>
				<code>aisp_webhook_received</code>
			</p>
		</Empty>
	);
}
