/**
 * What is amiss, before all else: a store that does not work, providers that are left alone, and what the module warns of.
 */
import { Notice } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';

export function Warnings( { status, site } ) {
	const broken = ! status.store.ok;
	const texts = [ ...( broken ? [ sentence( status ) ] : [] ), ...( status.breakers ?? [] ).map( complaint ).filter( Boolean ), ...status.warnings ];
	if ( ! texts.length ) {
		return null;
	}
	const actions = [ { label: __( 'Site Health', 'ai-secure-proxy' ), url: site.health } ];
	return (
		<Notice status={ broken ? 'error' : 'warning' } isDismissible={ false } actions={ actions } className="aisp-warnings" politeness="polite">
			{ texts.length === 1 ? (
				<p>{ texts[ 0 ] }</p>
			) : (
				<ul>
					{ texts.map( ( text ) => (
						<li key={ text }>{ text }</li>
					) ) }
				</ul>
			) }
		</Notice>
	);
}

const sentence = ( status ) =>
	/* translators: %s: why, a sentence or a few words. */
	sprintf( __( 'The store does not work, so there are no limits, no cache and no figures: %s', 'ai-secure-proxy' ), status.store.error ?? '' );

/** What is wrong with a provider; '' where nothing is. */
function complaint( { provider, state, key_refused: refused } ) {
	if ( refused ) {
		/* translators: %s: name of a provider. */
		return sprintf( __( 'The provider %s refuses its key.', 'ai-secure-proxy' ), provider );
	}
	if ( state === 'open' ) {
		/* translators: %s: name of a provider. */
		return sprintf( __( 'The provider %s fails too often, so its breaker is open: it is left alone for a while.', 'ai-secure-proxy' ), provider );
	}
	return '';
}
