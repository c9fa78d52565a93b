/**
 * Asks before something is done that cannot be taken back.
 */
import { Button, Modal } from '@wordpress/components';
import { useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

/**
 * @param {Object}   props
 * @param {string}   props.title   The question.
 * @param {string}   props.text    What will happen.
 * @param {string}   props.yes     What doing it is called.
 * @param {string}   props.no      What leaving it is called.
 * @param {Function} props.act     Does it: => Promise.
 * @param {Function} props.dismiss Called when it is over.
 */
export function Confirm( { title, text, yes, no = __( 'Leave it', 'ai-secure-proxy' ), act, dismiss } ) {
	const [ busy, setBusy ] = useState( false );
	const go = async () => {
		setBusy( true );
		await act();
		dismiss();
	};
	return (
		<Modal title={ title } size="small" onRequestClose={ dismiss }>
			<p>{ text }</p>
			<div className="aisp-answers">
				<Button __next40pxDefaultSize variant="tertiary" onClick={ dismiss }>
					{ no }
				</Button>
				<Button __next40pxDefaultSize variant="primary" isDestructive isBusy={ busy } disabled={ busy } accessibleWhenDisabled onClick={ go }>
					{ yes }
				</Button>
			</div>
		</Modal>
	);
}
