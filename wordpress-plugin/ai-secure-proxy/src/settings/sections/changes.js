/**
 * What an import would change, and what it would not.
 */
import { Notice } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { useSettingsContext } from '../context';

const shown = ( change, side ) => ( side in change ? JSON.stringify( change[ side ] ) : __( 'not set', 'ai-secure-proxy' ) );

/**
 * @param {Object} props
 * @param {Object} props.plan As POST /settings/import answers a dry run.
 */
export function Changes( { plan } ) {
	const { answer } = useSettingsContext();
	return (
		<>
			{ plan.flaws.length > 0 && (
				<Notice status="error" isDismissible={ false }>
					<p>{ __( 'These settings cannot be used:', 'ai-secure-proxy' ) }</p>
					<ul>
						{ plan.flaws.map( ( { path, message } ) => (
							<li key={ path + message }>{ message }</li>
						) ) }
					</ul>
				</Notice>
			) }
			{ plan.left_out.length > 0 && (
				<Notice status="warning" isDismissible={ false }>
					{
						/* translators: %s: places in the settings. */
						sprintf( __( 'The file leaves out headers, which may be secrets: %s. Those that are stored here stay; others have to be entered.', 'ai-secure-proxy' ), plan.left_out.join( ', ' ) )
					}
				</Notice>
			) }
			{ plan.locked.length > 0 && (
				<Notice status="info" isDismissible={ false }>
					{
						/* translators: 1: name of a PHP constant, 2: names of settings. */
						sprintf( __( 'Not taken over, because %1$s in wp-config.php sets them here: %2$s.', 'ai-secure-proxy' ), answer.constant, plan.locked.join( ', ' ) )
					}
				</Notice>
			) }
			{ plan.changes.length === 0 && plan.flaws.length === 0 && <p>{ __( 'The file has the same settings as this site. There is nothing to change.', 'ai-secure-proxy' ) }</p> }
			{ plan.changes.length > 0 && (
				<table className="aisp-table is-stacked">
					<caption>
						{
							/* translators: %d: how many settings. */
							sprintf( _n( '%d setting would change:', '%d settings would change:', plan.changes.length, 'ai-secure-proxy' ), plan.changes.length )
						}
					</caption>
					<thead>
						<tr>
							<th scope="col">{ __( 'Setting', 'ai-secure-proxy' ) }</th>
							<th scope="col">{ __( 'Now', 'ai-secure-proxy' ) }</th>
							<th scope="col">{ __( 'Then', 'ai-secure-proxy' ) }</th>
						</tr>
					</thead>
					<tbody>
						{ plan.changes.map( ( change ) => (
							<tr key={ change.path }>
								<th scope="row">
									<code>{ change.path }</code>
								</th>
								<td data-label={ __( 'Now', 'ai-secure-proxy' ) }>
									<code>{ shown( change, 'before' ) }</code>
								</td>
								<td data-label={ __( 'Then', 'ai-secure-proxy' ) }>
									<code>{ shown( change, 'after' ) }</code>
								</td>
							</tr>
						) ) }
					</tbody>
				</table>
			) }
		</>
	);
}
