/**
 * The columns of the list, and the filters that the route has.
 */
import { useMemo } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { NONE } from '../shared/format';
import { State } from '../shared/states';
import { Ago } from '../shared/when';
import { listed } from './people';
import { Progress } from './progress';
import { ITEMS_FAILED, may, STATES, tail, title } from './words';

const ONE = { operators: [ 'is' ], isPrimary: true };

/**
 * @param {Function} person Of usePeople().
 * @return {Object[]} As DataViews takes them.
 */
export const useFields = ( person ) =>
	useMemo(
		() => [
			{
				id: 'job',
				label: __( 'Job', 'ai-secure-proxy' ),
				enableHiding: false,
				render: ( { item } ) => (
					<span>
						{ title( item ) } <code className="aisp-tail">{ tail( item.id ) }</code>
					</span>
				),
			},
			{
				id: 'state',
				label: __( 'State', 'ai-secure-proxy' ),
				render: ( { item } ) => (
					<div>
						<State look={ STATES[ item.state ][ 0 ] }>{ STATES[ item.state ][ 1 ] }</State>
						{ may.accept( item ) && <div className="aisp-note">{ __( 'Waits to be accepted', 'ai-secure-proxy' ) }</div> }
						{ item.error && item.error !== ITEMS_FAILED && <div className="aisp-note">{ item.error }</div> }
					</div>
				),
			},
			{ id: 'progress', label: __( 'Progress', 'ai-secure-proxy' ), render: ( { item } ) => <Progress job={ item } /> },
			{
				id: 'user_id',
				label: __( 'Who', 'ai-secure-proxy' ),
				getValue: ( { item } ) => item.caller.user_id,
				getElements: listed,
				filterBy: ONE,
				render: ( { item } ) => person( item.caller ),
			},
			{
				id: 'source',
				label: __( 'Source', 'ai-secure-proxy' ),
				type: 'text',
				getValue: ( { item } ) => item.caller.source,
				filterBy: ONE,
				render: ( { item } ) => item.caller.source || NONE,
			},
			{ id: 'created_at', label: __( 'Enqueued', 'ai-secure-proxy' ), render: ( { item } ) => <Ago at={ item.created_at } /> },
			{ id: 'ended_at', label: __( 'Ended', 'ai-secure-proxy' ), render: ( { item } ) => <Ago at={ item.ended_at } /> },
		],
		[ person ]
	);
