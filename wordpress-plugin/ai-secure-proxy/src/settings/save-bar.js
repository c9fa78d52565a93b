/**
 * What is not saved yet, and the buttons for it; whoever leaves is asked first.
 */
import { Button } from '@wordpress/components';
import { useEffect } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';

export function SaveBar( { changed, saving, save, discard } ) {
	const count = changed.length;
	useEffect( () => {
		if ( ! count ) {
			return;
		}
		const ask = ( event ) => {
			event.preventDefault();
			event.returnValue = '';
		};
		window.addEventListener( 'beforeunload', ask );
		return () => window.removeEventListener( 'beforeunload', ask );
	}, [ count ] );
	/* translators: 1: how many settings, 2: their names. */
	const unsaved = _n( '%1$d unsaved change: %2$s', '%1$d unsaved changes: %2$s', count, 'ai-secure-proxy' );
	const said = count ? sprintf( unsaved, count, changed.join( ', ' ) ) : __( 'All is saved.', 'ai-secure-proxy' );
	return (
		<div className={ count ? 'aisp-save is-changed' : 'aisp-save' }>
			<span role="status">
				{ said }
			</span>
			<div className="aisp-buttons">
				<Button __next40pxDefaultSize variant="tertiary" disabled={ ! count || saving } accessibleWhenDisabled onClick={ discard }>
					{ __( 'Discard', 'ai-secure-proxy' ) }
				</Button>
				<Button __next40pxDefaultSize variant="primary" disabled={ ! count || saving } accessibleWhenDisabled isBusy={ saving } onClick={ save }>
					{ __( 'Save', 'ai-secure-proxy' ) }
				</Button>
			</div>
		</div>
	);
}
