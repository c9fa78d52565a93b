/**
 * What is typed into the form, and the request that it makes.
 */
import { __, sprintf } from '@wordpress/i18n';

export const EMPTY = { prompt: '', system: '', model: '', max_tokens: '', temperature: '', schema: '', cache: true };

/**
 * @param {Object} draft As EMPTY, filled in.
 * @return {{request: Object, flaws: Object<string, string>}} What is wrong that only this page can see, by field; the module judges the rest.
 */
export function requestOf( draft ) {
	const request = { prompt: draft.prompt, restart: true };
	for ( const key of [ 'system', 'model' ] ) {
		if ( draft[ key ].trim() ) {
			request[ key ] = draft[ key ];
		}
	}
	for ( const key of [ 'max_tokens', 'temperature' ] ) {
		if ( draft[ key ] !== '' ) {
			request[ key ] = Number( draft[ key ] );
		}
	}
	if ( ! draft.cache ) {
		request.cache = false;
	}
	const { schema, flaw } = readSchema( draft.schema );
	if ( schema ) {
		request.schema = schema;
	}
	return { request, flaws: flaw ? { schema: flaw } : {} };
}

/**
 * @param {string} text Perhaps JSON; blank is no schema.
 * @return {{schema: Object|undefined, flaw: string|undefined}} The schema, or why it is none.
 */
export function readSchema( text ) {
	if ( ! text.trim() ) {
		return {};
	}
	try {
		const schema = JSON.parse( text );
		const is = schema && typeof schema === 'object' && ! Array.isArray( schema );
		return is ? { schema } : { flaw: __( 'A schema is a JSON object: it begins with { and ends with }.', 'ai-secure-proxy' ) };
	} catch ( error ) {
		/* translators: %s: what is wrong, in the words of the browser. */
		return { flaw: sprintf( __( 'This is not JSON yet: %s', 'ai-secure-proxy' ), error.message ) };
	}
}

/** The module says what is wrong with a type as PHP does, to who writes PHP. */
const SIGNATURE = /^aisp_\w+\(\): Argument #\d+ \(\$\w+\) key "(\w+)"/;

const FIELDS = /\b(prompt|system|model|max_tokens|temperature|schema)\b/;

/**
 * What a refusal says of a field.
 *
 * @param {Object|null} error As stream() rejects with it.
 * @return {Object<string, string>} The message by the field, where it names one.
 */
export function flawsOf( error ) {
	const message = error?.code === 'invalid_request' ? error.message.replace( SIGNATURE, '$1' ) : '';
	const [ field ] = FIELDS.exec( message ) ?? [];
	return field ? { [ field ]: message } : {};
}

/** Whether a refusal is told beside a field. */
export const isMarked = ( error ) => Object.keys( flawsOf( error ) ).length > 0;
