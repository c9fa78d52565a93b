/**
 * What a request would send, and at what cost.
 */
import { speak } from '@wordpress/a11y';
import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { dryRun } from '../shared/stream';

/**
 * @param {string} source Which screen asks.
 * @return {Object} `preview`, `error`, `loading`; and run( request, onRefused ).
 */
export function useDryRun( source ) {
	const [ state, setState ] = useState( { preview: null, error: null, loading: false } );
	const running = useRef( null );
	useEffect( () => () => running.current?.abort(), [] );

	const run = useCallback(
		async ( request, onRefused ) => {
			running.current?.abort();
			const control = new AbortController();
			running.current = control;
			setState( ( { preview } ) => ( { preview, error: null, loading: true } ) );
			try {
				const preview = await dryRun( request, source, control.signal );
				setState( { preview, error: null, loading: false } );
				speak( __( 'The dry run is ready. Nothing was sent.', 'ai-secure-proxy' ) );
			} catch ( error ) {
				if ( ! control.signal.aborted ) {
					setState( { preview: null, error, loading: false } );
					onRefused( error );
				}
			}
		},
		[ source ]
	);

	return { ...state, run };
}
