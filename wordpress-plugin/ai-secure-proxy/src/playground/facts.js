/**
 * Names and values side by side.
 */
import { __, _n, sprintf } from '@wordpress/i18n';
import { count, dollars, duration } from '../shared/format';
import { redactedOf } from './redacted';

/**
 * @param {Object}  props
 * @param {Array[]} props.facts [ name, value ], without those whose value is nothing.
 */
export function Facts( { facts } ) {
	return (
		<dl className="aisp-facts">
			{ facts
				.filter( ( [ , value ] ) => value !== null && value !== undefined )
				.map( ( [ name, value ] ) => (
					<div key={ name }>
						<dt>{ name }</dt>
						<dd>{ value }</dd>
					</div>
				) ) }
		</dl>
	);
}

/** What something costs in dollars, where that is known. */
export const cost = ( usd ) => ( usd === null ? __( 'unknown: the model has no price', 'ai-secure-proxy' ) : dollars( usd * 1e6 ) );

/** How long a call took; a hit of the cache is done before a millisecond is over. */
export const took = ( ms ) => ( ms ? duration( ms ) : __( 'under 1 ms', 'ai-secure-proxy' ) );

const REASONS = {
	stop: __( 'complete', 'ai-secure-proxy' ),
	length: __( 'longest length reached', 'ai-secure-proxy' ),
	content_filter: __( 'ended by the provider’s filter', 'ai-secure-proxy' ),
	refusal: __( 'the model refused', 'ai-secure-proxy' ),
};

function cached( { cached: is, stale, age_s: age } ) {
	if ( ! is ) {
		return __( 'No, the provider answered', 'ai-secure-proxy' );
	}
	if ( age === null ) {
		return __( 'Yes, from an equal call under way', 'ai-secure-proxy' );
	}
	/* translators: %s: number of seconds. */
	const text = stale ? _n( 'Yes, expired, %s second old', 'Yes, expired, %s seconds old', age, 'ai-secure-proxy' ) : _n( 'Yes, %s second old', 'Yes, %s seconds old', age, 'ai-secure-proxy' );
	return sprintf( text, count( age ) );
}

/**
 * What a call came to.
 *
 * @param {Object}      answer          Of useAnswer().
 * @param {Object}      answer.result   It is there.
 * @param {number|null} answer.first_ms Until the first piece came.
 */
export const factsOf = ( { result, first_ms: first } ) => [
	[ __( 'Model', 'ai-secure-proxy' ), result.model ],
	[ __( 'Provider', 'ai-secure-proxy' ), result.provider ],
	[ __( 'From the cache', 'ai-secure-proxy' ), cached( result ) ],
	/* translators: 1: tokens of the question, 2: tokens of the answer. */
	[ __( 'Tokens', 'ai-secure-proxy' ), sprintf( __( '%1$s in, %2$s out', 'ai-secure-proxy' ), count( result.tokens_in ), count( result.tokens_out ) ) ],
	[ __( 'Cost', 'ai-secure-proxy' ), cost( result.cost_usd ) ],
	[ __( 'Attempts', 'ai-secure-proxy' ), count( result.attempts ) ],
	[ __( 'First words after', 'ai-secure-proxy' ), first === null ? null : duration( first ) ],
	[ __( 'Duration', 'ai-secure-proxy' ), took( result.duration_ms ) ],
	[ __( 'Finish reason', 'ai-secure-proxy' ), REASONS[ result.finish_reason ] ?? result.finish_reason ],
	[ __( 'Redacted', 'ai-secure-proxy' ), redactedOf( result.redacted ) ],
	[ __( 'Request id', 'ai-secure-proxy' ), <code key="id">{ result.request_id }</code> ],
];
