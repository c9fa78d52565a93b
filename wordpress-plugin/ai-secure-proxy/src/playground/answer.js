/**
 * The answer and what it came to.
 */
import { Card, CardBody, CardFooter, CardHeader } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { AnswerText } from '../shared/answer-text';
import { CopyButton } from '../shared/copy-button';
import { Refusal } from '../shared/refusal';
import { isMarked } from './draft';
import { Facts, factsOf } from './facts';
import { Limits } from './limits';

const EMPTY = __( 'Ask something, and the answer appears here as the model gives it. The question counts against your limits and budgets like any other.', 'ai-secure-proxy' );

export function Answer( { answer, retry } ) {
	const { state, text, result, error } = answer;
	const marked = isMarked( error );
	return (
		<Card>
			<CardHeader>
				<h2>{ __( 'Answer', 'ai-secure-proxy' ) }</h2>
				{ text && ! answer.busy && <CopyButton text={ text } /> }
			</CardHeader>
			<CardBody className="aisp-stack">
				{ state === 'idle' && <p className="aisp-empty">{ EMPTY }</p> }
				{ marked && <p className="aisp-empty">{ __( 'Nothing was sent. Correct the field that is marked.', 'ai-secure-proxy' ) }</p> }
				<AnswerText answer={ answer } label={ __( 'Answer', 'ai-secure-proxy' ) } />
				{ ! marked && <Refusal error={ error } retry={ retry } /> }
			</CardBody>
			{ result && (
				<CardFooter>
					<div className="aisp-stack">
						<Facts facts={ factsOf( answer ) } />
						<Limits limits={ result.limits } />
					</div>
				</CardFooter>
			) }
		</Card>
	);
}
