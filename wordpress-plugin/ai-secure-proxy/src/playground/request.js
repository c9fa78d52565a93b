/**
 * From what the form holds to what the route takes, and from what it refuses back to the form.
 */
import { __ } from '@wordpress/i18n';

export const EMPTY = { prompt: '', system: '', model: '', max_tokens: '', temperature: '', schema: '', cache: true };

const FIELDS = Object.keys( EMPTY );

/**
 * @param {Object} form What the fields hold, as text.
 * @return {{request: Object|null, flaws: Object}} No request where a field cannot be read; `flaws` says why, by field.
 */
export function requestOf( form ) {
	const flaws = {};
	const request = { prompt: form.prompt };
	if ( ! form.prompt.trim() ) {
		flaws.prompt = __( 'Write a question first.', 'ai-secure-proxy' );
	}
	for ( const name of [ 'system', 'model' ] ) {
		if ( form[ name ].trim() ) {
			request[ name ] = form[ name ];
		}
	}
	for ( const name of [ 'max_tokens', 'temperature' ] ) {
		if ( form[ name ].trim() ) {
			request[ name ] = Number( form[ name ] );
			if ( Number.isNaN( request[ name ] ) ) {
				flaws[ name ] = __( 'This must be a number.', 'ai-secure-proxy' );
			}
		}
	}
	if ( form.schema.trim() ) {
		try {
			request.schema = JSON.parse( form.schema );
		} catch ( error ) {
			flaws.schema = __( 'This is not JSON.', 'ai-secure-proxy' ) + ` ${ error.message }`;
		}
	}
	if ( ! form.cache ) {
		request.cache = false;
	}
	return { request: Object.keys( flaws ).length ? null : request, flaws };
}

/** Which field a refusal is about, by the name that its sentence begins with. */
export function fieldOf( error ) {
	const params = error?.data?.params;
	if ( params ) {
		return params;
	}
	const named = error?.data?.status === 400 && FIELDS.find( ( name ) => new RegExp( `^"?${ name }\\b` ).test( error.message ) );
	return named ? { [ named ]: error.message } : {};
}
