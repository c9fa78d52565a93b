/**
 * What is amiss, before all else.
 */
import { Notice } from '@wordpress/components';
import { __ } from '@wordpress/i18n';

export function Warnings( { status: { store, warnings }, site } ) {
	const actions = [ { label: __( 'Site Health', 'ai-secure-proxy' ), url: site.health } ];
	return warnings.length ? (
		<Notice status={ store.ok ? 'warning' : 'error' } isDismissible={ false } actions={ actions } className="aisp-warnings" politeness="polite">
			<ul>
				{ warnings.map( ( text ) => (
					<li key={ text }>{ text }</li>
				) ) }
			</ul>
		</Notice>
	) : null;
}
