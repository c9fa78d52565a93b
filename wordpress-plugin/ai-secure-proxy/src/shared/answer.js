/**
 * An answer on the screen, while it comes and after: read out once, when there is something to be said.
 */
import { speak } from '@wordpress/a11y';
import { Notice, Spinner } from '@wordpress/components';
import { useEffect, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { explain } from './api';
import { retryAfter } from './stream';
import './answer.css';

/**
 * @param {Object} props
 * @param {Object} props.answer As useAnswer() has it.
 */
export function Answer( { answer } ) {
	const { state, text, error } = answer;
	useEffect( () => {
		const words = {
			asking: __( 'Asking.', 'ai-secure-proxy' ),
			done: __( 'The answer is complete.', 'ai-secure-proxy' ),
			stopped: __( 'Stopped.', 'ai-secure-proxy' ),
		};
		if ( words[ state ] ) {
			speak( words[ state ] );
		}
	}, [ state ] );
	return (
		<>
			{ state === 'asking' && (
				<p>
					<Spinner /> { __( 'Waiting for the first word…', 'ai-secure-proxy' ) }
				</p>
			) }
			{ text && (
				<div className="aisp-answer" aria-busy={ state === 'answering' }>
					{ text }
				</div>
			) }
			{ state === 'stopped' && <p>{ __( 'Stopped. What was said so far is not kept.', 'ai-secure-proxy' ) }</p> }
			{ state === 'failed' && <Refused error={ error } /> }
		</>
	);
}

/** Says what went wrong, and counts down to when it is worth another try. */
function Refused( { error } ) {
	const [ left, setLeft ] = useState( retryAfter( error ) ?? 0 );
	useEffect( () => {
		setLeft( retryAfter( error ) ?? 0 );
		const timer = setInterval( () => setLeft( ( seconds ) => Math.max( 0, seconds - 1 ) ), 1000 );
		return () => clearInterval( timer );
	}, [ error ] );
	/* translators: %d: a number of seconds. */
	const wait = sprintf( _n( 'Try again in %d second.', 'Try again in %d seconds.', left, 'ai-secure-proxy' ), left );
	return (
		<Notice status="error" isDismissible={ false }>
			{ explain( error ) } { left > 0 && wait }
		</Notice>
	);
}
