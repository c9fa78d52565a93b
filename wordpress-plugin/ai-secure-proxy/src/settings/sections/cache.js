/**
 * How long answers are kept.
 */
import { __ } from '@wordpress/i18n';
import { Duration } from '../fields/duration';
import { Figure } from '../fields/figure';
import { Group } from '../group';

export function Cache() {
	return (
		<Group name="cache" intro={ __( 'The same question of the same site is answered from the cache, at no cost. Answers are kept on this server, with placeholders for private values.', 'ai-secure-proxy' ) }>
			<Duration path={ [ 'cache', 'ttl' ] } label={ __( 'How long an answer is kept', 'ai-secure-proxy' ) } help={ __( '0 switches the cache off.', 'ai-secure-proxy' ) } />
			<Duration
				path={ [ 'cache', 'stale' ] }
				label={ __( 'How long it will do after that, while the providers fail', 'ai-secure-proxy' ) }
				help={ __( 'Such an answer is marked as stale.', 'ai-secure-proxy' ) }
			/>
			<Figure path={ [ 'cache', 'epoch' ] } label={ __( 'Epoch', 'ai-secure-proxy' ) } help={ __( 'A higher number makes the proxy forget all answers at once.', 'ai-secure-proxy' ) } />
		</Group>
	);
}
