/**
 * POST /infer/stream: an answer, as it is being given.
 */
import apiFetch from '@wordpress/api-fetch';
import { useCallback, useEffect, useReducer, useRef } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { createParser } from 'eventsource-parser';

/**
 * Asks, and tells of each event.
 *
 * @param {Object}      request As the route takes it.
 * @param {Function}    onEvent ( name, data ) => void: start, delta, restart, result.
 * @param {AbortSignal} signal  Ends the call, also at the provider.
 * @return {Promise<void>} Rejected with an error for explain(); `data` has status and retry_after.
 */
export async function stream( request, onEvent, signal ) {
	let ended = false;
	let failure = null;
	const parser = createParser( {
		onEvent: ( { event, data } ) => {
			const told = JSON.parse( data );
			if ( event === 'error' ) {
				failure = { code: told.code, message: told.message, data: told };
			} else {
				ended = ended || event === 'result';
				onEvent( event, told );
			}
		},
	} );
	const response = await apiFetch( { path: '/ai-secure-proxy/v1/infer/stream', method: 'POST', data: request, parse: false, signal } ).catch( refused );
	const reader = response.body.pipeThrough( new window.TextDecoderStream() ).getReader();
	for ( let piece = await reader.read(); ! piece.done; piece = await reader.read() ) {
		parser.feed( piece.value );
	}
	if ( failure ) {
		throw failure;
	}
	if ( ! ended ) {
		throw { message: __( 'The answer broke off.', 'ai-secure-proxy' ) };
	}
}

/** What failed before it began is an ordinary answer with an error in it. */
async function refused( error ) {
	throw error instanceof window.Response ? await error.json().catch( () => ( {} ) ) : error;
}

const IDLE = { state: 'idle', text: '', start: null, result: null, error: null, first_ms: null };

function reduce( answer, { type, data, ms } ) {
	switch ( type ) {
		case 'ask':
			return { ...IDLE, state: 'asking' };
		case 'start':
			return { ...answer, state: 'answering', start: data, first_ms: ms };
		case 'delta':
			return { ...answer, text: answer.text + data.text };
		case 'restart':
			return { ...answer, text: '' };
		case 'result':
			return { ...answer, state: 'done', result: data.result, text: data.result.text };
		case 'fail':
			return { ...answer, state: 'failed', error: data };
		case 'stop':
			return { ...answer, state: 'stopped' };
		default:
			return IDLE;
	}
}

/**
 * One answer at a time.
 *
 * @return {{answer: Object, ask: Function, stop: Function, drop: Function, busy: boolean}} `answer` has state (idle, asking,
 *     answering, done, stopped, failed), text, start, result, error, first_ms; ask( request ) drops the one before.
 */
export function useAnswer() {
	const [ answer, tell ] = useReducer( reduce, IDLE );
	const under = useRef( null );

	const stop = useCallback( () => {
		if ( under.current ) {
			under.current.abort();
			under.current = null;
			tell( { type: 'stop' } );
		}
	}, [] );
	const drop = useCallback( () => {
		under.current?.abort();
		under.current = null;
		tell( { type: 'drop' } );
	}, [] );
	const ask = useCallback( ( request ) => {
		under.current?.abort();
		const own = new AbortController();
		const began = Date.now();
		const mine = ( action ) => under.current === own && tell( action );
		under.current = own;
		tell( { type: 'ask' } );
		stream( request, ( type, data ) => mine( { type, data, ms: Date.now() - began } ), own.signal )
			.catch( ( error ) => mine( { type: 'fail', data: error } ) )
			.finally( () => {
				if ( under.current === own ) {
					under.current = null;
				}
			} );
	}, [] );
	useEffect( () => () => under.current?.abort(), [] );

	return { answer, ask, stop, drop, busy: [ 'asking', 'answering' ].includes( answer.state ) };
}

/** Seconds until it is worth another try, where an error says so. */
export const retryAfter = ( error ) => error?.data?.retry_after ?? null;
