/**
 * Days, which are those of the site's time zone, as the moments that the route asks for.
 */
import { dateI18n, getDate } from '@wordpress/date';

const DAY = /^\d{4}-\d\d-\d\d/;

/** The day so many days, weeks, months or years after another; both as 2026-11-23. */
function shift( day, by, unit = 'days' ) {
	const date = new Date( `${ day }T00:00:00Z` );
	if ( unit === 'years' || unit === 'months' ) {
		date.setUTCMonth( date.getUTCMonth() + ( unit === 'years' ? 12 * by : by ) );
	} else {
		date.setUTCDate( date.getUTCDate() + ( unit === 'weeks' ? 7 * by : by ) );
	}
	return date.toISOString().slice( 0, 10 );
}

/** When a day begins. */
const midnight = ( day ) => getDate( `${ day }T00:00:00` ).toISOString().replace( /\.\d+/, '' );

/**
 * @param {string} operator What DataViews calls it.
 * @param {*}      value    A day, two of them, or { value, unit }.
 * @return {Object} after and before, where they are bounds; nothing for what is no day.
 */
export function spanOf( operator, value ) {
	if ( operator === 'inThePast' ) {
		return value.value > 0 ? { after: midnight( shift( dateI18n( 'Y-m-d' ), -value.value, value.unit ) ) } : {};
	}
	const days = [ value ].flat().map( ( day ) => DAY.exec( day )?.[ 0 ] );
	if ( ! days.every( Boolean ) ) {
		return {};
	}
	const [ first, last = first ] = days;
	return {
		between: { after: midnight( first ), before: midnight( shift( last, 1 ) ) },
		on: { after: midnight( first ), before: midnight( shift( first, 1 ) ) },
		after: { after: midnight( shift( first, 1 ) ) },
		before: { before: midnight( first ) },
	}[ operator ];
}
