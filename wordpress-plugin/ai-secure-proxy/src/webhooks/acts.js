/**
 * What can be done with events.
 */
import { Icon } from '@wordpress/components';
import { useMemo, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { useAct } from '../shared/act';
import { call } from '../shared/api';
import { Confirm } from '../shared/confirm';
import { may } from './words';

/* translators: %d: how many. */
const replayed = ( count ) => sprintf( _n( '%d event will be handled again.', '%d events will be handled again.', count, 'ai-secure-proxy' ), count );
/* translators: %d: how many. */
const forgotten = ( count ) => sprintf( _n( '%d event forgotten.', '%d events forgotten.', count, 'ai-secure-proxy' ), count );

/**
 * @param {Function} reload Called after something was done.
 * @param {Function} gone   Called with the events that were forgotten.
 * @return {Object} replay( events ), replayAll( source or undefined ), forget( events ) (asks first): => Promise; question: what to show
 *                  while it asks.
 */
export function useActs( reload, gone = () => {} ) {
	const act = useAct( reload );
	const [ asked, setAsked ] = useState( null );
	const acts = useMemo(
		() => ( {
			replay: ( events ) => act( events.filter( may.replay ), ( { id } ) => call( `/webhooks/${ id }/replay`, {}, { method: 'POST' } ), replayed ),
			replayAll: ( source ) =>
				act(
					[ source ? { source } : { all: true } ],
					( data ) => call( '/webhooks/replay', {}, { method: 'POST', data } ),
					( count, [ answer ] ) => replayed( answer.replayed )
				),
			forget: async ( events ) => setAsked( events.filter( may.forget ) ),
			forgetNow: ( events ) => act( events, ( { id } ) => call( `/webhooks/${ id }`, {}, { method: 'DELETE' } ), forgotten ),
		} ),
		[ act ]
	);
	const question = asked && (
		<Confirm
			/* translators: %d: how many. */
			title={ sprintf( _n( 'Forget %d event?', 'Forget %d events?', asked.length, 'ai-secure-proxy' ), asked.length ) }
			text={ __( 'What came in it is deleted for good. Should its sender repeat it, it is accepted as new and handled again.', 'ai-secure-proxy' ) }
			yes={ __( 'Forget', 'ai-secure-proxy' ) }
			no={ __( 'Keep', 'ai-secure-proxy' ) }
			act={ () => acts.forgetNow( asked ).then( () => gone( asked ) ) }
			dismiss={ () => setAsked( null ) }
		/>
	);
	return { ...acts, question };
}

/**
 * The same for a list.
 *
 * @param {Object}   acts Of useActs().
 * @param {Function} open Gets an event to look at.
 * @return {Object[]} As DataViews takes them.
 */
export const actionsOf = ( acts, open ) => [
	{ id: 'open', label: __( 'Details', 'ai-secure-proxy' ), callback: ( [ event ] ) => open( event ) },
	{ id: 'replay', label: __( 'Replay', 'ai-secure-proxy' ), icon: <Icon icon="update" />, supportsBulk: true, isEligible: may.replay, callback: acts.replay },
	{ id: 'forget', label: __( 'Forget', 'ai-secure-proxy' ), icon: <Icon icon="trash" />, supportsBulk: true, isDestructive: true, isEligible: may.forget, callback: acts.forget },
];
