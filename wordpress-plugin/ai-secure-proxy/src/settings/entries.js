/**
 * A map whose keys are names: each entry opens to its fields, can be removed and, where the order counts, moved.
 */
import { Button, Panel, PanelBody, TextControl } from '@wordpress/components';
import { useRef, useState } from '@wordpress/element';
import { speak } from '@wordpress/a11y';
import { __, sprintf } from '@wordpress/i18n';
import { useEdit, usePlace, useSettingsContext } from './context';
import { entries, moved } from './draft';
import { CONTROL } from './fields/text';
import { PlaceFlaws } from './group';

/**
 * Buttons that move and remove one of several.
 *
 * @param {Object}   props
 * @param {string}   props.what   Its name, for those who hear the buttons.
 * @param {number}   props.index
 * @param {number}   props.count
 * @param {Function} props.move   ( by ) => void; none where the order says nothing.
 * @param {Function} props.remove
 */
export function Handles( { what, index, count, move, remove } ) {
	const shift = ( by ) => ( event ) => {
		const list = event.currentTarget.closest( '.aisp-movable' );
		move( by );
		// The focus goes with what was moved: its buttons are the last ones in it.
		requestAnimationFrame( () => [ ...list.children[ index + by ].querySelectorAll( `[data-by="${ by }"]` ) ].pop()?.focus() );
		/* translators: 1: name of an entry, 2: its place, 3: how many there are. */
		speak( sprintf( __( '%1$s is now number %2$d of %3$d.', 'ai-secure-proxy' ), what, index + by + 1, count ) );
	};
	return (
		<div className="aisp-handles">
			{ move && (
				<>
					<Button
						size="compact"
						icon="arrow-up-alt2"
						data-by={ -1 }
						disabled={ index === 0 }
						accessibleWhenDisabled
						/* translators: %s: name of an entry. */
						label={ sprintf( __( 'Move %s up', 'ai-secure-proxy' ), what ) }
						onClick={ shift( -1 ) }
					/>
					<Button
						size="compact"
						icon="arrow-down-alt2"
						data-by={ 1 }
						disabled={ index === count - 1 }
						accessibleWhenDisabled
						/* translators: %s: name of an entry. */
						label={ sprintf( __( 'Move %s down', 'ai-secure-proxy' ), what ) }
						onClick={ shift( 1 ) }
					/>
				</>
			) }
			<Button
				size="compact"
				variant="tertiary"
				isDestructive
				/* translators: %s: name of an entry. */
				aria-label={ sprintf( __( 'Remove %s', 'ai-secure-proxy' ), what ) }
				onClick={ remove }
			>
				{ __( 'Remove', 'ai-secure-proxy' ) }
			</Button>
		</div>
	);
}

function Entry( { path, name, title, opened, toggle, handles, children } ) {
	const place = usePlace( path );
	return (
		<PanelBody title={ title ?? name } opened={ opened || place.any } onToggle={ toggle } scrollAfterOpen={ false } className={ place.any ? 'has-flaws' : undefined }>
			<PlaceFlaws place={ place } />
			{ children }
			{ handles }
		</PanelBody>
	);
}

/**
 * @param {Object}   props
 * @param {Array}    props.path     Where the map is.
 * @param {string}   props.adds     'Add a provider'.
 * @param {string}   props.label    'Name of a further provider'.
 * @param {string}   props.help     What names may be.
 * @param {*}        props.empty    What to say where there is none.
 * @param {boolean}  props.ordered  Whether the order says something.
 * @param {Function} props.titled   ( name, value ) => the line that stands for it.
 * @param {Function} props.fresh    ( name ) => what a new one begins with.
 * @param {Function} props.children ( path, name ) => its fields.
 */
export function Entries( { path, adds, label, help, empty, ordered, titled, fresh = () => ( {} ), children } ) {
	const { value, set } = useEdit( path );
	const { answer, set: setAt } = useSettingsContext();
	const [ opened, setOpened ] = useState( {} );
	const [ name, setName ] = useState( '' );
	const input = useRef();
	const list = entries( value );
	const isLocked = path[ 0 ] in answer.locked; // Then the buttons that open them are off, too.
	const taken = list.some( ( [ other ] ) => other === name.trim() );

	const add = ( event ) => {
		event.preventDefault();
		const fit = name.trim();
		if ( ! fit || taken ) {
			input.current?.focus();
			return;
		}
		setAt( [ ...path, fit ], fresh( fit ) );
		setOpened( { ...opened, [ fit ]: true } );
		setName( '' );
		/* translators: %s: name of an entry. */
		speak( sprintf( __( '%s was added.', 'ai-secure-proxy' ), fit ) );
	};
	const remove = ( gone ) => {
		setAt( [ ...path, gone ], undefined );
		/* translators: %s: name of an entry. */
		speak( sprintf( __( '%s was removed.', 'ai-secure-proxy' ), gone ) );
		input.current?.focus();
	};
	const move = ( index ) => ( by ) => set( Object.fromEntries( moved( list, index, by ) ) );

	return (
		<>
			{ list.length === 0 && empty }
			{ list.length > 0 && (
				<Panel className="aisp-movable">
					{ list.map( ( [ key, item ], index ) => (
						<Entry
							key={ key }
							path={ [ ...path, key ] }
							name={ key }
							title={ titled?.( key, item ) }
							opened={ isLocked || ( opened[ key ] ?? list.length === 1 ) }
							toggle={ ( open ) => setOpened( { ...opened, [ key ]: open } ) }
							handles={ <Handles what={ key } index={ index } count={ list.length } move={ ordered ? move( index ) : undefined } remove={ () => remove( key ) } /> }
						>
							{ children( [ ...path, key ], key ) }
						</Entry>
					) ) }
				</Panel>
			) }
			<form className="aisp-add" onSubmit={ add }>
				<TextControl
					{ ...CONTROL }
					ref={ input }
					label={ label }
					value={ name }
					/* translators: %s: name of an entry. */
					help={ taken ? <span className="aisp-flaw">{ sprintf( __( 'There is “%s” already.', 'ai-secure-proxy' ), name.trim() ) }</span> : help }
					aria-invalid={ taken }
					autoComplete="off"
					spellCheck={ false }
					onChange={ setName }
				/>
				<Button __next40pxDefaultSize variant="secondary" type="submit">
					{ adds }
				</Button>
			</form>
		</>
	);
}
