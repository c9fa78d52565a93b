/**
 * What every field of the screen needs: its value, what it is unless somebody says otherwise, and what is wrong with it.
 *
 * A flaw is shown once: by the innermost of the fields, entries and groups on the screen that its path lies in.
 */
import { createContext, useCallback, useContext, useLayoutEffect, useMemo, useReducer, useRef } from '@wordpress/element';
import { at, entries, spelt, within } from './draft';

const Settings = createContext( null );

export const useSettingsContext = () => useContext( Settings );

export function SettingsProvider( { settings, children } ) {
	const places = useRef( new Map() );
	const [ round, again ] = useReducer( ( count ) => count + 1, 0 );
	const place = useCallback( ( path ) => {
		places.current.set( path, ( places.current.get( path ) ?? 0 ) + 1 );
		again();
		return () => {
			const left = places.current.get( path ) - 1;
			if ( left ) {
				places.current.set( path, left );
			} else {
				places.current.delete( path );
			}
			again();
		};
	}, [] );
	const innermost = useCallback( ( flaw ) => {
		const around = [ ...places.current.keys() ].filter( ( path ) => within( flaw, path ) );
		return around.sort( ( a, b ) => b.length - a.length )[ 0 ];
	}, [] );
	const value = useMemo( () => ( { ...settings, place, innermost, round } ), [ settings, place, innermost, round ] );
	return <Settings.Provider value={ value }>{ children }</Settings.Provider>;
}

/** The id of the element that stands for a path. */
export const idOf = ( path ) => `aisp-${ path }`;

/**
 * A place on the screen.
 *
 * @param {Array} path
 * @return {{id: string, flaws: Object[], any: boolean}} The flaws to show here, and whether there are any here or within.
 */
export function usePlace( path ) {
	const { flaws, place, innermost } = useSettingsContext();
	const name = spelt( path );
	useLayoutEffect( () => place( name ), [ place, name ] );
	return {
		id: idOf( name ),
		flaws: flaws.filter( ( flaw ) => innermost( flaw.path ) === name ),
		any: flaws.some( ( flaw ) => within( flaw.path, name ) ),
	};
}

/**
 * The value at a path, wherever it is set, and how it is changed. No place on the screen: what is wrong with it is shown around it.
 *
 * @param {Array} path
 * @return {{value: *, set: Function, usual: *}} `usual` is the default.
 */
export function useEdit( path ) {
	const { draft, answer, set } = useSettingsContext();
	const value = at( path[ 0 ] in answer.locked ? answer.locked : draft, path );
	return { value: value ?? undefined, set: ( changed ) => set( path, changed ), usual: at( answer.defaults, path ) ?? undefined };
}

/** A control: as of useEdit() and usePlace(). */
export const useField = ( path ) => ( { ...useEdit( path ), ...usePlace( path ) } );

/** The models that may be named as the settings stand. */
export function useModelNames() {
	const { answer } = useSettingsContext();
	const listed = entries( useEdit( [ 'models' ] ).value );
	return ( listed.length ? listed : entries( answer.effective?.models ?? answer.defaults.models ) ).map( ( [ name ] ) => name );
}
