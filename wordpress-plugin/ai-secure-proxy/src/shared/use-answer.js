/**
 * A question and what becomes of its answer while it comes.
 */
import { speak } from '@wordpress/a11y';
import { useCallback, useEffect, useRef, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { stream } from './stream';

const NOTHING = { state: 'idle', text: '', result: null, error: null, restarted: false, first_ms: null };

/**
 * The answer is read out once it is whole, not piece by piece.
 *
 * @param {string} source  Which screen asks.
 * @param {Object} earlier What there is to begin with: the `state`, `text` and `result` of an earlier answer.
 * @return {Object} `state` is idle, asking (nothing has come), coming, done, stopped or failed; `text`, `result`, `error`;
 *                  `restarted`: the answer began anew; `first_ms`: until the first piece. And ask( makeRequest, onRefused ),
 *                  which gives the result or null, stop() and clear().
 */
export function useAnswer( source, earlier = NOTHING ) {
	const [ answer, setAnswer ] = useState( { ...NOTHING, ...earlier } );
	const running = useRef( null );
	const stop = useCallback( () => running.current?.abort(), [] );
	useEffect( () => stop, [ stop ] );

	const ask = useCallback(
		async ( makeRequest, onRefused ) => {
			stop();
			const control = new AbortController();
			const began = performance.now();
			running.current = control;
			const change = ( changes ) => running.current === control && setAnswer( ( now ) => ( { ...now, ...changes( now ) } ) );
			setAnswer( { ...NOTHING, state: 'asking' } );
			speak( __( 'The question was sent.', 'ai-secure-proxy' ) );

			const onEvent = ( name, data ) => {
				if ( name === 'delta' ) {
					change( ( { text, first_ms: first } ) => ( { state: 'coming', text: text + data.text, first_ms: first ?? performance.now() - began } ) );
				} else if ( name === 'restart' ) {
					change( () => ( { state: 'asking', text: '', restarted: true } ) );
				}
			};
			try {
				const result = await stream( await makeRequest(), { source, signal: control.signal, onEvent } );
				change( () => ( { state: 'done', text: result.text, result } ) );
				speak( result.text );
				return result;
			} catch ( error ) {
				if ( control.signal.aborted ) {
					change( () => ( { state: 'stopped' } ) );
					speak( __( 'The answer was stopped.', 'ai-secure-proxy' ) );
				} else {
					change( () => ( { state: 'failed', error } ) );
					onRefused?.( error );
				}
				return null;
			}
		},
		[ source, stop ]
	);

	const clear = useCallback( () => {
		stop();
		running.current = null;
		setAnswer( NOTHING );
	}, [ stop ] );

	return { ...answer, busy: [ 'asking', 'coming' ].includes( answer.state ), ask, stop, clear };
}
