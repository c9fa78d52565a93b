/**
 * Sums of calls as figures that people ask for, and how much one is more than another.
 */
import { __, _n, sprintf } from '@wordpress/i18n';
import { count, dollars, percent } from '../shared/format';

const NOTHING = {
	calls: 0,
	hits: 0,
	hit_ratio: null,
	errors_4xx: 0,
	errors_5xx: 0,
	tokens_in: 0,
	tokens_out: 0,
	cost_usd: 0,
	duration_ms: { p50: null, p95: null, p99: null },
	provider_ms: { p50: null, p95: null, p99: null },
	own_ms: { p50: null, p95: null, p99: null },
};

/** A sum, also where there was no call. */
export const sumOf = ( sum ) => sum ?? NOTHING;

export const errorsOf = ( sum ) => sum.errors_4xx + sum.errors_5xx;

export const tokensOf = ( sum ) => sum.tokens_in + sum.tokens_out;

export const microusdOf = ( sum ) => Math.round( sum.cost_usd * 1e6 );

/** Micro-dollars in three digits: at a glance, the rest is noise. */
export const cost = ( microusd ) => dollars( microusd && Number( microusd.toPrecision( 3 ) ) );

/**
 * How a share has changed: by how many of its hundredths.
 *
 * @param {number|null} now
 * @param {number|null} before
 * @return {Object} As changeOf() gives it.
 */
export function pointsOf( now, before ) {
	if ( now === null || before === null ) {
		return { direction: 'unknown', text: '' };
	}
	const points = Math.round( ( now - before ) * 1000 ) / 10;
	if ( ! points ) {
		return { direction: 'same', text: '' };
	}
	/* translators: %s: by how many percentage points a share has changed. */
	const text = sprintf( _n( '%s point', '%s points', Math.abs( points ), 'ai-secure-proxy' ), count( Math.abs( points ) ) );
	return { direction: points > 0 ? 'up' : 'down', text };
}

/**
 * How a figure has changed.
 *
 * @param {number|null} now
 * @param {number|null} before
 * @return {{direction: 'up'|'down'|'same'|'unknown', text: string}} The text has no direction in it: '12%'.
 */
export function changeOf( now, before ) {
	if ( now === null || before === null || ( before === 0 && now !== 0 ) ) {
		return { direction: 'unknown', text: '' };
	}
	if ( now === before ) {
		return { direction: 'same', text: '' };
	}
	const share = Math.abs( now - before ) / before;
	const factor = now / before;
	/* translators: %s: by how much a figure has multiplied, a whole number. */
	const text = factor >= 10 ? sprintf( __( '%s×', 'ai-secure-proxy' ), count( Math.round( factor ) ) ) : percent( Number( share.toPrecision( 2 ) ) );
	return { direction: now > before ? 'up' : 'down', text };
}
