/**
 * All that the log knows of one call.
 */
import apiFetch from '@wordpress/api-fetch';
import { Button, Modal } from '@wordpress/components';
import { useCallback } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { call } from '../shared/api';
import { count, dollars, duration, NONE, time } from '../shared/format';
import { useLoaded } from '../shared/load';
import { Failure, useTell } from '../shared/screen';
import { Status } from './fields';

/**
 * @param {Object}   props
 * @param {Object}   props.record As the list has it.
 * @param {Function} props.search Looks for a text in the log.
 * @param {Function} props.close
 */
export function Details( { record, search, close } ) {
	const { data, error, reload } = useLoaded( useCallback( ( signal ) => call( `/logs/${ record.id }`, {}, { signal } ), [ record.id ] ) );
	return (
		<Modal title={ __( 'Call', 'ai-secure-proxy' ) } onRequestClose={ close } size="medium" className="aisp-details">
			<Failure error={ error } retry={ reload } />
			<dl>
				{ rows( record, data?.user_name ).map( ( [ name, value ] ) => (
					<div key={ name }>
						<dt>{ name }</dt>
						<dd>{ value }</dd>
					</div>
				) ) }
				<Copied name={ __( 'Request id', 'ai-secure-proxy' ) } text={ record.request_id } />
				<Copied name={ __( 'Request hash', 'ai-secure-proxy' ) } text={ record.req_hash } />
			</dl>
			{ record.req_hash && (
				<Button __next40pxDefaultSize variant="secondary" onClick={ () => search( record.req_hash ) }>
					{ __( 'Show calls that asked the same', 'ai-secure-proxy' ) }
				</Button>
			) }
		</Modal>
	);
}

function rows( record, userName ) {
	/* translators: 1: name of a user, 2: the user's number. */
	const user = record.user_id ? sprintf( __( '%1$s (user %2$d)', 'ai-secure-proxy' ), userName ?? NONE, record.user_id ) : __( 'Nobody', 'ai-secure-proxy' );
	return [
		[ __( 'Time', 'ai-secure-proxy' ), time( record.created_at ) ],
		[ __( 'User', 'ai-secure-proxy' ), user ],
		[ __( 'Client', 'ai-secure-proxy' ), record.client || NONE ],
		[ __( 'Source', 'ai-secure-proxy' ), record.source || NONE ],
		[ __( 'Route', 'ai-secure-proxy' ), record.route ],
		[ __( 'Model', 'ai-secure-proxy' ), record.model || NONE ],
		[ __( 'Provider', 'ai-secure-proxy' ), record.provider || NONE ],
		[ __( 'Status', 'ai-secure-proxy' ), <Status key="status" code={ record.status_code } /> ],
		[ __( 'Error', 'ai-secure-proxy' ), record.error ? <code key="error">{ record.error }</code> : NONE ],
		[ __( 'Cached', 'ai-secure-proxy' ), record.cached ? __( 'Yes', 'ai-secure-proxy' ) : __( 'No', 'ai-secure-proxy' ) ],
		[ __( 'Attempts', 'ai-secure-proxy' ), count( record.attempts ) ],
		[ __( 'Duration', 'ai-secure-proxy' ), duration( record.duration_ms ) ],
		[ __( 'Tokens in', 'ai-secure-proxy' ), count( record.tokens_in ) ],
		[ __( 'Tokens out', 'ai-secure-proxy' ), count( record.tokens_out ) ],
		[ __( 'Cost', 'ai-secure-proxy' ), dollars( record.cost_microusd ) ],
	];
}

function Copied( { name, text } ) {
	const tell = useTell();
	const copy = async () => {
		await window.navigator.clipboard.writeText( text );
		tell( __( 'Copied.', 'ai-secure-proxy' ) );
	};
	return (
		<div>
			<dt>{ name }</dt>
			<dd>
				<code>{ text || NONE }</code>
				{ text && window.navigator.clipboard && (
					/* translators: %s: what is copied, such as Request id. */
					<Button size="small" variant="tertiary" onClick={ copy } aria-label={ sprintf( __( 'Copy: %s', 'ai-secure-proxy' ), name ) }>
						{ __( 'Copy', 'ai-secure-proxy' ) }
					</Button>
				) }
			</dd>
		</div>
	);
}

/**
 * Where what is looked at can be had as a file.
 *
 * @param {string} rest    The plugin's routes, by their full address.
 * @param {Object} filters Parameters of the route.
 * @param {string} format  csv, json or jsonl.
 */
export function exportUrl( rest, filters, format ) {
	const url = new URL( `${ rest }/logs/export` );
	const all = { ...filters, format, _wpnonce: apiFetch.nonceMiddleware.nonce };
	for ( const [ name, value ] of Object.entries( all ) ) {
		if ( value !== undefined && value !== '' ) {
			url.searchParams.set( name, value );
		}
	}
	return url.href;
}
