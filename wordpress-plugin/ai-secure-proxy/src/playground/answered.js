/**
 * The answer, and what it took.
 */
import { Button, Card, CardBody, CardFooter, CardHeader } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { Answer } from '../shared/answer';
import { count, dollars, duration } from '../shared/format';
import { useTell } from '../shared/screen';
import { Facts, redacted } from './facts';

export function Answered( { answer } ) {
	const tell = useTell();
	const copy = async () => {
		await window.navigator.clipboard.writeText( answer.text );
		tell( __( 'Copied.', 'ai-secure-proxy' ) );
	};
	return (
		<Card>
			<CardHeader>
				<h2>{ __( 'Answer', 'ai-secure-proxy' ) }</h2>
				{ answer.text && window.navigator.clipboard && (
					<Button size="compact" variant="tertiary" onClick={ copy }>
						{ __( 'Copy', 'ai-secure-proxy' ) }
					</Button>
				) }
			</CardHeader>
			<CardBody>
				{ answer.state === 'idle' && <p>{ __( 'The answer appears here, as it comes.', 'ai-secure-proxy' ) }</p> }
				<Answer answer={ answer } />
			</CardBody>
			{ answer.result && (
				<CardFooter>
					<Facts rows={ factsOf( answer ) } />
				</CardFooter>
			) }
		</Card>
	);
}

function factsOf( { result, first_ms: first } ) {
	const from = result.cached ? __( 'the cache', 'ai-secure-proxy' ) : result.provider;
	return [
		[ __( 'Model', 'ai-secure-proxy' ), result.model ],
		[ __( 'Answered by', 'ai-secure-proxy' ), from ],
		[ __( 'Tokens in', 'ai-secure-proxy' ), count( result.tokens_in ) ],
		[ __( 'Tokens out', 'ai-secure-proxy' ), count( result.tokens_out ) ],
		[ __( 'Cost', 'ai-secure-proxy' ), dollars( result.cost_usd === null ? null : result.cost_usd * 1e6 ) ],
		[ __( 'First word after', 'ai-secure-proxy' ), duration( first ) ],
		[ __( 'Duration', 'ai-secure-proxy' ), duration( result.duration_ms ) ],
		[ __( 'Attempts', 'ai-secure-proxy' ), count( result.attempts ) ],
		[ __( 'Replaced before it was sent', 'ai-secure-proxy' ), redacted( result.redacted ) ],
		[ __( 'Ended because', 'ai-secure-proxy' ), result.finish_reason ],
		[ __( 'Request id', 'ai-secure-proxy' ), <code key="id">{ result.request_id }</code> ],
	];
}
