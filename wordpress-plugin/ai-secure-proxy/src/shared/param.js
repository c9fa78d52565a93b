/**
 * What a screen shows, in its address: so that it can be linked to, and is there again after the page was loaded anew.
 */
import { useCallback, useState } from '@wordpress/element';
import { addQueryArgs, getQueryArg, removeQueryArgs } from '@wordpress/url';

/**
 * @param {string} name Of the address's query.
 * @return {Array} The value, '' for none; ( value ) => void.
 */
export function useParam( name ) {
	const [ value, setValue ] = useState( () => String( getQueryArg( window.location.href, name ) ?? '' ) );
	const change = useCallback(
		( next ) => {
			const address = window.location.href;
			window.history.replaceState( null, '', next ? addQueryArgs( address, { [ name ]: next } ) : removeQueryArgs( address, name ) );
			setValue( next );
		},
		[ name ]
	);
	return [ value, change ];
}
