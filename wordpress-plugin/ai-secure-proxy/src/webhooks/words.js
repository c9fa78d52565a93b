/**
 * What events and sources are, in words.
 */
import { __ } from '@wordpress/i18n';

/** The source under which jobs tell of their end. */
export const JOBS = ':job';

/** State of an event => what it is like, and its name. */
export const STATES = {
	waiting: [ 'idle', __( 'Waiting', 'ai-secure-proxy' ) ],
	leased: [ 'busy', __( 'Being handled', 'ai-secure-proxy' ) ],
	done: [ 'good', __( 'Handled', 'ai-secure-proxy' ) ],
	dead: [ 'bad', __( 'Dead', 'ai-secure-proxy' ) ],
};

/** Whom one takes each scheme's signatures from. */
export const SCHEMES = {
	standard: __( 'Standard Webhooks, such as OpenAI', 'ai-secure-proxy' ),
	stripe: __( 'Stripe', 'ai-secure-proxy' ),
	github: __( 'GitHub', 'ai-secure-proxy' ),
	hex: __( 'HMAC-SHA256 in X-AISig', 'ai-secure-proxy' ),
};

export const sourceName = ( source ) => ( source === JOBS ? __( 'Ends of jobs', 'ai-secure-proxy' ) : source );

export const title = ( { type } ) => type ?? __( 'Event without a type', 'ai-secure-proxy' );

/** The job that an event tells of: null for one from outside. */
export const jobOf = ( { source, event } ) => ( source === JOBS ? event.split( ':' )[ 0 ] : null );

export const may = {
	replay: ( { state } ) => state === 'dead',
	forget: ( { state } ) => state !== 'leased',
};
