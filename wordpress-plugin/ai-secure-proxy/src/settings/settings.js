/**
 * The screen: sections, one of them open, and what becomes of the changes.
 */
import { Notice, Spinner } from '@wordpress/components';
import { useCallback, useEffect, useMemo, useRef, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { explain } from '../shared/api';
import { Failure, useTell } from '../shared/screen';
import { idOf, SettingsProvider } from './context';
import { Summary } from './flaws';
import { Nav, useSection } from './nav';
import { SaveBar } from './save-bar';
import { sectionOf, sections } from './sections';
import { useSettings } from './use-settings';

/** Focuses the element of a place, or of the nearest one around it. */
function focusPlace( path ) {
	const keys = path.split( '.' );
	while ( keys.length ) {
		const element = document.getElementById( idOf( keys.join( '.' ) ) );
		if ( element ) {
			element.closest( 'details' )?.setAttribute( 'open', '' );
			element.focus();
			element.scrollIntoView( { block: 'center' } );
			return;
		}
		keys.pop();
	}
}

/** Saving failed for another reason than flaws. */
function NotSaved( { settings } ) {
	const { failure, join, discard, reload } = settings;
	if ( ! failure || failure.data?.flaws ) {
		return null;
	}
	const isConflict = failure.data?.status === 409;
	const actions = [
		{ label: __( 'Keep my changes, over theirs', 'ai-secure-proxy' ), onClick: join },
		{
			label: __( 'Drop my changes', 'ai-secure-proxy' ),
			onClick: () => {
				discard();
				reload();
			},
		},
	];
	return (
		<Notice status="error" isDismissible={ false } actions={ isConflict ? actions : [] }>
			{ explain( failure ) }
		</Notice>
	);
}

export function Settings( { site } ) {
	const settings = useSettings();
	const { answer, error, reload, flaws, changed, save, saving, discard } = settings;
	const tell = useTell();
	const all = useMemo( sections, [] );
	const [ section, go ] = useSection( all );
	const [ target, setTarget ] = useState( null );
	const heading = useRef();
	const shown = useRef( section.id );

	// Who goes to another section goes on reading there.
	useEffect( () => {
		if ( shown.current !== section.id && ! target ) {
			heading.current?.focus();
		}
		shown.current = section.id;
	}, [ section.id, target ] );

	useEffect( () => {
		if ( target ) {
			focusPlace( target );
			setTarget( null );
		}
	}, [ target ] );

	const find = useCallback(
		( path ) => {
			go( sectionOf( all, path ).id );
			setTarget( path );
		},
		[ all, go ]
	);

	const known = useMemo(
		() =>
			all.map( ( one ) => ( {
				...one,
				flaws: flaws.filter( ( flaw ) => flaw.path && sectionOf( all, flaw.path ) === one ).length,
				isChanged: changed.some( ( key ) => sectionOf( all, key ) === one ),
				isLocked: one.keys.some( ( key ) => key in ( answer?.locked ?? {} ) ),
			} ) ),
		[ all, flaws, changed, answer ]
	);

	if ( ! answer ) {
		return error ? <Failure error={ error } retry={ reload } /> : <Spinner />;
	}
	const { Fields } = section;
	return (
		<SettingsProvider settings={ settings }>
			{ flaws.length > 0 && <Summary flaws={ flaws } areStored={ ! settings.failure } occasion={ settings.failure ?? answer } go={ find } /> }
			<NotSaved settings={ settings } />
			{ answer.filtered && (
				<Notice status="info" isDismissible={ false }>
					{
						/* translators: %s: name of a WordPress filter. */
						sprintf( __( 'Code on this site changes what is allowed by the filter %s: a call may see other settings than these.', 'ai-secure-proxy' ), 'aisp_policy' )
					}
				</Notice>
			) }
			<div className="aisp-settings">
				<Nav all={ known } section={ section } go={ go } />
				<div className="aisp-section">
					<h2 ref={ heading } tabIndex={ -1 }>
						{ section.title }
					</h2>
					<Fields site={ site } />
					<SaveBar
						changed={ changed }
						saving={ saving }
						discard={ discard }
						save={ async () => {
							if ( await save() ) {
								tell( __( 'The settings were saved.', 'ai-secure-proxy' ) );
							}
						} }
					/>
				</div>
			</div>
		</SettingsProvider>
	);
}
