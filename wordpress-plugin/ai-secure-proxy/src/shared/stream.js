/**
 * One prompt in, the answer out piece by piece: POST /infer/stream.
 */
import { __ } from '@wordpress/i18n';
import { call } from './api';
import { events } from './events';

/**
 * Asks.
 *
 * @param {Object}      request         As the route takes it.
 * @param {Object}      options
 * @param {string}      options.source  Which screen asks, see Rest\Source.
 * @param {AbortSignal} options.signal  Ends the call, at the provider too.
 * @param {Function}    options.onEvent ( name, data ) => void; start, delta, restart, result.
 * @return {Promise<Object>} The result; rejected with { code, message, status, retry_after } where there is none.
 */
export async function stream( request, { source, signal, onEvent } ) {
	const response = await asked( request, source, signal );
	for await ( const { name, data } of events( response.body ) ) {
		if ( name === 'error' ) {
			throw data;
		}
		onEvent( name, data );
		if ( name === 'result' ) {
			return data.result;
		}
	}
	throw { code: 'broken_off', message: __( 'The answer broke off. What there was of it is not the whole answer.', 'ai-secure-proxy' ) };
}

/**
 * What the same request would send, and at what cost. Nothing is sent.
 *
 * @param {Object}      request As the route takes it.
 * @param {string}      source  Which screen asks.
 * @param {AbortSignal} signal  Ends the call.
 * @return {Promise<Object>} The preview; rejected as by stream().
 */
export const dryRun = ( request, source, signal ) => asked( { ...request, dry_run: true }, source, signal ).then( async ( response ) => ( await response.json() ).preview );

async function asked( data, source, signal ) {
	try {
		return await call( '/infer/stream', {}, { method: 'POST', data, headers: { 'X-AISP-Source': source }, parse: false, signal } );
	} catch ( refusal ) {
		throw refusal instanceof Response ? await told( refusal ) : refusal;
	}
}

/** A refusal has its status and times in `data`; an event has them beside its message. */
async function told( response ) {
	const { code, message, data } = await response.json().catch( () => ( {} ) );
	return { code, message, status: response.status, retry_after: data?.retry_after ?? null };
}
