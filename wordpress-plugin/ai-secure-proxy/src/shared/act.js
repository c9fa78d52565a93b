/**
 * Does something with several things at the same time, and tells what came of it.
 */
import { useCallback } from '@wordpress/element';
import { _n, sprintf } from '@wordpress/i18n';
import { explain } from './api';
import { useTell } from './screen';

/**
 * @param {Function} reload Called once all is done.
 * @return {Function} ( things, send, told ) => Promise; send( thing ) => Promise, told( count, answers ) => what to tell of those that went well.
 */
export function useAct( reload ) {
	const tell = useTell();
	return useCallback(
		async ( things, send, told ) => {
			const ends = await Promise.allSettled( things.map( send ) );
			const failed = ends.filter( ( { status } ) => status === 'rejected' );
			const answers = ends.filter( ( { status } ) => status === 'fulfilled' ).map( ( { value } ) => value );
			if ( answers.length ) {
				tell( told( answers.length, answers ) );
			}
			if ( failed.length ) {
				const reason = explain( failed[ 0 ].reason );
				/* translators: 1: how many, 2: a sentence that says why. */
				const some = _n( '%1$d could not be: %2$s', '%1$d could not be: %2$s', failed.length, 'ai-secure-proxy' );
				tell( ends.length === 1 ? reason : sprintf( some, failed.length, reason ) );
			}
			reload();
		},
		[ tell, reload ]
	);
}

