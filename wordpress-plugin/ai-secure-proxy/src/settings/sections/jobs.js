/**
 * What jobs may be, and how long they are kept.
 */
import { __ } from '@wordpress/i18n';
import { Duration } from '../fields/duration';
import { Figure } from '../fields/figure';
import { Secret } from '../fields/secret';
import { Group } from '../group';

export function Jobs() {
	return (
		<Group name="jobs" intro={ __( 'Work that goes on in the background, and outlives the request that asked for it.', 'ai-secure-proxy' ) }>
			<Duration path={ [ 'jobs', 'keep' ] } label={ __( 'How long a job is kept after its end, with its answers', 'ai-secure-proxy' ) } />
			<Figure path={ [ 'jobs', 'max_items' ] } label={ __( 'Most prompts of one job', 'ai-secure-proxy' ) } />
			<Figure path={ [ 'jobs', 'max_bytes' ] } label={ __( 'Most bytes of one job', 'ai-secure-proxy' ) } />
			<Figure path={ [ 'jobs', 'max_attempts' ] } label={ __( 'How often a prompt is tried', 'ai-secure-proxy' ) } />
			<Figure path={ [ 'jobs', 'timeout_ms' ] } label={ __( 'Deadline of one call, in milliseconds', 'ai-secure-proxy' ) } />
			<Secret
				path={ [ 'jobs', 'key_env' ] }
				label={ __( 'Names of the keys that seal private values of jobs', 'ai-secure-proxy' ) }
				help={ __( 'The first one that is set seals; all of them open.', 'ai-secure-proxy' ) }
				usual="AISP_JOB_KEY, AUTH_KEY"
			/>
			<Secret
				path={ [ 'jobs', 'callback_env' ] }
				label={ __( 'Names of the keys that sign callbacks', 'ai-secure-proxy' ) }
				help={ __( 'Without one, nobody can have the end of a job told to an address of theirs.', 'ai-secure-proxy' ) }
			/>
		</Group>
	);
}
