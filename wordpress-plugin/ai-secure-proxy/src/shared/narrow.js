/**
 * Whether the window has no room for a table.
 */
import { useEffect, useState } from '@wordpress/element';

const NARROW = '(max-width: 700px)';

export function useNarrow() {
	const [ narrow, setNarrow ] = useState( () => window.matchMedia( NARROW ).matches );
	useEffect( () => {
		const query = window.matchMedia( NARROW );
		const tell = () => setNarrow( query.matches );
		query.addEventListener( 'change', tell );
		return () => query.removeEventListener( 'change', tell );
	}, [] );
	return narrow;
}
