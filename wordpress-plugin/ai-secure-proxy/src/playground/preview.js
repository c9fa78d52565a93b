/**
 * The dry run: what would be sent, and what that would take.
 */
import { Card, CardBody, CardHeader } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { count, dollars, duration } from '../shared/format';
import { Failure } from '../shared/screen';
import { Facts, redacted } from './facts';

export function Preview( { preview, error } ) {
	return (
		<Card>
			<CardHeader>
				<h2>{ __( 'Dry run', 'ai-secure-proxy' ) }</h2>
			</CardHeader>
			<CardBody>
				<Failure error={ error } />
				{ ! preview && ! error && <p>{ __( 'Shows what would be sent, with private values replaced, and what it would cost. Nothing is sent.', 'ai-secure-proxy' ) }</p> }
				{ preview && (
					<>
						<Facts rows={ factsOf( preview ) } />
						<h3>{ __( 'What would be sent', 'ai-secure-proxy' ) }</h3>
						<pre className="aisp-answer aisp-code" tabIndex={ 0 }>
							{ JSON.stringify( preview.body, null, 2 ) }
						</pre>
					</>
				) }
			</CardBody>
		</Card>
	);
}

function factsOf( preview ) {
	const yes = __( 'Yes', 'ai-secure-proxy' );
	const no = __( 'No', 'ai-secure-proxy' );
	return [
		[ __( 'To', 'ai-secure-proxy' ), preview.url ?? preview.provider ],
		[ __( 'Key is set', 'ai-secure-proxy' ), preview.key_set === undefined ? null : yesOrNo( preview.key_set, yes, no ) ],
		[ __( 'In the cache', 'ai-secure-proxy' ), yesOrNo( preview.cached, yes, no ) ],
		[ __( 'Replaced', 'ai-secure-proxy' ), redacted( preview.redacted ) ],
		[ __( 'Tokens in, about', 'ai-secure-proxy' ), count( preview.tokens_in ) ],
		[ __( 'Tokens out, at most', 'ai-secure-proxy' ), count( preview.tokens_out ) ],
		[ __( 'Cost, at most', 'ai-secure-proxy' ), dollars( preview.cost_usd === null ? null : preview.cost_usd * 1e6 ) ],
		[ __( 'Would have to wait', 'ai-secure-proxy' ), preview.retry_after_s ? duration( preview.retry_after_s * 1000 ) : null ],
		...preview.limits.map( ( limit ) => [ limit.name, left( limit.remaining, limit.limit ) ] ),
		...preview.budgets.map( ( budget ) => [ budget.name, left( budget.remaining, budget.limit ) ] ),
	];
}

const yesOrNo = ( value, yes, no ) => ( value ? yes : no );

/* translators: 1: how much is left, 2: of how much. */
const left = ( remaining, limit ) => sprintf( __( '%1$s of %2$s left', 'ai-secure-proxy' ), count( remaining ), count( limit ) );
