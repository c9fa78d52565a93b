/**
 * All that the screen shows, in two calls, again each half minute while it is looked at.
 */
import { useCallback } from '@wordpress/element';
import { call } from '../shared/api';
import { useEvery, useLoaded } from '../shared/load';

const EVERY_MS = 30000;

/**
 * @param {string} range As GET /metrics takes it.
 * @return {Object} As useLoaded() gives it; the data are { range, metrics, status }.
 */
export function useOverview( range ) {
	const loaded = useLoaded(
		useCallback(
			async ( signal ) => {
				const [ metrics, status ] = await Promise.all( [
					call( '/metrics', { range, by: [ 'outcome', 'model', 'source' ], days: true }, { signal } ),
					call( '/status', {}, { signal } ),
				] );
				return { range, metrics, status };
			},
			[ range ]
		)
	);
	useEvery( loaded.reload, EVERY_MS );
	return loaded;
}
