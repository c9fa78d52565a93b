/**
 * The plugin's own routes.
 */
import apiFetch from '@wordpress/api-fetch';
import { __ } from '@wordpress/i18n';
import { addQueryArgs } from '@wordpress/url';

const BASE = '/ai-secure-proxy/v1';

/**
 * What a route answers.
 *
 * @param {string} path    '/metrics'.
 * @param {Object} query   Of it, what is neither undefined nor an empty text is sent.
 * @param {Object} options As apiFetch takes them: method, data, signal, parse.
 * @return {Promise<*>} The answer; rejected with an error for explain().
 */
export const call = ( path, query = {}, options = {} ) => apiFetch( { path: addQueryArgs( BASE + path, given( query ) ), ...options } );

/**
 * One page of a list, and how many there are in all.
 *
 * @param {string}      path   '/logs'.
 * @param {Object}      query  As for call().
 * @param {AbortSignal} signal Ends the call.
 * @return {Promise<{rows: Object[], total: number, pages: number, headers: Headers}>} The page.
 */
export async function page( path, query, signal ) {
	const response = await call( path, query, { parse: false, signal } ).catch( read );
	const number = ( name ) => Number( response.headers.get( name ) ?? 0 );
	return {
		rows: await response.json(),
		total: number( 'X-WP-Total' ),
		pages: number( 'X-WP-TotalPages' ),
		headers: response.headers,
	};
}

/**
 * What to tell of a call that failed.
 *
 * @param {Object} error As call() rejects with it; where a parameter is wrong, WordPress's own message only names it.
 * @return {string} A sentence.
 */
export const explain = ( error ) => Object.values( error?.data?.params ?? {} )[ 0 ] || error?.message || __( 'The site did not answer. Try again in a moment.', 'ai-secure-proxy' );

/**
 * The error of a call whose answer was wanted as it is: apiFetch rejects with the response then.
 *
 * @param {Response|Object} error
 */
const read = async ( error ) => {
	throw error instanceof window.Response ? await error.json().catch( () => ( {} ) ) : error;
};

const given = ( query ) => Object.fromEntries( Object.entries( query ).filter( ( [ , value ] ) => value !== undefined && value !== '' ) );
