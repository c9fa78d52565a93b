/**
 * How many private values were taken out of a request before it left, in words.
 */
import { __, sprintf } from '@wordpress/i18n';
import { count } from '../shared/format';

const TYPES = {
	email: __( 'e-mail address', 'ai-secure-proxy' ),
	phone: __( 'phone number', 'ai-secure-proxy' ),
	card: __( 'card number', 'ai-secure-proxy' ),
	iban: __( 'IBAN', 'ai-secure-proxy' ),
	ssn: __( 'US social security number', 'ai-secure-proxy' ),
	ip: __( 'IP address', 'ai-secure-proxy' ),
	mac: __( 'MAC address', 'ai-secure-proxy' ),
};

/**
 * @param {Object<string, number>} redacted By type; the site may have types of its own.
 * @return {string} 'e-mail address × 2, IBAN × 1'.
 */
export function redactedOf( redacted ) {
	const found = Object.entries( redacted ?? {} );
	if ( ! found.length ) {
		return __( 'nothing: no private value was found', 'ai-secure-proxy' );
	}
	/* translators: 1: type of a private value, such as e-mail address, 2: how many. */
	return found.map( ( [ type, many ] ) => sprintf( __( '%1$s × %2$s', 'ai-secure-proxy' ), TYPES[ type ] ?? type, count( many ) ) ).join( ', ' );
}
