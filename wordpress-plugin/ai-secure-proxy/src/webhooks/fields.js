/**
 * The columns of the list, and the filters that the route has.
 */
import { useMemo } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { count, NONE } from '../shared/format';
import { State } from '../shared/states';
import { Ago } from '../shared/when';
import { JOBS, sourceName, STATES, title } from './words';

/**
 * @param {string[]} sources Names of those that the settings have.
 * @return {Object[]} As DataViews takes them.
 */
export const useFields = ( sources ) =>
	useMemo(
		() => [
			{
				id: 'event',
				label: __( 'Event', 'ai-secure-proxy' ),
				enableHiding: false,
				render: ( { item } ) => (
					<span>
						{ title( item ) } <code className="aisp-tail">{ item.id }</code>
					</span>
				),
			},
			{
				id: 'source',
				label: __( 'Source', 'ai-secure-proxy' ),
				type: 'text',
				elements: [ ...sources, JOBS ].map( ( value ) => ( { value, label: sourceName( value ) } ) ),
				filterBy: { operators: [ 'is' ], isPrimary: true },
				render: ( { item } ) => sourceName( item.source ),
			},
			{
				id: 'state',
				label: __( 'State', 'ai-secure-proxy' ),
				render: ( { item } ) => (
					<div>
						<State look={ STATES[ item.state ][ 0 ] }>{ STATES[ item.state ][ 1 ] }</State>
						{ item.error && <div className="aisp-note">{ item.error }</div> }
					</div>
				),
			},
			{ id: 'attempts', label: __( 'Attempts', 'ai-secure-proxy' ), render: ( { item } ) => <span className="aisp-figure">{ count( item.attempts ) }</span> },
			{ id: 'received_at', label: __( 'Received', 'ai-secure-proxy' ), render: ( { item } ) => <Ago at={ item.received_at } /> },
			{ id: 'due_at', label: __( 'Next attempt', 'ai-secure-proxy' ), render: ( { item } ) => ( item.state === 'waiting' ? <Ago at={ item.due_at } /> : NONE ) },
		],
		[ sources ]
	);
