/**
 * A time, as long ago as it is; the date on hovering and for who listens.
 */
import { humanTimeDiff } from '@wordpress/date';
import { NONE, time } from './format';

const iso = ( at ) => new Date( at * 1000 ).toISOString();

/**
 * @param {Object}      props
 * @param {number|null} props.at A Unix time.
 */
export const Ago = ( { at } ) =>
	at === null ? (
		NONE
	) : (
		<time dateTime={ iso( at ) } title={ time( at ) }>
			{ humanTimeDiff( iso( at ) ) }
		</time>
	);

/** The same as date and time. */
export const At = ( { at } ) => ( at === null ? NONE : <time dateTime={ iso( at ) }>{ time( at ) }</time> );
