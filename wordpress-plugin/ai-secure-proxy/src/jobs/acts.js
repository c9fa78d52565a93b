/**
 * What can be done with jobs.
 */
import { Icon } from '@wordpress/components';
import { useMemo, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { call } from '../shared/api';
import { useAct } from '../shared/act';
import { Confirm } from '../shared/confirm';
import { may } from './words';

const send = {
	cancel: ( { id } ) => call( `/jobs/${ id }`, {}, { method: 'DELETE' } ),
	retry: ( { id } ) => call( `/jobs/${ id }/retry`, {}, { method: 'POST' } ),
	accept: ( { id } ) => call( `/jobs/${ id }/accept`, {}, { method: 'POST' } ),
};

const told = {
	/* translators: %d: how many. */
	cancel: ( count ) => sprintf( _n( '%d job cancelled.', '%d jobs cancelled.', count, 'ai-secure-proxy' ), count ),
	/* translators: %d: how many. */
	retry: ( count ) => sprintf( _n( '%d job will be tried again.', '%d jobs will be tried again.', count, 'ai-secure-proxy' ), count ),
	/* translators: %d: how many. */
	accept: ( count ) => sprintf( _n( '%d job accepted.', '%d jobs accepted.', count, 'ai-secure-proxy' ), count ),
};

/**
 * @param {Function} reload Called after something was done.
 * @return {Object} cancel (asks first), retry and accept: ( jobs ) => Promise; question: what to show while it asks.
 */
export function useActs( reload ) {
	const act = useAct( reload );
	const [ asked, setAsked ] = useState( null );
	const acts = useMemo( () => {
		const run = ( what ) => ( jobs ) => act( jobs.filter( may[ what ] ), send[ what ], told[ what ] );
		return { cancel: async ( jobs ) => setAsked( jobs.filter( may.cancel ) ), cancelNow: run( 'cancel' ), retry: run( 'retry' ), accept: run( 'accept' ) };
	}, [ act ] );
	const question = asked && (
		<Confirm
			/* translators: %d: how many. */
			title={ sprintf( _n( 'Cancel %d job?', 'Cancel %d jobs?', asked.length, 'ai-secure-proxy' ), asked.length ) }
			text={ __( 'What is under way at a provider ends, and what was answered so far is not shown any more. A cancelled job can be tried again.', 'ai-secure-proxy' ) }
			yes={ _n( 'Cancel job', 'Cancel jobs', asked.length, 'ai-secure-proxy' ) }
			no={ _n( 'Keep it', 'Keep them', asked.length, 'ai-secure-proxy' ) }
			act={ () => acts.cancelNow( asked ) }
			dismiss={ () => setAsked( null ) }
		/>
	);
	return { ...acts, question };
}

/**
 * The same for a list.
 *
 * @param {Object}   acts Of useActs().
 * @param {Function} open Gets a job to look at.
 * @return {Object[]} As DataViews takes them.
 */
export const actionsOf = ( acts, open ) => [
	{ id: 'open', label: __( 'Details', 'ai-secure-proxy' ), callback: ( [ job ] ) => open( job ) },
	{ id: 'accept', label: __( 'Review and accept', 'ai-secure-proxy' ), isEligible: may.accept, callback: ( [ job ] ) => open( job ) },
	{
		id: 'retry',
		label: __( 'Try again', 'ai-secure-proxy' ),
		icon: <Icon icon="update" />,
		supportsBulk: true,
		isEligible: may.retry,
		callback: acts.retry,
	},
	{
		id: 'cancel',
		label: __( 'Cancel', 'ai-secure-proxy' ),
		icon: <Icon icon="no" />,
		supportsBulk: true,
		isDestructive: true,
		isEligible: may.cancel,
		callback: acts.cancel,
	},
];
