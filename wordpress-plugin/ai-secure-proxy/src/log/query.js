/**
 * What is looked at: a view of DataViews, the parameters of GET /logs, and the address of the page say the same.
 */
import { spanOf } from './days';

/** Filters that take any of several values, each under the name that the route has for it. */
const LISTS = [ 'user', 'status', 'model', 'provider', 'route', 'source', 'client', 'error' ];

/** What can be done with the filter by time. */
export const OF_TIME = [ 'inThePast', 'between', 'on', 'after', 'before' ];

const COLUMNS = [ 'user', 'route', 'model', 'status', 'error', 'cached', 'tokens', 'cost_microusd', 'duration_ms' ];

/** Columns that are there for who asks for them. */
const OPTIONAL = [ 'provider', 'source', 'client', 'attempts', 'request_id', 'req_hash' ];

const ORDERS = [ 'created_at', 'tokens', 'cost_microusd', 'duration_ms' ];

const FIGURE = { align: 'end' };

export const DEFAULT_VIEW = {
	type: 'table',
	titleField: 'created_at',
	page: 1,
	perPage: 20,
	search: '',
	sort: { field: 'created_at', direction: 'desc' },
	filters: [],
	fields: COLUMNS,
	layout: { density: 'compact', styles: { tokens: FIGURE, cost_microusd: FIGURE, duration_ms: FIGURE, attempts: FIGURE } },
};

/** A filter that was chosen and not filled in yet is none. */
const isFilled = ( { value } ) => value !== undefined && value !== null && value !== '' && value.length !== 0;

/**
 * The parameters of the route, but for those of the page.
 *
 * @param {Object} view
 */
export function filtersOf( view ) {
	const query = { search: view.search.trim() };
	for ( const { field, operator, value } of view.filters.filter( isFilled ) ) {
		Object.assign( query, field === 'created_at' ? spanOf( operator, value ) : { [ field ]: value } );
	}
	return query;
}

export const queryOf = ( view ) => ( {
	...filtersOf( view ),
	orderby: view.sort?.field,
	order: view.sort?.direction,
	page: view.page,
	per_page: view.perPage,
} );

/** Values in one parameter, with commas between them; a comma of their own is written otherwise. */
const join = ( values ) => values.map( ( value ) => String( value ).replaceAll( '%', '%25' ).replaceAll( ',', '%2C' ) ).join( ',' );
const split = ( text ) => text.split( ',' ).map( ( value ) => value.replaceAll( '%2C', ',' ).replaceAll( '%25', '%' ) );

/**
 * What the address says of a view; what is as ever is left out.
 *
 * @param {Object} view
 * @return {URLSearchParams} For viewOf().
 */
export function addressOf( view ) {
	const query = new URLSearchParams();
	for ( const { field, operator, value } of view.filters.filter( isFilled ) ) {
		const values = operator === 'inThePast' ? [ value.value, value.unit ] : [ value ].flat();
		query.set( field === 'created_at' ? `date-${ operator }` : field, join( values ) );
	}
	const usual = { s: '', orderby: 'created_at', order: 'desc', paged: 1, per_page: DEFAULT_VIEW.perPage, columns: COLUMNS.join( ',' ) };
	const rest = { s: view.search, orderby: view.sort?.field, order: view.sort?.direction, paged: view.page, per_page: view.perPage, columns: view.fields.join( ',' ) };
	for ( const [ name, value ] of Object.entries( rest ) ) {
		if ( value !== undefined && value !== usual[ name ] ) {
			query.set( name, value );
		}
	}
	return query;
}

/**
 * The view that an address speaks of.
 *
 * @param {URLSearchParams} query As addressOf() makes it, or as other screens link to.
 */
export function viewOf( query ) {
	const number = ( name, usual, most ) => Math.min( most, Math.max( 1, parseInt( query.get( name ), 10 ) || usual ) );
	const orderby = query.get( 'orderby' );
	return {
		...DEFAULT_VIEW,
		filters: [ ...query ].map( filterOf ).filter( Boolean ),
		search: query.get( 's' ) ?? '',
		page: number( 'paged', 1, Infinity ),
		perPage: number( 'per_page', DEFAULT_VIEW.perPage, 100 ),
		sort: { field: ORDERS.includes( orderby ) ? orderby : 'created_at', direction: query.get( 'order' ) === 'asc' ? 'asc' : 'desc' },
		fields: query.get( 'columns' )?.split( ',' ).filter( ( name ) => [ ...COLUMNS, ...OPTIONAL ].includes( name ) ) ?? COLUMNS,
	};
}

/** One parameter of an address as a filter; null where it is none. */
function filterOf( [ name, text ] ) {
	if ( ! text ) {
		return null;
	}
	if ( LISTS.includes( name ) ) {
		return { field: name, operator: 'isAny', value: split( text ) };
	}
	if ( name === 'cached' ) {
		return { field: name, operator: 'is', value: text };
	}
	const operator = name.replace( /^date-/, '' );
	if ( operator === name || ! OF_TIME.includes( operator ) ) {
		return null;
	}
	const [ first, second ] = split( text );
	const values = { between: [ first, second ], inThePast: { value: parseInt( first, 10 ) || 1, unit: second } };
	return { field: 'created_at', operator, value: values[ operator ] ?? first };
}
