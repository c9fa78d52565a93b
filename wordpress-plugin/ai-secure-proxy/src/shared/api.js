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
	const response = await call( path, query, { parse: false, signal } );
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
 * @param {Object} error As call() rejects with it.
 * @return {string} A sentence.
 */
export const explain = ( error ) => error?.message || __( 'The site did not answer. Try again in a moment.', 'ai-secure-proxy' );

const given = ( query ) => Object.fromEntries( Object.entries( query ).filter( ( [ , value ] ) => value !== undefined && value !== '' ) );
