/**
 * What GET /metrics answers, as series over time: one value a step, also for steps without a call.
 */
import { __ } from '@wordpress/i18n';
import { dateI18n, getSettings, gmdateI18n } from '@wordpress/date';

const SECONDS = { minute: 60, hour: 3600, day: 86400 };

/** Series beyond these are added up to one. */
const MOST = 5;

/** @return {number[]} When each step of the range begins, as a Unix time; steps are counted in UTC. */
export function stepsOf( { since, until, step } ) {
	const length = SECONDS[ step ];
	const first = since - ( since % length );
	return Array.from( { length: Math.floor( ( until - first ) / length ) + 1 }, ( unused, at ) => first + ( at * length ) );
}

/** When a step is, in few letters and in full, and whether it is one to mark on an axis: days are those of UTC, all else is in the site's time zone. */
export function timesOf( metrics ) {
	const { date, time } = getSettings().formats;
	const long = metrics.until - metrics.since > 2 * SECONDS.day;
	const of = ( letter, at ) => Number( dateI18n( letter, new Date( at * 1000 ) ) );
	const round = {
		minute: ( at ) => of( 'i', at ) % 10 === 0,
		hour: ( at ) => of( 'G', at ) % ( long ? 24 : 3 ) === 0,
		day: () => true,
	};
	const show = ( format ) => ( at ) => ( metrics.step === 'day' ? gmdateI18n : dateI18n )( format, new Date( at * 1000 ) );
	/* translators: date format of a day and month on the axis of a chart, see https://www.php.net/manual/datetime.format.php. */
	const day = __( 'M j', 'ai-secure-proxy' );
	return {
		short: show( long ? day : time ),
		isRound: round[ metrics.step ],
		full: show( metrics.step === 'day' ? date : `${ date } ${ time }` ),
	};
}

/**
 * One series of ungrouped points.
 *
 * @param {number[]} steps  As stepsOf() gives them.
 * @param {Object[]} points As the route gives them.
 * @param {Function} value  ( point ) => number|null.
 * @param {*}        none   What a step without calls is.
 */
export function seriesOf( steps, points, value, none = 0 ) {
	const known = new Map( points.map( ( point ) => [ point.time, point ] ) );
	return steps.map( ( at ) => ( known.has( at ) ? value( known.get( at ) ) : none ) );
}

/**
 * The series of each name, the largest first; what is more than a few is added up as the last.
 *
 * @param {number[]} steps  As stepsOf() gives them.
 * @param {Object[]} points With names.
 * @param {Function} value  ( point ) => number.
 * @param {Function} label  ( name ) => what it is called; names that are called alike are one series.
 * @return {Array<{name: string|null, label: string, values: number[], sum: number}>} `name` is null where it stands for several.
 */
export function seriesByName( steps, points, value, label ) {
	const place = new Map( steps.map( ( at, index ) => [ at, index ] ) );
	const all = new Map();
	for ( const point of points ) {
		const called = label( point.name );
		const series = all.get( called ) ?? { name: point.name, label: called, values: steps.map( () => 0 ), sum: 0 };
		const worth = value( point );
		if ( place.has( point.time ) ) {
			series.values[ place.get( point.time ) ] += worth;
			series.sum += worth;
		}
		series.name = series.name === point.name ? series.name : null;
		all.set( called, series );
	}
	const sorted = [ ...all.values() ].filter( ( { sum } ) => sum > 0 ).sort( ( one, other ) => other.sum - one.sum );
	return sorted.length > MOST + 1 ? [ ...sorted.slice( 0, MOST ), together( sorted.slice( MOST ) ) ] : sorted;
}

const together = ( series ) => ( {
	name: null,
	label: __( 'Others', 'ai-secure-proxy' ),
	values: series[ 0 ].values.map( ( unused, at ) => series.reduce( ( sum, { values } ) => sum + values[ at ], 0 ) ),
	sum: series.reduce( ( sum, one ) => sum + one.sum, 0 ),
} );
