/**
 * Figures and times as people read them, in the language of the page and the time zone of the site.
 */
import { dateI18n, getSettings } from '@wordpress/date';
import { __, sprintf } from '@wordpress/i18n';

const language = document.documentElement.lang || 'en';

/** What stands for a figure that nobody knows. */
export const NONE = '–';

const known = ( format ) => ( value ) => ( value === null || value === undefined ? NONE : format( value ) );

export const count = known( ( value ) => value.toLocaleString( language ) );

/** 12.3K, 4.5M. */
export const short = known( ( value ) => value.toLocaleString( language, { notation: 'compact', maximumFractionDigits: 1 } ) );

/** A share of 0 to 1. */
export const percent = known( ( value ) => value.toLocaleString( language, { style: 'percent', maximumFractionDigits: 1 } ) );

/** Micro-dollars; small sums keep the digits that make them differ from nothing. */
export const dollars = known( ( microusd ) => {
	const usd = microusd / 1e6;
	return usd.toLocaleString( language, { style: 'currency', currency: 'USD', maximumFractionDigits: usd && Math.abs( usd ) < 0.1 ? 6 : 2 } );
} );

/** Bytes, in the unit that leaves few digits. */
export const bytes = known( ( value ) => {
	const step = value < 1 ? 0 : Math.min( 3, Math.floor( Math.log10( value ) / 3 ) );
	const unit = [ 'byte', 'kilobyte', 'megabyte', 'gigabyte' ][ step ];
	return ( value / ( 1000 ** step ) ).toLocaleString( language, { style: 'unit', unit, unitDisplay: step ? 'short' : 'long', maximumFractionDigits: step ? 1 : 0 } );
} );

/** Milliseconds, in the unit that leaves few digits. */
export const duration = known( ( ms ) => {
	if ( ms > 0 && ms < 1 ) {
		/* translators: %s: a number of microseconds. */
		return sprintf( __( '%s µs', 'ai-secure-proxy' ), count( Math.round( ms * 1000 ) ) );
	}
	if ( ms < 1000 ) {
		/* translators: %s: a number of milliseconds. */
		return sprintf( __( '%s ms', 'ai-secure-proxy' ), ms.toLocaleString( language, { maximumFractionDigits: ms < 10 ? 1 : 0 } ) );
	}
	/* translators: %s: a number of seconds. */
	return sprintf( __( '%s s', 'ai-secure-proxy' ), ( ms / 1000 ).toLocaleString( language, { maximumFractionDigits: 1 } ) );
} );

/** A Unix time in seconds, or a text that says a time. */
export const time = known( ( when ) => {
	const { date, time: clock } = getSettings().formats;
	return dateI18n( `${ date } ${ clock }`, typeof when === 'number' ? new Date( when * 1000 ) : when );
} );
