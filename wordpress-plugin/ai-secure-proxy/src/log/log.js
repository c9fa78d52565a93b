/**
 * The screen: one row for each call, whatever somebody wants to know of them, and the one that is looked at.
 */
import '@wordpress/components/build-style/style.css';
import '@wordpress/dataviews/build-style/style.css';
import { Button } from '@wordpress/components';
import { DataViews } from '@wordpress/dataviews';
import { useCallback, useMemo } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { call, page } from '../shared/api';
import { useChipNames } from '../shared/chip-names';
import { count } from '../shared/format';
import { useLoaded } from '../shared/load';
import { useNarrow } from '../shared/narrow';
import { Failure } from '../shared/screen';
import { Call } from './call';
import { Empty } from './empty';
import { Export } from './export';
import { fieldsOf } from './fields';
import { Kept } from './kept';
import { addressOf, DEFAULT_VIEW, filtersOf, queryOf, viewOf } from './query';
import { useAddress } from './use-address';
import { SavedViews } from './views';
import '../shared/rows.css';
import './log.css';

const SIZES = { perPageSizes: [ 20, 50, 100 ] };
const LAYOUTS = { table: {}, grid: {} };
const NOTHING = [];

/**
 * @param {Object} props
 * @param {Object} props.site As Admin\Menu gives it.
 */
export function Log( { site } ) {
	const { view, setView, callId, setCallId } = useAddress();
	const query = JSON.stringify( queryOf( view ) );
	const list = useLoaded( useCallback( ( signal ) => page( '/logs', JSON.parse( query ), signal ), [ query ] ) );
	const facets = useLoaded( useCallback( ( signal ) => call( '/logs/facets', {}, { signal } ), [] ) );
	const fields = useMemo( () => fieldsOf( facets.data, view.filters ), [ facets.data, view.filters ] );
	const place = useChipNames();
	const layout = useNarrow() ? 'grid' : 'table';
	const reset = () => setView( { ...DEFAULT_VIEW, fields: view.fields } );
	const reload = () => {
		list.reload();
		facets.reload();
	};
	return (
		<>
			<Failure error={ list.error ?? facets.error } retry={ reload } />
			<div ref={ place } className="aisp-rows aisp-log" aria-busy={ list.loading }>
				<DataViews
					data={ list.data?.rows ?? NOTHING }
					fields={ fields }
					view={ { ...view, type: layout } }
					onChangeView={ setView }
					onReset={ addressOf( view ).toString() !== '' && ( () => setView( DEFAULT_VIEW ) ) }
					getItemId={ ( item ) => String( item.id ) }
					isLoading={ list.loading }
					paginationInfo={ { totalItems: list.data?.total ?? 0, totalPages: list.data?.pages ?? 0 } }
					defaultLayouts={ LAYOUTS }
					config={ SIZES }
					onClickItem={ ( item ) => setCallId( String( item.id ) ) }
					empty={ list.data && ! list.error ? <Empty view={ view } reset={ reset } playground={ site.screens.playground } /> : '' }
				>
					<div className="aisp-log__tools">
						<DataViews.Search label={ __( 'Search by request id or hash', 'ai-secure-proxy' ) } />
						<SavedViews address={ addressOf( { ...view, page: 1 } ).toString() } open={ ( address ) => setView( viewOf( new URLSearchParams( address ) ) ) } />
						<Export rest={ site.rest } filters={ filtersOf( view ) } disabled={ Boolean( list.error ) } />
						<Button size="compact" variant="secondary" onClick={ reload }>
							{ __( 'Refresh', 'ai-secure-proxy' ) }
						</Button>
						<DataViews.ViewConfig />
					</div>
					<DataViews.Filters className="aisp-log__filters" />
					<div className="aisp-log__found">
						<Found list={ list } />
						<Kept retention={ site.retention } settings={ site.screens.settings } />
					</div>
					<DataViews.Layout />
					<DataViews.Footer />
				</DataViews>
			</div>
			{ callId && <Call id={ callId } close={ () => setCallId( '' ) } search={ ( search ) => setView( { ...DEFAULT_VIEW, fields: view.fields, search } ) } /> }
		</>
	);
}

/**
 * How many there are; a number that is not counted to its end says so.
 *
 * @param {Object} props
 * @param {Object} props.list As useLoaded() gives the page.
 */
function Found( { list } ) {
	return (
		<span className="aisp-figure" role="status">
			{ list.data && ! list.error ? found( list.data ) : '' }
		</span>
	);
}

function found( { total, headers } ) {
	if ( headers.get( 'X-AISP-Total-Is-Bound' ) === 'true' ) {
		/* translators: %s: a large number. */
		return sprintf( __( 'More than %s calls', 'ai-secure-proxy' ), count( total ) );
	}
	/* translators: %s: how many. */
	return sprintf( _n( '%s call', '%s calls', total, 'ai-secure-proxy' ), count( total ) );
}
