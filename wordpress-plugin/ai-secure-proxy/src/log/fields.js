/**
 * The columns of the log, and what can be filtered by.
 */
import { __ } from '@wordpress/i18n';
import { count, dollars, duration, NONE, time } from '../shared/format';

/** Statuses by their first digit, for who wants to see what fails. */
const CLASSES = [
	{ value: '2xx', label: __( '2xx: answered', 'ai-secure-proxy' ) },
	{ value: '4xx', label: __( '4xx: refused', 'ai-secure-proxy' ) },
	{ value: '5xx', label: __( '5xx: failed', 'ai-secure-proxy' ) },
];

const options = ( values ) => values.map( ( value ) => ( { value, label: String( value ) } ) );

/** Who asked: a user, an outside client, or nobody. */
export const whoAsked = ( record, names ) => {
	if ( record.user_id ) {
		/* translators: %d: number of a user. */
		return names.get( record.user_id ) ?? `#${ record.user_id }`;
	}
	return record.client || __( 'Nobody', 'ai-secure-proxy' );
};

export const namesOf = ( facets ) => new Map( ( facets?.users ?? [] ).filter( ( { name } ) => name ).map( ( { id, name } ) => [ id, name ] ) );

/**
 * @param {Object|undefined} facets As GET /logs/facets answers.
 * @param {Function}         open   Shows one record.
 */
export function fieldsOf( facets, open ) {
	const names = namesOf( facets );
	const any = ( values ) => ( { elements: options( values ?? [] ), filterBy: { operators: [ 'isAny' ] } } );
	const plain = ( id, label, values ) => ( { id, label, enableSorting: false, ...( values ? any( values ) : { filterBy: false } ), getValue: ( { item } ) => item[ id ], render: ( { item } ) => item[ id ] || NONE } );
	const figure = ( id, label, show, sortable = true ) => ( {
		id,
		label,
		enableSorting: sortable,
		filterBy: false,
		getValue: ( { item } ) => item[ id ],
		render: ( { item } ) => <span className="aisp-figure">{ show( item[ id ] ) }</span>,
	} );
	return [
		{
			id: 'created_at',
			label: __( 'Time', 'ai-secure-proxy' ),
			type: 'date',
			enableHiding: false,
			filterBy: { operators: [ 'on', 'between', 'after', 'before' ] },
			render: ( { item } ) => (
				<button type="button" className="aisp-link button-link" onClick={ () => open( item ) }>
					{ time( item.created_at ) }
				</button>
			),
		},
		{
			...plain( 'user', __( 'Asked by', 'ai-secure-proxy' ) ),
			elements: ( facets?.users ?? [] ).map( ( { id, name } ) => ( { value: id, label: id ? name ?? `#${ id }` : __( 'Nobody', 'ai-secure-proxy' ) } ) ),
			filterBy: { operators: [ 'isAny' ] },
			getValue: ( { item } ) => item.user_id,
			render: ( { item } ) => whoAsked( item, names ),
		},
		plain( 'route', __( 'Route', 'ai-secure-proxy' ), facets?.routes ),
		plain( 'model', __( 'Model', 'ai-secure-proxy' ), facets?.models ),
		plain( 'provider', __( 'Provider', 'ai-secure-proxy' ), facets?.providers ),
		{
			...plain( 'status', __( 'Status', 'ai-secure-proxy' ) ),
			elements: [ ...CLASSES, ...options( ( facets?.statuses ?? [] ).map( String ) ) ],
			filterBy: { operators: [ 'isAny' ] },
			getValue: ( { item } ) => String( item.status_code ),
			render: ( { item } ) => <Status code={ item.status_code } />,
		},
		{
			...plain( 'error', __( 'Error', 'ai-secure-proxy' ) ),
			elements: [ { value: 'any', label: __( 'Any error', 'ai-secure-proxy' ) }, { value: 'none', label: __( 'No error', 'ai-secure-proxy' ) }, ...options( facets?.errors ?? [] ) ],
			filterBy: { operators: [ 'isAny' ] },
			render: ( { item } ) => ( item.error ? <code>{ item.error }</code> : NONE ),
		},
		{
			...plain( 'cached', __( 'Cached', 'ai-secure-proxy' ) ),
			elements: [
				{ value: 'true', label: __( 'From the cache', 'ai-secure-proxy' ) },
				{ value: 'false', label: __( 'Not from the cache', 'ai-secure-proxy' ) },
			],
			filterBy: { operators: [ 'is' ] },
			getValue: ( { item } ) => String( item.cached ),
			render: ( { item } ) => ( item.cached ? __( 'Yes', 'ai-secure-proxy' ) : __( 'No', 'ai-secure-proxy' ) ),
		},
		{
			...figure( 'tokens', __( 'Tokens', 'ai-secure-proxy' ), count ),
			getValue: ( { item } ) => item.tokens_in + item.tokens_out,
			render: ( { item } ) => <span className="aisp-figure">{ count( item.tokens_in + item.tokens_out ) }</span>,
		},
		figure( 'cost_microusd', __( 'Cost', 'ai-secure-proxy' ), dollars ),
		figure( 'duration_ms', __( 'Duration', 'ai-secure-proxy' ), duration ),
		plain( 'source', __( 'Source', 'ai-secure-proxy' ), facets?.sources ),
		plain( 'client', __( 'Client', 'ai-secure-proxy' ), facets?.clients ),
		figure( 'attempts', __( 'Attempts', 'ai-secure-proxy' ), count, false ),
		{ ...plain( 'request_id', __( 'Request id', 'ai-secure-proxy' ) ), render: ( { item } ) => <code>{ item.request_id || NONE }</code> },
		{ ...plain( 'req_hash', __( 'Request hash', 'ai-secure-proxy' ) ), render: ( { item } ) => <code>{ item.req_hash.slice( 0, 12 ) || NONE }</code> },
	];
}

/** A status says in words, too, what its colour says. */
export function Status( { code } ) {
	const kind = code < 400 ? 'good' : code < 500 ? 'refused' : 'failed'; // eslint-disable-line no-nested-ternary -- Three steps of one scale.
	return <span className={ `aisp-status is-${ kind }` }>{ code }</span>;
}
