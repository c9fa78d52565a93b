/**
 * The list of sections: beside the fields where there is room, else one control above them.
 */
import { SelectControl } from '@wordpress/components';
import { useCallback, useEffect, useState } from '@wordpress/element';
import { __, _n, sprintf } from '@wordpress/i18n';
import { CONTROL } from './fields/text';

/**
 * The section of the address, #providers.
 *
 * @param {Object[]} all As sections() gives them.
 * @return {Array} The section, and a function that goes to another by its id.
 */
export function useSection( all ) {
	const current = useCallback( () => all.find( ( { id } ) => `#${ id }` === window.location.hash ) ?? all[ 0 ], [ all ] );
	const [ section, setSection ] = useState( current );
	useEffect( () => {
		const follow = () => setSection( current() );
		window.addEventListener( 'hashchange', follow );
		return () => window.removeEventListener( 'hashchange', follow );
	}, [ current ] );
	const go = useCallback(
		( id ) => {
			window.location.hash = id;
			setSection( all.find( ( one ) => one.id === id ) );
		},
		[ all ]
	);
	return [ section, go ];
}

/** What there is to know of a section before it is opened. */
function marks( { flaws, isChanged, isLocked } ) {
	return [
		/* translators: %d: how many things are wrong. */
		flaws > 0 && sprintf( _n( '%d flaw', '%d flaws', flaws, 'ai-secure-proxy' ), flaws ),
		isChanged && __( 'changed', 'ai-secure-proxy' ),
		isLocked && __( 'locked', 'ai-secure-proxy' ),
	].filter( Boolean );
}

/**
 * @param {Object}   props
 * @param {Object[]} props.all     Sections, with flaws (how many), isChanged, isLocked.
 * @param {Object}   props.section The one that is shown.
 * @param {Function} props.go      ( id ) => void.
 */
export function Nav( { all, section, go } ) {
	return (
		<>
			<nav className="aisp-nav" aria-label={ __( 'Settings', 'ai-secure-proxy' ) }>
				<ul>
					{ all.map( ( one ) => (
						<li key={ one.id }>
							<a href={ `#${ one.id }` } aria-current={ one.id === section.id ? 'page' : undefined }>
								{ one.title }
								{ marks( one ).map( ( mark, index ) => (
									<span key={ mark } className={ index === 0 && one.flaws > 0 ? 'aisp-mark is-bad' : 'aisp-mark' }>
										{ mark }
									</span>
								) ) }
							</a>
						</li>
					) ) }
				</ul>
			</nav>
			<div className="aisp-nav-narrow">
				<SelectControl
					{ ...CONTROL }
					label={ __( 'Section', 'ai-secure-proxy' ) }
					value={ section.id }
					options={ all.map( ( one ) => ( { value: one.id, label: [ one.title, ...marks( one ) ].join( ' – ' ) } ) ) }
					onChange={ go }
				/>
			</div>
		</>
	);
}
