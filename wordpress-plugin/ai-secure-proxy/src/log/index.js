/**
 * The log: one row for each call, and whatever somebody wants to know of them.
 */
import '@wordpress/components/build-style/style.css';
import '@wordpress/dataviews/build-style/style.css';
import { Button, Dropdown, MenuGroup, MenuItem } from '@wordpress/components';
import { DataViews } from '@wordpress/dataviews';
import { useCallback, useEffect, useMemo, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { call, page } from '../shared/api';
import { count } from '../shared/format';
import { useLoaded } from '../shared/load';
import { Failure, mount } from '../shared/screen';
import { Details, exportUrl } from './details';
import { fieldsOf } from './fields';
import { addressOf, filtersOf, queryOf, viewOf } from './query';
import { SavedViews } from './views';
import './log.css';

const PAGES = { perPageSizes: [ 20, 50, 100 ] };
const LAYOUTS = { table: {} };
const NOTHING = [];

function Log( { site } ) {
	const [ view, setView ] = useAddress();
	const [ shown, setShown ] = useState( null );
	const query = JSON.stringify( queryOf( view ) );
	const list = useLoaded( useCallback( ( signal ) => page( '/logs', JSON.parse( query ), signal ), [ query ] ) );
	const facets = useLoaded( useCallback( ( signal ) => call( '/logs/facets', {}, { signal } ), [] ) );
	const fields = useMemo( () => fieldsOf( facets.data, setShown ), [ facets.data ] );

	const search = ( text ) => {
		setView( { ...viewOf( new URLSearchParams() ), search: text } );
		setShown( null );
	};
	return (
		<>
			<Failure error={ list.error } retry={ list.reload } />
			<div className="aisp-log">
				<DataViews
					data={ list.data?.rows ?? NOTHING }
					fields={ fields }
					view={ view }
					onChangeView={ setView }
					onReset={ () => setView( viewOf( new URLSearchParams() ) ) }
					getItemId={ ( item ) => String( item.id ) }
					isLoading={ list.loading }
					paginationInfo={ { totalItems: list.data?.total ?? 0, totalPages: list.data?.pages ?? 0 } }
					defaultLayouts={ LAYOUTS }
					config={ PAGES }
					searchLabel={ __( 'Search by request id or hash', 'ai-secure-proxy' ) }
					empty={ <Empty filtered={ view.filters.length > 0 || view.search !== '' } /> }
					header={
						<div className="aisp-log__tools">
							<Found list={ list } />
							<SavedViews address={ addressOf( view ).toString() } open={ ( address ) => setView( viewOf( new URLSearchParams( address ) ) ) } />
							<Export rest={ site.rest } view={ view } />
							<Button __next40pxDefaultSize variant="secondary" onClick={ list.reload }>
								{ __( 'Refresh', 'ai-secure-proxy' ) }
							</Button>
						</div>
					}
				/>
			</div>
			{ shown && <Details record={ shown } search={ search } close={ () => setShown( null ) } /> }
		</>
	);
}

/** The view, which the page's address has too: it can be linked to, and the browser's Back goes to the one before. */
function useAddress() {
	const [ view, setView ] = useState( () => viewOf( new URLSearchParams( window.location.search ) ) );
	const change = useCallback( ( next ) => {
		setView( next );
		const url = new URL( window.location.href );
		const slug = url.searchParams.get( 'page' );
		url.search = addressOf( next ).toString();
		url.searchParams.set( 'page', slug );
		if ( url.href !== window.location.href ) {
			window.history.pushState( null, '', url );
		}
	}, [] );
	useEffect( () => {
		const back = () => setView( viewOf( new URLSearchParams( window.location.search ) ) );
		window.addEventListener( 'popstate', back );
		return () => window.removeEventListener( 'popstate', back );
	}, [] );
	return [ view, change ];
}

/** How many there are; a number that is not counted to its end says so. */
function Found( { list } ) {
	const total = list.data?.total ?? 0;
	const more = list.data?.headers.get( 'X-AISP-Total-Is-Bound' ) === 'true';
	/* translators: %s: a number of calls. */
	const text = more ? __( 'More than %s calls', 'ai-secure-proxy' ) : __( 'Calls: %s', 'ai-secure-proxy' );
	return (
		<span className="aisp-figure" role="status">
			{ list.data ? sprintf( text, count( total ) ) : '' }
		</span>
	);
}

function Empty( { filtered } ) {
	return <p>{ filtered ? __( 'No call is like that. Take a filter away to see more.', 'ai-secure-proxy' ) : __( 'Nothing has been asked yet. The playground is a good place to begin.', 'ai-secure-proxy' ) }</p>;
}

function Export( { rest, view } ) {
	const formats = { csv: __( 'CSV, for spreadsheets', 'ai-secure-proxy' ), json: __( 'JSON', 'ai-secure-proxy' ), jsonl: __( 'JSON, a record a line', 'ai-secure-proxy' ) };
	return (
		<Dropdown
			popoverProps={ { placement: 'bottom-end' } }
			renderToggle={ ( { isOpen, onToggle } ) => (
				<Button __next40pxDefaultSize variant="secondary" onClick={ onToggle } aria-expanded={ isOpen }>
					{ __( 'Export', 'ai-secure-proxy' ) }
				</Button>
			) }
			renderContent={ ( { onClose } ) => (
				<MenuGroup label={ __( 'Export what is shown, all pages', 'ai-secure-proxy' ) }>
					{ Object.entries( formats ).map( ( [ format, label ] ) => (
						<MenuItem key={ format } onClick={ () => [ window.location.assign( exportUrl( rest, filtersOf( view ), format ) ), onClose() ] }>
							{ label }
						</MenuItem>
					) ) }
				</MenuGroup>
			) }
		/>
	);
}

mount( Log );
