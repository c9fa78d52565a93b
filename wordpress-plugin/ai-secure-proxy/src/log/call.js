/**
 * One call: all that the log knows of it.
 */
import { Button } from '@wordpress/components';
import { useCallback } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { call as ask } from '../shared/api';
import { CopyButton } from '../shared/copy-button';
import { Details, Facts } from '../shared/details';
import { count, dollars, duration, NONE, time } from '../shared/format';
import { useLoaded } from '../shared/load';
import { errorName } from '../shared/outcomes';
import { Status } from './status';

/**
 * @param {Object}   props
 * @param {string}   props.id
 * @param {Function} props.close
 * @param {Function} props.search Looks for a text in the log.
 */
export function Call( { id, close, search } ) {
	const loaded = useLoaded( useCallback( ( signal ) => ask( `/logs/${ encodeURIComponent( id ) }`, {}, { signal } ), [ id ] ) );
	return (
		<Details title={ __( 'Call', 'ai-secure-proxy' ) } close={ close } loaded={ loaded }>
			{ ( call ) => (
				<>
					<Facts facts={ factsOf( call ) } />
					<div className="aisp-answers">
						{ call.req_hash && (
							<Button __next40pxDefaultSize variant="secondary" onClick={ () => search( call.req_hash ) }>
								{ __( 'Show calls that asked the same', 'ai-secure-proxy' ) }
							</Button>
						) }
					</div>
				</>
			) }
		</Details>
	);
}

function user( { user_id: id, user_name: name } ) {
	if ( ! id ) {
		return __( 'Nobody', 'ai-secure-proxy' );
	}
	if ( ! name ) {
		/* translators: %d: number of a user. */
		return sprintf( __( 'User %d, deleted since', 'ai-secure-proxy' ), id );
	}
	/* translators: 1: name of a user. 2: the user's number. */
	return sprintf( __( '%1$s (user %2$d)', 'ai-secure-proxy' ), name, id );
}

const factsOf = ( call ) => [
	[
		__( 'Time', 'ai-secure-proxy' ),
		<>
			{ time( call.created_at ) } <code className="aisp-tail">{ call.created_at }</code>
		</>,
	],
	[ __( 'Asked by', 'ai-secure-proxy' ), user( call ) ],
	[ __( 'Client', 'ai-secure-proxy' ), call.client || NONE ],
	[ __( 'Source', 'ai-secure-proxy' ), call.source || NONE ],
	[ __( 'Route', 'ai-secure-proxy' ), call.route ],
	[ __( 'Model', 'ai-secure-proxy' ), call.model || NONE ],
	[ __( 'Provider', 'ai-secure-proxy' ), call.provider || NONE ],
	[ __( 'Status', 'ai-secure-proxy' ), <Status key="status" code={ call.status_code } /> ],
	[
		__( 'Error', 'ai-secure-proxy' ),
		call.error ? (
			<>
				{ errorName( call.error ) } <code className="aisp-tail">{ call.error }</code>
			</>
		) : (
			NONE
		),
	],
	[ __( 'Cached', 'ai-secure-proxy' ), call.cached ? __( 'Yes', 'ai-secure-proxy' ) : __( 'No', 'ai-secure-proxy' ) ],
	[ __( 'Attempts', 'ai-secure-proxy' ), count( call.attempts ) ],
	[ __( 'Duration', 'ai-secure-proxy' ), duration( call.duration_ms ) ],
	[ __( 'Tokens in', 'ai-secure-proxy' ), count( call.tokens_in ) ],
	[ __( 'Tokens out', 'ai-secure-proxy' ), count( call.tokens_out ) ],
	[ __( 'Cost', 'ai-secure-proxy' ), dollars( call.cost_microusd ) ],
	[ __( 'Request id', 'ai-secure-proxy' ), copied( call.request_id, __( 'Copy request id', 'ai-secure-proxy' ) ) ],
	[ __( 'Request hash', 'ai-secure-proxy' ), copied( call.req_hash, __( 'Copy request hash', 'ai-secure-proxy' ) ) ],
];

const copied = ( text, label ) =>
	text ? (
		<>
			<code className="aisp-tail">{ text }</code> <CopyButton text={ text } size="small" label={ label } />
		</>
	) : (
		NONE
	);
