/**
 * Settings while they are edited: plain values that are copied where they change. A path is a list of keys.
 */

/** Maps whose keys are names that somebody chose: an entry that holds nothing is still an entry. */
const NAMED = [ 'models', 'providers', 'clients', 'webhooks', 'environments', 'prices' ];
/** Maps in which the order says something. */
const ORDERED = [ 'models', 'providers' ];

const isMap = ( value ) => value !== null && typeof value === 'object' && ! Array.isArray( value );

export const at = ( value, path ) => path.reduce( ( inner, key ) => ( inner === null || typeof inner !== 'object' ? undefined : inner[ key ] ), value );

/** The entries of a map; PHP sends an empty one as a list. */
export const entries = ( value ) => ( isMap( value ) ? Object.entries( value ) : [] );

export const items = ( value ) => ( Array.isArray( value ) ? value : [] );

const keeps = ( path ) => NAMED.includes( path[ path.length - 2 ] ) || path[ path.length - 1 ] === 'tokens';

/**
 * A copy with another value in one place; `undefined` takes it out, and with it what then holds nothing.
 *
 * @param {*}     value   What is copied.
 * @param {Array} path    Where; numbers are places in lists.
 * @param {*}     changed The new value.
 * @param {Array} here    Where `value` itself is.
 */
export function put( value, path, changed, here = [] ) {
	if ( ! path.length ) {
		return changed;
	}
	const [ key, ...rest ] = path;
	const copy = typeof key === 'number' ? [ ...items( value ) ] : { ...( isMap( value ) ? value : {} ) };
	const inner = put( copy[ key ], rest, changed, [ ...here, key ] );
	if ( inner !== undefined ) {
		copy[ key ] = inner;
	} else if ( Array.isArray( copy ) ) {
		copy.splice( key, 1 );
	} else {
		delete copy[ key ];
		if ( here.length && ! Object.keys( copy ).length && ! keeps( here ) ) {
			return undefined;
		}
	}
	return copy;
}

/** A list with an item one place further up (-1) or down (1). */
export function moved( list, from, by ) {
	const copy = [ ...list ];
	const [ item ] = copy.splice( from, 1 );
	copy.splice( from + by, 0, item );
	return copy;
}

/** A text that is the same for settings that mean the same. */
export function canonical( value ) {
	const plain = ( inner, name ) => {
		if ( Array.isArray( inner ) ) {
			return inner.map( ( item ) => plain( item ) );
		}
		if ( ! isMap( inner ) ) {
			return inner;
		}
		const pairs = Object.entries( inner ).filter( ( [ , item ] ) => item !== undefined );
		const sorted = ORDERED.includes( name ) ? pairs : pairs.sort( ( [ a ], [ b ] ) => ( a < b ? -1 : 1 ) );
		return sorted.map( ( [ key, item ] ) => [ key, plain( item, key ) ] );
	};
	return JSON.stringify( plain( value ) );
}

/** The top-level keys in which settings differ. */
export const changedKeys = ( before, after ) =>
	[ ...new Set( [ ...Object.keys( before ), ...Object.keys( after ) ] ) ].filter( ( key ) => canonical( { [ key ]: before[ key ] } ) !== canonical( { [ key ]: after[ key ] } ) );

/**
 * What somebody else saved, with one's own changes over it; of a key that both have changed, one's own stays.
 *
 * @param {Object} base   What both began with.
 * @param {Object} mine   One's own.
 * @param {Object} theirs Theirs.
 */
export function merged( base, mine, theirs ) {
	return changedKeys( base, mine ).reduce( ( all, key ) => put( all, [ key ], mine[ key ] ), theirs );
}

/** Settings in which what may be said in one word is said as a map, so that there is one place for each part. */
export function unfolded( settings ) {
	const { moderate } = settings;
	const whole = typeof moderate === 'string' ? { what: moderate } : moderate;
	if ( ! isMap( whole ) ) {
		return settings;
	}
	const said = whole.what === 'none' ? put( whole, [ 'what' ], undefined ) : whole;
	const failure = typeof said.on_failure === 'string' ? { input: said.on_failure, output: said.on_failure } : said.on_failure;
	const full = failure ? { ...said, on_failure: failure } : said;
	return put( settings, [ 'moderate' ], Object.keys( full ).length ? full : undefined );
}

/** A path as flaws spell it. */
export const spelt = ( path ) => path.join( '.' );

/** Whether a place is another one or within it. */
export const within = ( place, outer ) => place === outer || place.startsWith( `${ outer }.` );
