/**
 * A list whose next page begins behind the last row of the one before: nothing is skipped or seen twice while it grows.
 */
import { useCallback, useState } from '@wordpress/element';
import { call } from './api';
import { useLoaded } from './load';

/**
 * @param {string} path  '/jobs'.
 * @param {Object} query The filters; another one begins at the first page again.
 * @param {number} size  Rows a page.
 * @return {Object} rows (undefined before the first answer), fresh (whether they are of this page and filter), error, reload,
 *                  number (of the page, from 1), older and newer (null where there is no such page).
 */
export function useKeyset( path, query, size ) {
	const filter = JSON.stringify( { ...query, size } );
	const [ place, setPlace ] = useState( { filter, cursors: [] } );
	const cursors = place.filter === filter ? place.cursors : [];
	const before = cursors.at( -1 );
	const wanted = `${ filter } ${ before ?? '' }`;

	const load = useCallback(
		async ( signal ) => {
			const { size: rows, ...filters } = JSON.parse( filter );
			// One row more than is shown tells whether there is another page.
			const found = await call( path, { ...filters, before, per_page: rows + 1 }, { signal } );
			return { wanted, rows: found.slice( 0, rows ), more: found.length > rows };
		},
		[ path, filter, before, wanted ]
	);
	const { data, error, reload } = useLoaded( load );
	const turn = ( to ) => () => setPlace( { filter, cursors: to } );

	return {
		rows: data?.rows,
		fresh: data?.wanted === wanted,
		error,
		reload,
		number: cursors.length + 1,
		older: data?.wanted === wanted && data.more ? turn( [ ...cursors, data.rows.at( -1 ).id ] ) : null,
		newer: cursors.length ? turn( cursors.slice( 0, -1 ) ) : null,
	};
}
