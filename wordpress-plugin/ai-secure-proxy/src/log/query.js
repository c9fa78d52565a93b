/**
 * What is looked at: a view of DataViews, the parameters of GET /logs, and the address of the page say the same.
 */
import { getDate } from '@wordpress/date';

/** Filters that take any of several values, each under the name that the route has for it. */
const LISTS = [ 'user', 'status', 'model', 'provider', 'route', 'source', 'client', 'error' ];

const COLUMNS = [ 'created_at', 'user', 'route', 'model', 'provider', 'status', 'error', 'cached', 'tokens', 'cost_microusd', 'duration_ms' ];

export const DEFAULT_VIEW = {
	type: 'table',
	page: 1,
	perPage: 20,
	search: '',
	sort: { field: 'created_at', direction: 'desc' },
	filters: [],
	fields: COLUMNS,
	layout: { density: 'compact' },
};

/** The parameters of the route, but for those of the page. */
export function filtersOf( view ) {
	const query = { search: view.search?.trim() };
	for ( const { field, operator, value } of view.filters ?? [] ) {
		if ( value === undefined || value === null || value === '' || value.length === 0 ) {
			continue; // Chosen, and not filled in yet.
		}
		Object.assign( query, field === 'created_at' ? span( operator, value ) : { [ field ]: [ value ].flat().join( ',' ) } );
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

/** Days are those of the site's time zone; the route wants to know from when to when. */
function span( operator, value ) {
	const midnight = ( day, later = 0 ) => {
		const date = getDate( `${ day.slice( 0, 10 ) }T00:00:00` );
		date.setDate( date.getDate() + later );
		return date.toISOString().replace( /\.\d+/, '' );
	};
	switch ( operator ) {
		case 'between':
			return value[ 0 ] && value[ 1 ] ? { after: midnight( value[ 0 ] ), before: midnight( value[ 1 ], 1 ) } : {};
		case 'on':
			return { after: midnight( value ), before: midnight( value, 1 ) };
		case 'before':
			return { before: midnight( value ) };
		case 'after':
			return { after: midnight( value, 1 ) };
		default:
			return {};
	}
}

/** What the address says of a view; what is as ever is left out. */
export function addressOf( view ) {
	const query = new URLSearchParams();
	for ( const { field, operator, value } of view.filters ?? [] ) {
		if ( value !== undefined && value !== null && value.length !== 0 ) {
			query.set( field === 'created_at' ? `date-${ operator }` : field, [ value ].flat().join( ',' ) );
		}
	}
	const rest = { s: view.search, orderby: view.sort?.field, order: view.sort?.direction, paged: view.page, per_page: view.perPage, columns: view.fields?.join( ',' ) };
	const usual = { s: '', orderby: 'created_at', order: 'desc', paged: 1, per_page: DEFAULT_VIEW.perPage, columns: COLUMNS.join( ',' ) };
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
	const filters = [];
	for ( const [ name, text ] of query ) {
		if ( LISTS.includes( name ) ) {
			filters.push( { field: name, operator: 'isAny', value: name === 'user' ? text.split( ',' ).map( Number ) : text.split( ',' ) } );
		} else if ( name === 'cached' ) {
			filters.push( { field: name, operator: 'is', value: text } );
		} else if ( /^date-(on|before|after|between)$/.test( name ) ) {
			const operator = name.slice( 5 );
			filters.push( { field: 'created_at', operator, value: operator === 'between' ? text.split( ',' ) : text } );
		}
	}
	const number = ( name, fallback ) => Math.max( 1, parseInt( query.get( name ), 10 ) || fallback );
	return {
		...DEFAULT_VIEW,
		filters,
		search: query.get( 's' ) ?? '',
		page: number( 'paged', 1 ),
		perPage: Math.min( 100, number( 'per_page', DEFAULT_VIEW.perPage ) ),
		sort: { field: query.get( 'orderby' ) ?? 'created_at', direction: query.get( 'order' ) === 'asc' ? 'asc' : 'desc' },
		fields: query.get( 'columns' )?.split( ',' ).filter( ( name ) => COLUMNS.includes( name ) || OPTIONAL.includes( name ) ) ?? COLUMNS,
	};
}

/** Columns that are there for who asks for them. */
const OPTIONAL = [ 'source', 'client', 'attempts', 'request_id', 'req_hash' ];
