/**
 * Who may scrape the metrics.
 */
import { __ } from '@wordpress/i18n';
import { Secret } from '../fields/secret';
import { Group } from '../group';

export function Metrics( { site } ) {
	return (
		<Group name="metrics" intro={ __( 'Prometheus reads the metrics without a login if it has a bearer token.', 'ai-secure-proxy' ) }>
			<p>
				{ __( 'Address to scrape:', 'ai-secure-proxy' ) } <code className="aisp-url">{ `${ site.rest }/metrics/prometheus` }</code>
			</p>
			<Secret
				path={ [ 'metrics', 'token_env' ] }
				label={ __( 'Names of the tokens', 'ai-secure-proxy' ) }
				help={ __( 'Variables or constants that hold at least 16 bytes each. Without one, only those who manage the proxy can read them.', 'ai-secure-proxy' ) }
			/>
		</Group>
	);
}
