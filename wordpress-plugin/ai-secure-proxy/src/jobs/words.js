/**
 * What jobs and their items are, in words.
 */
import { __, _n, sprintf } from '@wordpress/i18n';
import { count } from '../shared/format';

export const ENDED = [ 'done', 'failed', 'cancelled' ];
export const OPEN = [ 'queued', 'running', 'waiting' ];

/** State of a job => what it is like, and its name. */
export const STATES = {
	queued: [ 'idle', __( 'Queued', 'ai-secure-proxy' ) ],
	running: [ 'busy', __( 'Running', 'ai-secure-proxy' ) ],
	waiting: [ 'busy', __( 'Waiting for provider', 'ai-secure-proxy' ) ],
	done: [ 'good', __( 'Done', 'ai-secure-proxy' ) ],
	failed: [ 'bad', __( 'Failed', 'ai-secure-proxy' ) ],
	cancelled: [ 'gone', __( 'Cancelled', 'ai-secure-proxy' ) ],
};

/** The same of an item. */
export const ITEM_STATES = {
	open: [ 'idle', __( 'Open', 'ai-secure-proxy' ) ],
	asked: [ 'busy', __( 'Asked', 'ai-secure-proxy' ) ],
	waiting: [ 'busy', __( 'Waiting for provider', 'ai-secure-proxy' ) ],
	done: [ 'good', __( 'Answered', 'ai-secure-proxy' ) ],
	failed: [ 'bad', __( 'Failed', 'ai-secure-proxy' ) ],
};

/** What stands in the way of an answer's being written. */
export const OBSTACLES = {
	gone: __( 'not written: the post is gone', 'ai-secure-proxy' ),
	forbidden: __( 'not written: who asked may not edit this field', 'ai-secure-proxy' ),
	sealed: __( 'not written: no key opens its private values', 'ai-secure-proxy' ),
};

/** The error of a job some of whose items have errors of their own. */
export const ITEMS_FAILED = 'job_items_failed';

/** An error's code, or its first word => what it means. */
const FAULTS = {
	caller: __( 'The request was refused.', 'ai-secure-proxy' ),
	policy: __( 'The settings do not allow it, or a limit is reached.', 'ai-secure-proxy' ),
	provider: __( 'The provider did not answer as it should.', 'ai-secure-proxy' ),
	store: __( 'The store could not be used.', 'ai-secure-proxy' ),
	job_abandoned: __( 'One worker after the other died over it.', 'ai-secure-proxy' ),
	job_sealed: __( 'The key that opens its private values is not set.', 'ai-secure-proxy' ),
	[ ITEMS_FAILED ]: __( 'Some prompts were not answered; each says why, below.', 'ai-secure-proxy' ),
};

export const fault = ( code ) => FAULTS[ code ] ?? FAULTS[ code.split( '_' )[ 0 ] ] ?? '';

/** What a job is: how many prompts, or what it tells somebody. */
export function title( job ) {
	if ( job.kind === 'callback' ) {
		return __( 'Callback: tells of a job’s end', 'ai-secure-proxy' );
	}
	if ( job.kind === 'cancel' ) {
		return __( 'Calls off at the provider', 'ai-secure-proxy' );
	}
	const { total } = job.progress;
	/* translators: %s: a number. */
	return sprintf( _n( '%s prompt', '%s prompts', total, 'ai-secure-proxy' ), count( total ) );
}

/** The end of an id: enough to tell jobs apart by eye. */
export const tail = ( id ) => `…${ id.slice( -8 ) }`;

export const may = {
	cancel: ( job ) => ! ENDED.includes( job.state ),
	retry: ( job ) => [ 'failed', 'cancelled' ].includes( job.state ),
	accept: ( job ) => job.preview && job.state === 'done' && job.accepted_at === null,
};
