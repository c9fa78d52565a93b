/**
 * Who enqueued jobs, by name, as far as the site tells.
 */
import apiFetch from '@wordpress/api-fetch';
import { useCallback, useEffect, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { addQueryArgs } from '@wordpress/url';

const FIELDS = 'id,name';

/** Users that somebody may filter by: getElements() of a field. */
export async function listed() {
	const users = await apiFetch( { path: addQueryArgs( '/wp/v2/users', { per_page: 100, orderby: 'name', _fields: FIELDS } ) } ).catch( () => [] );
	return [ { value: 0, label: __( 'Nobody with a login', 'ai-secure-proxy' ) }, ...users.map( ( { id, name } ) => ( { value: id, label: name } ) ) ];
}

/**
 * @param {Object[]} jobs
 * @return {Function} ( caller ) => a name.
 */
export function usePeople( jobs ) {
	const [ names, setNames ] = useState( {} );
	const wanted = [ ...new Set( jobs.map( ( { caller } ) => caller.user_id ) ) ].filter( ( id ) => id && ! ( id in names ) ).join();

	useEffect( () => {
		if ( ! wanted ) {
			return;
		}
		const ids = wanted.split( ',' );
		const learn = ( users ) => {
			const unknown = Object.fromEntries( ids.map( ( id ) => [ id, null ] ) );
			setNames( ( known ) => ( { ...known, ...unknown, ...Object.fromEntries( users.map( ( { id, name } ) => [ id, name ] ) ) } ) );
		};
		apiFetch( { path: addQueryArgs( '/wp/v2/users', { include: ids, per_page: 100, _fields: FIELDS } ) } ).then( learn, () => learn( [] ) );
	}, [ wanted ] );

	return useCallback(
		( { user_id: id, client } ) => {
			if ( id ) {
				/* translators: %d: number of a user. */
				return names[ id ] ?? sprintf( __( 'User %d', 'ai-secure-proxy' ), id );
			}
			/* translators: %s: name of a client, somebody outside who asks. */
			return client ? sprintf( __( 'Client %s', 'ai-secure-proxy' ), client ) : __( 'Nobody with a login', 'ai-secure-proxy' );
		},
		[ names ]
	);
}
