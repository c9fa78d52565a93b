/**
 * What comes from a route and is shown: loaded when it is wanted, again when something changes, the last of several wins.
 */
import { useCallback, useEffect, useState } from '@wordpress/element';

/**
 * @param {Function} load ( signal ) => Promise; memoised by useCallback on what it depends on.
 * @return {{data: *, error: Object|null, loading: boolean, reload: Function}} While it loads again, the old data stay.
 */
export function useLoaded( load ) {
	const [ state, setState ] = useState( { data: undefined, error: null, loading: true } );
	const [ round, setRound ] = useState( 0 );
	const reload = useCallback( () => setRound( ( count ) => count + 1 ), [] );

	useEffect( () => {
		const stop = new AbortController();
		setState( ( { data } ) => ( { data, error: null, loading: true } ) );
		load( stop.signal ).then(
			( data ) => stop.signal.aborted || setState( { data, error: null, loading: false } ),
			( error ) => stop.signal.aborted || setState( ( { data } ) => ( { data, error, loading: false } ) )
		);
		return () => stop.abort();
	}, [ load, round ] );

	return { ...state, reload };
}

/**
 * Calls again and again while the page is looked at.
 *
 * @param {Function} act   What to do.
 * @param {number}   every Milliseconds; 0 is never.
 */
export function useEvery( act, every ) {
	useEffect( () => {
		if ( ! every ) {
			return;
		}
		const timer = setInterval( () => document.hidden || act(), every );
		return () => clearInterval( timer );
	}, [ act, every ] );
}
