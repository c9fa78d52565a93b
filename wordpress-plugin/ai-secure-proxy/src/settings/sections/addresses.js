/**
 * From where calls may come: addresses, proxies, other origins.
 */
import { __ } from '@wordpress/i18n';
import { Entries } from '../entries';
import { Lines } from '../fields/lines';
import { Group } from '../group';

export function Addresses() {
	return (
		<>
			<Group
				name="allow"
				title={ __( 'Allowlists', 'ai-secure-proxy' ) }
				intro={ __( 'Which addresses and networks may call a route; elsewhere it is 403. The nearest entry counts, and / is above all routes: mind that this screen uses them, too.', 'ai-secure-proxy' ) }
			>
				<Entries
					path={ [ 'allow' ] }
					adds={ __( 'Add a route', 'ai-secure-proxy' ) }
					label={ __( 'A further route', 'ai-secure-proxy' ) }
					help={ __( 'Such as /infer or /webhook/stripe.', 'ai-secure-proxy' ) }
					empty={ <p>{ __( 'Every route may be called from everywhere.', 'ai-secure-proxy' ) }</p> }
					fresh={ () => [] }
				>
					{ ( path ) => <Lines path={ path } empty={ [] } label={ __( 'Addresses and networks, one a line', 'ai-secure-proxy' ) } help={ __( 'None: nobody. Such as 203.0.113.0/24 or 2001:db8::/32', 'ai-secure-proxy' ) } /> }
				</Entries>
			</Group>
			<Group
				name="proxies"
				title={ __( 'Proxies', 'ai-secure-proxy' ) }
				intro={ __( 'Proxies and load balancers of your own in front of this site. Only their word on where a request comes from (X-Forwarded-For) is believed.', 'ai-secure-proxy' ) }
			>
				<Lines path={ [ 'proxies' ] } label={ __( 'Addresses and networks, one a line', 'ai-secure-proxy' ) } />
			</Group>
			<Group
				name="origins"
				title={ __( 'Origins', 'ai-secure-proxy' ) }
				intro={ __( 'Other sites whose pages may ask with a token and read the answers.', 'ai-secure-proxy' ) }
			>
				<Lines path={ [ 'origins' ] } label={ __( 'Origins, one a line', 'ai-secure-proxy' ) } help={ __( 'As browsers send them: https://www.example.com', 'ai-secure-proxy' ) } />
			</Group>
		</>
	);
}
