/**
 * Why there is no answer, and when it is worth another try.
 */
import { Button, Notice } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { explain } from './api';
import { time } from './format';

/** A wait beyond this is told as the time at which it ends. */
const COUNTED_S = 120;

/**
 * Seconds until the same call may pass; it counts down.
 *
 * @param {Object|null} error Its `retry_after` is in seconds.
 */
export function useSecondsLeft( error ) {
	const [ left, setLeft ] = useState( 0 );
	useEffect( () => {
		const end = Date.now() + ( ( error?.retry_after ?? 0 ) * 1000 );
		const count = () => setLeft( Math.max( 0, Math.ceil( ( end - Date.now() ) / 1000 ) ) );
		count();
		if ( end <= Date.now() ) {
			return;
		}
		const timer = setInterval( count, 1000 );
		return () => clearInterval( timer );
	}, [ error ] );
	return left;
}

/** What the button says that tries again. */
function labelOf( left ) {
	if ( left === 0 ) {
		return __( 'Try again', 'ai-secure-proxy' );
	}
	if ( left > COUNTED_S ) {
		/* translators: %s: date and time. */
		return sprintf( __( 'Try again from %s', 'ai-secure-proxy' ), time( Math.round( Date.now() / 1000 ) + left ) );
	}
	/* translators: %d: a number of seconds. */
	return sprintf( _n( 'Try again in %d second', 'Try again in %d seconds', left, 'ai-secure-proxy' ), left );
}

/**
 * @param {Object}      props
 * @param {Object|null} props.error As stream() rejects with it; nothing is shown for none.
 * @param {Function}    props.retry Tries again.
 */
export function Refusal( { error, retry } ) {
	const left = useSecondsLeft( error );
	if ( ! error ) {
		return null;
	}
	return (
		<Notice status="error" isDismissible={ false } spokenMessage={ explain( error ) } className="aisp-refusal">
			<p>{ explain( error ) }</p>
			<Button variant="secondary" size="compact" disabled={ left > 0 } accessibleWhenDisabled onClick={ retry }>
				{ labelOf( left ) }
			</Button>
		</Notice>
	);
}
