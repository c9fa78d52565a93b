/**
 * What was asked since the page was opened. It is in the memory of this page and nowhere else.
 */
import { Button, Card, CardBody, CardHeader } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { took } from './facts';

/**
 * @param {Object}   props
 * @param {Object[]} props.history { draft, result }, the newest first.
 * @param {Function} props.again   ( one of them ) => void; puts its question back into the form.
 */
export function History( { history, again } ) {
	if ( ! history.length ) {
		return null;
	}
	return (
		<Card>
			<CardHeader>
				<h2>{ __( 'Asked on this page', 'ai-secure-proxy' ) }</h2>
			</CardHeader>
			<CardBody className="aisp-stack">
				<p className="aisp-note">{ __( 'Kept only until you leave the page.', 'ai-secure-proxy' ) }</p>
				<ol className="aisp-history">
					{ history.map( ( { draft, result }, i ) => (
						<li key={ result.request_id }>
							<strong dir="auto">{ draft.prompt }</strong>
							<span dir="auto">{ result.text }</span>
							<span className="aisp-note">
								{ result.model } · { took( result.duration_ms ) }
							</span>
							<Button
								variant="secondary"
								size="compact"
								onClick={ () => again( history[ i ] ) }
								/* translators: %s: a question. */
								aria-label={ sprintf( __( 'Use again: %s', 'ai-secure-proxy' ), draft.prompt ) }
							>
								{ __( 'Use again', 'ai-secure-proxy' ) }
							</Button>
						</li>
					) ) }
				</ol>
			</CardBody>
		</Card>
	);
}
