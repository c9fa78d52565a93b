/**
 * An answer as it comes: what the screens and the block show of it alike.
 */
import { Spinner } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import './answer-text.css';

/** What there is to say of an answer that is not simply there. */
function remark( { state, text, restarted, result } ) {
	if ( state === 'stopped' ) {
		return text ? __( 'Stopped. This is what had come by then.', 'ai-secure-proxy' ) : __( 'Stopped before anything came.', 'ai-secure-proxy' );
	}
	if ( state === 'failed' && text ) {
		return __( 'This is not the whole answer.', 'ai-secure-proxy' );
	}
	if ( result?.finish_reason === 'length' ) {
		return __( 'The answer was cut off: it reached the most tokens that it may have.', 'ai-secure-proxy' );
	}
	return restarted ? __( 'The connection to the provider broke, and the answer began again.', 'ai-secure-proxy' ) : null;
}

/**
 * @param {Object} props
 * @param {Object} props.answer Of useAnswer().
 * @param {string} props.label  Names it for who cannot see where it stands.
 */
export function AnswerText( { answer, label } ) {
	const { state, text, busy } = answer;
	const said = remark( answer );
	return (
		<>
			{ state === 'asking' && (
				<p className="aisp-answer-waits">
					<Spinner /> { __( 'Waiting for the first words…', 'ai-secure-proxy' ) }
				</p>
			) }
			{ text && (
				// eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- A long answer is scrolled in by keyboard.
				<div className="aisp-answer-text" role="region" aria-label={ label } aria-busy={ busy } tabIndex={ 0 } dir="auto">
					{ text }
				</div>
			) }
			{ said && <p className="aisp-answer-remark">{ said }</p> }
		</>
	);
}
