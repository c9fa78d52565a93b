/**
 * What would be sent: nothing is sent, charged or logged.
 */
import { Card, CardBody, CardHeader, Notice, Spinner } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';
import { count, duration } from '../shared/format';
import { Refusal } from '../shared/refusal';
import { isMarked } from './draft';
import { cost, Facts } from './facts';
import { Limits } from './limits';
import { redactedOf } from './redacted';

const EMPTY = __( 'A dry run shows what would be sent to the provider, with private values taken out, and what it would cost. Nothing is sent, charged or logged.', 'ai-secure-proxy' );

function cacheState( { cached, in_flight: inFlight } ) {
	if ( cached ) {
		return __( 'has the answer: the provider would not be asked', 'ai-secure-proxy' );
	}
	return inFlight ? __( 'an equal call is under way, whose answer this one would get', 'ai-secure-proxy' ) : __( 'has no answer: the provider would be asked', 'ai-secure-proxy' );
}

/** Only those who manage the proxy are told of servers and keys. */
function keyState( { key_env: name, key_set: set } ) {
	if ( ! name ) {
		return name === null ? __( 'none is sent', 'ai-secure-proxy' ) : null;
	}
	if ( set ) {
		/* translators: %s: name of an environment variable or constant. */
		return sprintf( __( '%s, which is set', 'ai-secure-proxy' ), name );
	}
	/* translators: %s: name of an environment variable or constant. */
	return sprintf( __( '%s, which is not set: the call would fail', 'ai-secure-proxy' ), name );
}

const factsOf = ( preview ) => [
	[ __( 'Model', 'ai-secure-proxy' ), preview.model ],
	[ __( 'Provider', 'ai-secure-proxy' ), preview.provider ],
	[ __( 'Address', 'ai-secure-proxy' ), preview.url ],
	[ __( 'Key', 'ai-secure-proxy' ), keyState( preview ) ],
	[ __( 'Cache', 'ai-secure-proxy' ), cacheState( preview ) ],
	/* translators: 1: tokens of the question, 2: tokens of the answer. */
	[ __( 'Tokens, estimated', 'ai-secure-proxy' ), sprintf( __( '%1$s in, up to %2$s out', 'ai-secure-proxy' ), count( preview.tokens_in ), count( preview.tokens_out ) ) ],
	[ __( 'Cost, estimated', 'ai-secure-proxy' ), cost( preview.cost_usd ) ],
	[ __( 'Redacted', 'ai-secure-proxy' ), redactedOf( preview.redacted ) ],
];

export function DryRun( { dry, retry } ) {
	const { preview, error, loading } = dry;
	const marked = isMarked( error );
	return (
		<Card>
			<CardHeader>
				<h2>{ __( 'Dry run', 'ai-secure-proxy' ) }</h2>
				{ loading && <Spinner /> }
			</CardHeader>
			<CardBody className="aisp-stack" aria-busy={ loading }>
				{ ! preview && ! error && <p className="aisp-empty">{ EMPTY }</p> }
				{ marked && <p className="aisp-empty">{ __( 'Correct the field that is marked.', 'ai-secure-proxy' ) }</p> }
				{ ! marked && <Refusal error={ error } retry={ retry } /> }
				{ preview && (
					<>
						{ preview.retry_after_s > 0 && (
							<Notice status="warning" isDismissible={ false }>
								{
									/* translators: %s: a time, such as 12 s. */
									sprintf( __( 'The providers of this model are known to be down. They are asked again in %s.', 'ai-secure-proxy' ), duration( preview.retry_after_s * 1000 ) )
								}
							</Notice>
						) }
						<Facts facts={ factsOf( preview ) } />
						<Limits limits={ preview.limits } budgets={ preview.budgets } />
						<div>
							<h3 id="aisp-body">{ __( 'What would be sent', 'ai-secure-proxy' ) }</h3>
							{ /* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- A long request is scrolled in by keyboard. */ }
							<pre className="aisp-code" role="region" aria-labelledby="aisp-body" tabIndex={ 0 } dir="ltr">
								{ JSON.stringify( preview.body, null, 2 ) }
							</pre>
						</div>
					</>
				) }
			</CardBody>
		</Card>
	);
}
