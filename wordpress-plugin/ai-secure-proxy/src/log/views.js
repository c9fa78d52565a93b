/**
 * Views that somebody keeps under a name; WordPress's preferences hold them, for each user.
 */
import { Button, Dropdown, MenuGroup, MenuItem, TextControl } from '@wordpress/components';
import { useDispatch, useSelect } from '@wordpress/data';
import { useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { store as preferences } from '@wordpress/preferences';
import { useTell } from '../shared/screen';

const SCOPE = 'ai-secure-proxy';
const KEY = 'logViews';
const NO_VIEWS = [];

/**
 * @param {Object}   props
 * @param {string}   props.address What is looked at, as the page's address says it.
 * @param {Function} props.open    Goes to such an address.
 */
export function SavedViews( { address, open } ) {
	const views = useSelect( ( select ) => select( preferences ).get( SCOPE, KEY ) ?? NO_VIEWS, [] );
	const { set } = useDispatch( preferences );
	const tell = useTell();

	const save = ( name ) => {
		set( SCOPE, KEY, [ ...views.filter( ( view ) => view.name !== name ), { name, address } ] );
		/* translators: %s: name of a view. */
		tell( sprintf( __( 'View “%s” saved.', 'ai-secure-proxy' ), name ) );
	};
	const content = useRef();
	const drop = ( name ) => {
		set( SCOPE, KEY, views.filter( ( view ) => view.name !== name ) );
		// What was pressed is gone; the keyboard stays in the menu, which would close otherwise.
		content.current.focus();
		/* translators: %s: name of a view. */
		tell( sprintf( __( 'View “%s” deleted.', 'ai-secure-proxy' ), name ) );
	};

	return (
		<Dropdown
			popoverProps={ { placement: 'bottom-end' } }
			renderToggle={ ( { isOpen, onToggle } ) => (
				<Button size="compact" variant="secondary" onClick={ onToggle } aria-expanded={ isOpen }>
					{ __( 'Views', 'ai-secure-proxy' ) }
				</Button>
			) }
			renderContent={ ( { onClose } ) => (
				<div className="aisp-views" ref={ content } tabIndex={ -1 }>
					<MenuGroup label={ __( 'Saved views', 'ai-secure-proxy' ) }>
						<One name={ __( 'All calls', 'ai-secure-proxy' ) } isShown={ address === '' } choose={ () => [ open( '' ), onClose() ] } />
						{ views.map( ( view ) => (
							<div key={ view.name } className="aisp-views__one">
								<One name={ view.name } isShown={ address === view.address } choose={ () => [ open( view.address ), onClose() ] } />
								<Button size="small" isDestructive variant="tertiary" onClick={ () => drop( view.name ) } aria-label={ deletes( view.name ) }>
									{ __( 'Delete', 'ai-secure-proxy' ) }
								</Button>
							</div>
						) ) }
					</MenuGroup>
					<Naming save={ ( name ) => [ save( name ), onClose() ] } />
				</div>
			) }
		/>
	);
}

const One = ( { name, isShown, choose } ) => (
	<MenuItem role="menuitemradio" isSelected={ isShown } onClick={ choose }>
		{ name }
	</MenuItem>
);

/* translators: %s: name of a view. */
const deletes = ( name ) => sprintf( __( 'Delete view “%s”', 'ai-secure-proxy' ), name );

function Naming( { save } ) {
	const [ name, setName ] = useState( '' );
	return (
		<form
			onSubmit={ ( event ) => {
				event.preventDefault();
				save( name.trim() );
			} }
		>
			<TextControl __next40pxDefaultSize __nextHasNoMarginBottom label={ __( 'Save this view as', 'ai-secure-proxy' ) } value={ name } onChange={ setName } maxLength={ 60 } />
			<Button __next40pxDefaultSize type="submit" variant="primary" disabled={ ! name.trim() } accessibleWhenDisabled>
				{ __( 'Save', 'ai-secure-proxy' ) }
			</Button>
		</form>
	);
}
