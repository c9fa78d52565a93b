/**
 * Rows in a table, or one below the other where there is no room for one; @wordpress/dataviews without its pages, which want a total.
 */
import { DataViews } from '@wordpress/dataviews';
import { useState } from '@wordpress/element';
import '@wordpress/components/build-style/style.css';
import '@wordpress/dataviews/build-style/style.css';
import { useChipNames } from './chip-names';
import { useNarrow } from './narrow';
import './rows.css';

const LAYOUTS = { table: {}, grid: {} };
const SIZES = [ 20, 50 ];

/**
 * Which columns and filters somebody has chosen.
 *
 * @param {string}   title  The field that a row is opened by.
 * @param {string[]} fields The other ones.
 * @return {Object} view and setView for Rows; filters: what is set, by field.
 */
export function useView( title, fields ) {
	const [ view, setView ] = useState( { type: 'table', titleField: title, fields, filters: [], page: 1, perPage: SIZES[ 0 ], layout: { density: 'compact' } } );
	const filters = Object.fromEntries( view.filters.map( ( { field, value } ) => [ field, value ?? undefined ] ) );
	return { view, setView, filters };
}

/**
 * @param {Object}   props
 * @param {Object}   props.list    As useKeyset() gives it.
 * @param {Object}   props.view    Of useView().
 * @param {Function} props.setView Of useView().
 * @param {Object[]} props.fields  As DataViews takes them.
 * @param {Object[]} props.actions As DataViews takes them.
 * @param {Function} props.open    Gets the row that somebody has opened.
 * @param {*}        props.empty   What to show where there is no row.
 * @param {*}        props.extra   What to show beside the filters.
 */
export function Rows( { list, view, setView, fields, actions, open, empty, extra } ) {
	const rows = list.rows ?? [];
	const place = useChipNames();
	const type = useNarrow() ? 'grid' : 'table';
	return (
		<div ref={ place } className="aisp-rows" aria-busy={ ! list.fresh }>
			<DataViews
				data={ rows }
				fields={ fields.map( ( field ) => ( { enableSorting: false, filterBy: false, ...field } ) ) }
				view={ { ...view, type } }
				onChangeView={ setView }
				actions={ actions }
				isLoading={ ! list.fresh && ! list.error }
				getItemId={ ( row ) => String( row.id ) }
				paginationInfo={ { totalItems: rows.length, totalPages: 1 } }
				defaultLayouts={ LAYOUTS }
				config={ { perPageSizes: SIZES } }
				onClickItem={ open }
				empty={ empty }
			>
				<div className="aisp-rows__tools">
					<DataViews.FiltersToggled />
					{ extra }
					<DataViews.ViewConfig />
				</div>
				<DataViews.Layout />
				{ rows.length > 0 && <DataViews.BulkActionToolbar /> }
			</DataViews>
		</div>
	);
}
