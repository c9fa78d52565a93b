/**
 * A panel beside the post: its summary, as the post is in the editor now.
 */
import { PluginDocumentSettingPanel } from '@wordpress/editor';
import { __ } from '@wordpress/i18n';
import { registerPlugin } from '@wordpress/plugins';
import { Summary } from './summary';

registerPlugin( 'ai-secure-proxy', {
	render: () => (
		<PluginDocumentSettingPanel name="summary" title={ __( 'AI summary', 'ai-secure-proxy' ) }>
			<Summary />
		</PluginDocumentSettingPanel>
	),
} );
