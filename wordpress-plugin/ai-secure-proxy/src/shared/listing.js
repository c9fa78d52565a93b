/**
 * A list by states, as a screen shows it: the states, what went wrong, the rows, and the way to older ones.
 */
import { Button } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { ListPager } from './pager';
import { Rows } from './rows';
import { Failure } from './screen';
import { States } from './states';

/**
 * What else it is given, Rows gets.
 *
 * @param {Object}   props
 * @param {Object}   props.states As States takes them: label, states, chosen, choose.
 * @param {Object}   props.error  Of a call that failed, or null.
 * @param {Function} props.reload
 * @param {Object}   props.list   As useKeyset() gives it.
 * @param {string}   props.pages  What is paged, for who cannot see it.
 * @param {*}        props.empty  What to show where there is no row.
 */
export const Listing = ( { states, error, reload, list, pages, empty, ...rows } ) => (
	<>
		<div className="aisp-bar">
			<States { ...states } />
			<Button variant="secondary" size="compact" onClick={ reload }>
				{ __( 'Refresh', 'ai-secure-proxy' ) }
			</Button>
		</div>
		<Failure error={ error } retry={ reload } />
		<Rows { ...rows } list={ list } empty={ list.error ? '' : empty } />
		<ListPager list={ list } label={ pages } />
	</>
);

/**
 * Why there is nothing, and what to do.
 *
 * @param {Object} props
 * @param {string} props.title
 * @param {*}      props.children
 */
export const Empty = ( { title, children } ) => (
	<div className="aisp-empty">
		<h2>{ title }</h2>
		{ children }
	</div>
);
