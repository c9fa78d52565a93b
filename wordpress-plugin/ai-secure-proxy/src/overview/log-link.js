/**
 * Where in the log the calls behind a figure are.
 */
import { createContext, useCallback, useContext } from '@wordpress/element';
import { dateI18n } from '@wordpress/date';
import { addQueryArgs } from '@wordpress/url';

/** The address of the screen Log. */
export const LogAddress = createContext( '' );

const day = ( at ) => dateI18n( 'Y-m-d', new Date( at * 1000 ) );

/**
 * @return {Function} ( since, until, filters ) => address. The log is filtered by days, so those around the two times are meant.
 */
export function useLog() {
	const log = useContext( LogAddress );
	return useCallback(
		( since, until, filters = {} ) => {
			const [ first, last ] = [ day( since ), day( until ) ];
			return addQueryArgs( log, { ...( first === last ? { 'date-on': first } : { 'date-between': `${ first },${ last }` } ), ...filters } );
		},
		[ log ]
	);
}
