/**
 * To the page before and the page after, where nobody counts how many there are.
 */
import { Button } from '@wordpress/components';
import { __, sprintf } from '@wordpress/i18n';

/**
 * @param {Object}        props
 * @param {string}        props.label  What is paged, for who cannot see it.
 * @param {string}        props.text   Where one is.
 * @param {Function|null} props.back   To the page before; null where there is none.
 * @param {Function|null} props.on     To the page after; likewise.
 * @param {string[]}      props.labels What the two are called.
 */
export function Pager( { label, text, back, on, labels = [ __( 'Newer', 'ai-secure-proxy' ), __( 'Older', 'ai-secure-proxy' ) ] } ) {
	if ( ! back && ! on ) {
		return null;
	}
	return (
		<nav className="aisp-pager" aria-label={ label }>
			<Button variant="secondary" size="compact" disabled={ ! back } accessibleWhenDisabled onClick={ back ?? undefined }>
				{ labels[ 0 ] }
			</Button>
			<span aria-live="polite">{ text }</span>
			<Button variant="secondary" size="compact" disabled={ ! on } accessibleWhenDisabled onClick={ on ?? undefined }>
				{ labels[ 1 ] }
			</Button>
		</nav>
	);
}

/**
 * The pager of a list of useKeyset().
 *
 * @param {Object} props
 * @param {Object} props.list  As useKeyset() gives it.
 * @param {string} props.label What is paged.
 */
export const ListPager = ( { list, label } ) => (
	<Pager
		label={ label }
		/* translators: %d: number of a page. */
		text={ sprintf( __( 'Page %d', 'ai-secure-proxy' ), list.number ) }
		back={ list.newer }
		on={ list.older }
	/>
);
