/**
 * Figures in the words of charts.
 */
import { __, sprintf } from '@wordpress/i18n';
import { count } from '../../shared/format';
import { changeOf } from '../figures';
import { wordsOf } from '../range';

/** Calls: on their axis, what is no whole number gets no mark. */
export const whole = ( value ) => ( Number.isInteger( value ) ? count( value ) : '' );

/**
 * How a figure of a range stands to the one before.
 *
 * @param {number|null} now
 * @param {number|null} before
 * @param {string}      range  '1h'.
 * @return {string} A sentence; '' where nothing can be said.
 */
export function compared( now, before, range ) {
	const { direction, text } = changeOf( now, before );
	const words = wordsOf( range ).before;
	switch ( text && direction ) {
		case 'up':
			/* translators: 1: a change such as 12% or 15×, 2: what it is compared with, such as “the hour before”. */
			return sprintf( __( '▲ %1$s compared with %2$s.', 'ai-secure-proxy' ), text, words );
		case 'down':
			/* translators: 1: a change such as 12%, 2: what it is compared with, such as “the hour before”. */
			return sprintf( __( '▼ %1$s compared with %2$s.', 'ai-secure-proxy' ), text, words );
		default:
			return '';
	}
}
