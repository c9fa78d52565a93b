/**
 * Whose webhooks are taken.
 */
import { CheckboxControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useEdit } from '../context';
import { Entries } from '../entries';
import { Choice } from '../fields/choice';
import { Duration } from '../fields/duration';
import { Secret } from '../fields/secret';
import { Group } from '../group';

const schemes = () => [
	{ value: 'standard', label: __( 'Standard Webhooks (OpenAI, Svix)', 'ai-secure-proxy' ) },
	{ value: 'stripe', label: __( 'Stripe', 'ai-secure-proxy' ) },
	{ value: 'github', label: __( 'GitHub', 'ai-secure-proxy' ) },
	{ value: 'hex', label: __( 'HMAC-SHA256 of the body in X-AISig', 'ai-secure-proxy' ) },
];

function Dedupe( { path } ) {
	const { value, set } = useEdit( path );
	return (
		<CheckboxControl
			__nextHasNoMarginBottom
			label={ __( 'Remember events, so that one that comes twice acts once', 'ai-secure-proxy' ) }
			checked={ value !== false }
			onChange={ ( checked ) => set( checked ? undefined : false ) }
		/>
	);
}

export function Webhooks( { site } ) {
	return (
		<Group name="webhooks" intro={ __( 'Events from providers and others, at an address for each source. What is not signed as it should be is refused.', 'ai-secure-proxy' ) }>
			<Entries
				path={ [ 'webhooks' ] }
				adds={ __( 'Add a source', 'ai-secure-proxy' ) }
				label={ __( 'Name of a further source', 'ai-secure-proxy' ) }
				help={ __( 'The last part of its address; “default” is /webhook itself.', 'ai-secure-proxy' ) }
				empty={ <p>{ __( 'No webhooks are taken. Add a source for each sender.', 'ai-secure-proxy' ) }</p> }
				fresh={ () => ( { scheme: 'standard' } ) }
			>
				{ ( path, name ) => (
					<>
						<p>
							{ __( 'Address to give to the sender:', 'ai-secure-proxy' ) } <code className="aisp-url">{ `${ site.rest }/webhook${ name === 'default' ? '' : `/${ name }` }` }</code>
						</p>
						<Choice path={ [ ...path, 'scheme' ] } label={ __( 'How it signs', 'ai-secure-proxy' ) } options={ schemes() } />
						<Secret path={ [ ...path, 'secret_env' ] } label={ __( 'Names of its secrets', 'ai-secure-proxy' ) } help={ __( 'Several with a comma between, to change one without a gap.', 'ai-secure-proxy' ) } />
						<Duration path={ [ ...path, 'tolerance' ] } label={ __( 'How far its clock may be from ours', 'ai-secure-proxy' ) } otherwise={ 300 } />
						<Dedupe path={ [ ...path, 'dedupe' ] } />
					</>
				) }
			</Entries>
		</Group>
	);
}
