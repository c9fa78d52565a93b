/**
 * How long the log is kept, and where that is set.
 */
import { __, _n, sprintf } from '@wordpress/i18n';
import { count } from '../shared/format';

/**
 * @param {Object} props
 * @param {Object} props.retention days and rows; 0 is no bound.
 * @param {string} props.settings  Address of the screen.
 */
export const Kept = ( { retention, settings } ) => (
	<span>
		{ sentence( retention ) } <a href={ `${ settings }#log` }>{ __( 'Change how long', 'ai-secure-proxy' ) }</a>
	</span>
);

function sentence( { days, rows } ) {
	/* translators: %s: how many days. */
	const age = sprintf( _n( '%s day', '%s days', days, 'ai-secure-proxy' ), count( days ) );
	if ( days && rows ) {
		/* translators: 1: such as 90 days. 2: how many calls. */
		return sprintf( __( 'Kept for %1$s, the newest %2$s at most.', 'ai-secure-proxy' ), age, count( rows ) );
	}
	if ( days ) {
		/* translators: %s: such as 90 days. */
		return sprintf( __( 'Kept for %s.', 'ai-secure-proxy' ), age );
	}
	/* translators: %s: how many calls. */
	return rows ? sprintf( __( 'The newest %s are kept.', 'ai-secure-proxy' ), count( rows ) ) : __( 'Kept for ever.', 'ai-secure-proxy' );
}
