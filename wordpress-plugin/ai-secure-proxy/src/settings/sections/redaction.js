/**
 * What is taken out of questions before they leave the server.
 */
import { CheckboxControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useEdit } from '../context';
import { Entries } from '../entries';
import { Text } from '../fields/text';
import { Group } from '../group';

const types = () => [
	[ 'email', __( 'E-mail addresses', 'ai-secure-proxy' ) ],
	[ 'phone', __( 'Phone numbers', 'ai-secure-proxy' ) ],
	[ 'card', __( 'Card numbers', 'ai-secure-proxy' ) ],
	[ 'iban', __( 'IBANs', 'ai-secure-proxy' ) ],
	[ 'ssn', __( 'US social security numbers', 'ai-secure-proxy' ) ],
	[ 'ip', __( 'IP addresses', 'ai-secure-proxy' ) ],
	[ 'mac', __( 'MAC addresses', 'ai-secure-proxy' ) ],
];

function Type( { name, label } ) {
	const { value, set } = useEdit( [ 'redact', name ] );
	return <CheckboxControl __nextHasNoMarginBottom label={ label } checked={ value !== false } onChange={ ( checked ) => set( checked ? undefined : false ) } />;
}

export function Redaction() {
	const { value, set } = useEdit( [ 'redact' ] );
	const isOn = value !== false;
	return (
		<Group
			name="redact"
			intro={ __( 'Private values are replaced by placeholders such as [EMAIL_1] before anything is sent, kept or logged, and put back into the answer for the one who asked.', 'ai-secure-proxy' ) }
		>
			<CheckboxControl __nextHasNoMarginBottom label={ __( 'Replace private values', 'ai-secure-proxy' ) } checked={ isOn } onChange={ ( checked ) => set( checked ? undefined : false ) } />
			{ ! isOn && <p className="aisp-warning">{ __( 'Questions are sent to the provider, and kept, as they are.', 'ai-secure-proxy' ) }</p> }
			{ isOn && (
				<>
					<fieldset className="aisp-part">
						<legend>{ __( 'What counts as private', 'ai-secure-proxy' ) }</legend>
						{ types().map( ( [ name, label ] ) => (
							<Type key={ name } name={ name } label={ label } />
						) ) }
					</fieldset>
					<div className="aisp-part">
						<h4>{ __( 'Patterns of your own', 'ai-secure-proxy' ) }</h4>
						<Entries
							path={ [ 'redact', 'patterns' ] }
							adds={ __( 'Add a pattern', 'ai-secure-proxy' ) }
							label={ __( 'Name of a further pattern', 'ai-secure-proxy' ) }
							help={ __( 'Placeholders carry it: ticket becomes [TICKET_1].', 'ai-secure-proxy' ) }
							fresh={ () => '' }
						>
							{ ( path ) => <Text path={ path } label={ __( 'Regular expression', 'ai-secure-proxy' ) } placeholder="T-[0-9]+" className="aisp-code" /> }
						</Entries>
					</div>
				</>
			) }
		</Group>
	);
}
