/**
 * How long the log is kept.
 */
import { __ } from '@wordpress/i18n';
import { Figure } from '../fields/figure';
import { Group } from '../group';

export function Log() {
	return (
		<Group name="log" intro={ __( 'Old records are deleted at night, a few at a time. Figures on the screen Overview stay.', 'ai-secure-proxy' ) }>
			<Figure path={ [ 'log', 'days' ] } label={ __( 'For how many days a record is kept', 'ai-secure-proxy' ) } help={ __( '0 is for any number.', 'ai-secure-proxy' ) } />
			<Figure path={ [ 'log', 'rows' ] } label={ __( 'How many records are kept, the newest', 'ai-secure-proxy' ) } help={ __( '0 is for any number; otherwise 1000 at least.', 'ai-secure-proxy' ) } />
			<Figure path={ [ 'log', 'hour' ] } label={ __( 'At which hour of the site’s day older ones are deleted', 'ai-secure-proxy' ) } help={ __( '0 to 23, in the time zone of the site.', 'ai-secure-proxy' ) } />
		</Group>
	);
}
