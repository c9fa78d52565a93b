/**
 * Puts a text on the clipboard, and says so on the button and aloud.
 */
import { speak } from '@wordpress/a11y';
import { Button } from '@wordpress/components';
import { useCopyToClipboard } from '@wordpress/compose';
import { useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';

const SHOWN_MS = 3000;

export function CopyButton( { text, ...props } ) {
	const [ copied, setCopied ] = useState( false );
	const ref = useCopyToClipboard( text, () => {
		setCopied( true );
		speak( __( 'Copied', 'ai-secure-proxy' ) );
	} );
	useEffect( () => {
		if ( copied ) {
			const timer = setTimeout( () => setCopied( false ), SHOWN_MS );
			return () => clearTimeout( timer );
		}
	}, [ copied ] );
	return (
		<Button variant="tertiary" ref={ ref } { ...props }>
			{ copied ? __( 'Copied', 'ai-secure-proxy' ) : __( 'Copy', 'ai-secure-proxy' ) }
		</Button>
	);
}
