/**
 * Names for the buttons that take a filter away: DataViews shows a cross and tells it in a tooltip alone, which names nothing.
 */
import { useEffect, useRef } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';

const CHIPS = '.dataviews-filters__summary-chip-container';
const NAME = '.dataviews-filters__summary-filter-text-name';

/** @return {Object} The ref of what DataViews is in. */
export function useChipNames() {
	const place = useRef();
	// A filter comes and goes with the view that is handed to DataViews, so after each time.
	useEffect( () => {
		for ( const chip of place.current.querySelectorAll( CHIPS ) ) {
			const filter = chip.querySelector( NAME )?.textContent ?? '';
			/* translators: %s: a filter that is set, such as “Error includes:”. */
			chip.querySelector( 'button' )?.setAttribute( 'aria-label', sprintf( __( 'Take away the filter: %s', 'ai-secure-proxy' ), filter.replace( /:\s*$/, '' ) ) );
		}
	} );
	return place;
}
