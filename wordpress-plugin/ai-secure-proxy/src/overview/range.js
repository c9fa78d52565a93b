/**
 * How far back the screen looks; it is in the page's address, so that it can be linked to.
 */
import { useCallback, useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { addQueryArgs, getQueryArg } from '@wordpress/url';
import { Choice } from './choice';

const USUAL = '24h';

const RANGES = {
	'1h': {
		label: __( '1 h', 'ai-secure-proxy' ),
		long: __( 'Last hour', 'ai-secure-proxy' ),
		before: __( 'the hour before', 'ai-secure-proxy' ),
	},
	'24h': {
		label: __( '24 h', 'ai-secure-proxy' ),
		long: __( 'Last 24 hours', 'ai-secure-proxy' ),
		before: __( 'the 24 hours before', 'ai-secure-proxy' ),
	},
	'7d': {
		label: __( '7 d', 'ai-secure-proxy' ),
		long: __( 'Last 7 days', 'ai-secure-proxy' ),
		before: __( 'the 7 days before', 'ai-secure-proxy' ),
	},
	'30d': {
		label: __( '30 d', 'ai-secure-proxy' ),
		long: __( 'Last 30 days', 'ai-secure-proxy' ),
		before: __( 'the 30 days before', 'ai-secure-proxy' ),
	},
};

/** What a range is called, and what comes before it. */
export const wordsOf = ( range ) => RANGES[ range ];

const ofAddress = () => {
	const range = getQueryArg( window.location.href, 'range' );
	return Object.hasOwn( RANGES, range ) ? range : USUAL;
};

/** @return {Array} The range; ( range ) => void. The browser's Back goes to the one before. */
export function useRange() {
	const [ range, setRange ] = useState( ofAddress );
	useEffect( () => {
		const back = () => setRange( ofAddress() );
		window.addEventListener( 'popstate', back );
		return () => window.removeEventListener( 'popstate', back );
	}, [] );
	const change = useCallback( ( next ) => {
		if ( next !== ofAddress() ) {
			window.history.pushState( null, '', addQueryArgs( window.location.href, { range: next } ) );
			setRange( next );
		}
	}, [] );
	return [ range, change ];
}

export const RangeChoice = ( { range, onChange } ) => (
	<Choice label={ __( 'How far back', 'ai-secure-proxy' ) } value={ range } options={ Object.entries( RANGES ).map( ( [ value, words ] ) => ( { value, ...words } ) ) } onChange={ onChange } />
);
