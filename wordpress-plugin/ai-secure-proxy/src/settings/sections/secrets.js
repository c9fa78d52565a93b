/**
 * Every secret that the settings name, and whether it is there.
 */
import { Card, CardBody } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useSettingsContext } from '../context';
import { State, define } from '../fields/secret';

export function Secrets() {
	const { answer } = useSettingsContext();
	const isSpare = ( secret ) => ! secret.usable && answer.secrets.some( ( other ) => other.for === secret.for && other.usable );
	const missing = answer.secrets.find( ( secret ) => ! secret.set && ! isSpare( secret ) );
	return (
		<Card className="aisp-group">
			<CardBody>
				<p className="aisp-intro">
					{ __( 'The settings hold names, and never a secret. The module looks each one up in the environment of PHP, and then among the constants of wp-config.php.', 'ai-secure-proxy' ) }
				</p>
				<table className="aisp-table is-stacked">
					<thead>
						<tr>
							<th scope="col">{ __( 'Name', 'ai-secure-proxy' ) }</th>
							<th scope="col">{ __( 'For', 'ai-secure-proxy' ) }</th>
							<th scope="col">{ __( 'State', 'ai-secure-proxy' ) }</th>
						</tr>
					</thead>
					<tbody>
						{ answer.secrets.map( ( secret ) => (
							<tr key={ secret.for + secret.name }>
								<th scope="row">
									<code>{ secret.name }</code>
								</th>
								<td data-label={ __( 'For', 'ai-secure-proxy' ) }>{ secret.for }</td>
								<td data-label={ __( 'State', 'ai-secure-proxy' ) }>
									<State secret={ secret } isSpare={ isSpare( secret ) } />
								</td>
							</tr>
						) ) }
					</tbody>
				</table>
				{ ! answer.secrets.length && <p>{ __( 'The settings name none.', 'ai-secure-proxy' ) }</p> }
				{ missing && (
					<>
						<h3>{ __( 'How to set one', 'ai-secure-proxy' ) }</h3>
						<p>{ __( 'In the pool of php-fpm, which the site’s code cannot read from a file:', 'ai-secure-proxy' ) }</p>
						<pre>{ `env[${ missing.name }] = …` }</pre>
						<p>{ __( 'Or in wp-config.php:', 'ai-secure-proxy' ) }</p>
						<pre>{ define( missing.name ) }</pre>
						<p>{ __( 'Then reload this page (after a restart of PHP, where you changed its pool).', 'ai-secure-proxy' ) }</p>
					</>
				) }
			</CardBody>
		</Card>
	);
}
