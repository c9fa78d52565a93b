/**
 * The columns of the log, and what can be filtered by.
 */
import { __, sprintf } from '@wordpress/i18n';
import { count, dollars, duration, NONE, time } from '../shared/format';
import { errorName } from '../shared/outcomes';
import { OF_TIME } from './query';
import { Status } from './status';

/** Statuses by their first digit, for who wants to see what fails. */
const CLASSES = [
	{ value: '2xx', label: __( '2xx: answered', 'ai-secure-proxy' ) },
	{ value: '4xx', label: __( '4xx: refused', 'ai-secure-proxy' ) },
	{ value: '5xx', label: __( '5xx: failed', 'ai-secure-proxy' ) },
];

const ANY_ERROR = [
	{ value: 'any', label: __( 'Any error', 'ai-secure-proxy' ) },
	{ value: 'none', label: __( 'No error', 'ai-secure-proxy' ) },
];

const CACHED = [
	{ value: 'true', label: __( 'From the cache', 'ai-secure-proxy' ) },
	{ value: 'false', label: __( 'Not from the cache', 'ai-secure-proxy' ) },
];

const ANY = { operators: [ 'isAny' ] };
const ANY_AT_HAND = { operators: [ 'isAny' ], isPrimary: true };

/** An error that has a name is told by it and by its code. */
function error( code ) {
	const name = errorName( code );
	/* translators: 1: what went wrong, such as Quota reached. 2: its code, such as policy_quota. */
	return name === code ? code : sprintf( __( '%1$s (%2$s)', 'ai-secure-proxy' ), name, code );
}

/** A user by name, or by number where there is none by now. */
function userName( id, names ) {
	if ( ! Number( id ) ) {
		return __( 'Nobody', 'ai-secure-proxy' );
	}
	/* translators: %s: number of a user who was deleted. */
	return names.get( String( id ) ) ?? sprintf( __( 'User %s', 'ai-secure-proxy' ), id );
}

/**
 * @param {Object|undefined} facets  As GET /logs/facets answers.
 * @param {Object[]}         filters Of the view: what it filters by can be chosen even if the log has not seen it.
 * @return {Object[]} As DataViews takes them.
 */
export function fieldsOf( facets = {}, filters ) {
	const names = new Map( facets.users?.filter( ( { name } ) => name ).map( ( { id, name } ) => [ String( id ), name ] ) );
	const choices = ( id, seen = [], label = String, ready = [] ) => {
		const chosen = filters.find( ( { field } ) => field === id )?.value ?? [];
		const known = new Set( ready.map( ( { value } ) => value ) );
		const others = [ ...new Set( [ ...seen, ...chosen ].map( String ) ) ].filter( ( value ) => ! known.has( value ) );
		return [ ...ready, ...others.map( ( value ) => ( { value, label: label( value ) } ) ) ];
	};
	const text = ( id, label, seen, filterBy = ANY ) => ( {
		id,
		label,
		enableSorting: false,
		filterBy,
		elements: choices( id, seen ),
		render: ( { item } ) => <span className="aisp-log__text">{ item[ id ] || NONE }</span>,
	} );
	const figure = ( id, label, show, value = ( item ) => item[ id ] ) => ( {
		id,
		label,
		filterBy: false,
		getValue: ( { item } ) => value( item ),
		render: ( { item } ) => <span className="aisp-figure">{ show( value( item ) ) }</span>,
	} );
	const code = ( id, label, show ) => ( { id, label, enableSorting: false, filterBy: false, render: ( { item } ) => <code className="aisp-tail">{ show( item[ id ] ) || NONE }</code> } );
	return [
		{
			id: 'created_at',
			label: __( 'Time', 'ai-secure-proxy' ),
			type: 'date',
			enableHiding: false,
			filterBy: { operators: OF_TIME, isPrimary: true },
			render: ( { item } ) => <time dateTime={ item.created_at }>{ time( item.created_at ) }</time>,
		},
		{
			...text( 'user', __( 'Asked by', 'ai-secure-proxy' ) ),
			elements: choices( 'user', facets.users?.map( ( { id } ) => id ), ( id ) => userName( id, names ) ),
			getValue: ( { item } ) => String( item.user_id ),
			render: ( { item } ) => <span className="aisp-log__text">{ item.user_id ? userName( item.user_id, names ) : item.client || userName( 0, names ) }</span>,
		},
		text( 'route', __( 'Route', 'ai-secure-proxy' ), facets.routes ),
		text( 'model', __( 'Model', 'ai-secure-proxy' ), facets.models, ANY_AT_HAND ),
		{
			...text( 'status', __( 'Status', 'ai-secure-proxy' ), [], ANY_AT_HAND ),
			elements: choices( 'status', facets.statuses, String, CLASSES ),
			getValue: ( { item } ) => String( item.status_code ),
			render: ( { item } ) => <Status code={ item.status_code } />,
		},
		{
			...text( 'error', __( 'Error', 'ai-secure-proxy' ), [], ANY_AT_HAND ),
			elements: choices( 'error', facets.errors, error, ANY_ERROR ),
			render: ( { item } ) => ( item.error ? <span title={ item.error }>{ errorName( item.error ) }</span> : NONE ),
		},
		{
			...text( 'cached', __( 'Cached', 'ai-secure-proxy' ) ),
			filterBy: { operators: [ 'is' ] },
			elements: CACHED,
			getValue: ( { item } ) => String( item.cached ),
			render: ( { item } ) => ( item.cached ? __( 'Yes', 'ai-secure-proxy' ) : __( 'No', 'ai-secure-proxy' ) ),
		},
		figure( 'tokens', __( 'Tokens', 'ai-secure-proxy' ), count, ( item ) => item.tokens_in + item.tokens_out ),
		figure( 'cost_microusd', __( 'Cost', 'ai-secure-proxy' ), dollars ),
		figure( 'duration_ms', __( 'Duration', 'ai-secure-proxy' ), duration ),
		text( 'provider', __( 'Provider', 'ai-secure-proxy' ), facets.providers ),
		text( 'source', __( 'Source', 'ai-secure-proxy' ), facets.sources ),
		text( 'client', __( 'Client', 'ai-secure-proxy' ), facets.clients ),
		{ ...figure( 'attempts', __( 'Attempts', 'ai-secure-proxy' ), count ), enableSorting: false },
		code( 'request_id', __( 'Request id', 'ai-secure-proxy' ), String ),
		code( 'req_hash', __( 'Request hash', 'ai-secure-proxy' ), ( hash ) => hash.slice( 0, 12 ) ),
	];
}
