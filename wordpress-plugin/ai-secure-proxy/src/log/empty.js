/**
 * What there is to do where no call is shown.
 */
import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';

/**
 * @param {Object}   props
 * @param {Object}   props.view
 * @param {Function} props.reset      Shows all calls.
 * @param {string}   props.playground Address of the screen.
 */
export function Empty( { view, reset, playground } ) {
	const isFiltered = view.filters.length > 0 || view.search !== '';
	if ( isFiltered || view.page > 1 ) {
		return (
			<div className="aisp-empty">
				<h2>{ isFiltered ? __( 'No call matches', 'ai-secure-proxy' ) : __( 'The log does not go so far back', 'ai-secure-proxy' ) }</h2>
				<p>{ __( 'Take a filter away, choose a longer time, or look at all calls.', 'ai-secure-proxy' ) }</p>
				<Button size="compact" variant="secondary" onClick={ reset }>
					{ __( 'Show all calls', 'ai-secure-proxy' ) }
				</Button>
			</div>
		);
	}
	return (
		<div className="aisp-empty">
			<h2>{ __( 'Nothing has been asked yet', 'ai-secure-proxy' ) }</h2>
			<p>{ __( 'Each call to a model is written down here, with who asked, what it cost and how it ended; never what was asked or answered.', 'ai-secure-proxy' ) }</p>
			<Button size="compact" variant="secondary" href={ playground }>
				{ __( 'Ask in the playground', 'ai-secure-proxy' ) }
			</Button>
		</div>
	);
}
