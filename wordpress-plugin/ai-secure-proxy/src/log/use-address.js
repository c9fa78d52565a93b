/**
 * What is looked at, which the page's address says too: it can be linked to, and the browser's Back goes to what was before.
 */
import { useCallback, useEffect, useState } from '@wordpress/element';
import { addressOf, viewOf } from './query';

/** The parameter of the call that is open. */
const CALL = 'call';

const asked = () => new URLSearchParams( window.location.search );
const read = () => ( { view: viewOf( asked() ), callId: asked().get( CALL ) ?? '' } );

/**
 * @return {Object} view and setView, as DataViews takes them; callId ('' is none) and setCallId. Another view closes the call.
 */
export function useAddress() {
	const [ state, setState ] = useState( read );
	const change = useCallback( ( { view, callId } ) => {
		setState( { view, callId } );
		const url = new URL( window.location.href );
		const query = addressOf( view );
		query.set( 'page', url.searchParams.get( 'page' ) );
		if ( callId ) {
			query.set( CALL, callId );
		}
		url.search = query.toString();
		if ( url.href !== window.location.href ) {
			window.history.pushState( null, '', url );
		}
	}, [] );
	useEffect( () => {
		const back = () => setState( read() );
		window.addEventListener( 'popstate', back );
		return () => window.removeEventListener( 'popstate', back );
	}, [] );
	const { view } = state;
	return {
		...state,
		setView: useCallback( ( next ) => change( { view: next, callId: '' } ), [ change ] ),
		setCallId: useCallback( ( callId ) => change( { view, callId } ), [ change, view ] ),
	};
}
