/**
 * A panel beside the post: its summary, as the post is in the editor now.
 */
import { PluginDocumentSettingPanel } from '@wordpress/editor';
import { __ } from '@wordpress/i18n';
import { registerPlugin } from '@wordpress/plugins';
import { useAnswer } from '../shared/use-answer';
import { Summary } from './summary';

/** The panel goes and comes with its tab; the answer stays. */
function Panel() {
	const answer = useAnswer( 'sidebar' );
	return (
		<PluginDocumentSettingPanel name="summary" title={ __( 'AI summary', 'ai-secure-proxy' ) }>
			<Summary answer={ answer } />
		</PluginDocumentSettingPanel>
	);
}

registerPlugin( 'ai-secure-proxy', { render: Panel } );
