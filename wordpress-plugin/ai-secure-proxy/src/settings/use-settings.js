/**
 * The settings: loaded, edited, saved; and what is wrong with them.
 */
import { useCallback, useEffect, useMemo, useState } from '@wordpress/element';
import { call } from '../shared/api';
import { useLoaded } from '../shared/load';
import { changedKeys, merged, put, spelt, unfolded, within } from './draft';

/** The settings as the screen edits them: how long the log is kept is stored elsewhere, and one of them here. */
const edited = ( said ) => ( { ...unfolded( said.settings ), log: said.log } );

const load = ( signal ) => call( '/settings', {}, { signal } );

export function useSettings() {
	const { data, error, reload } = useLoaded( load );
	const [ answer, setAnswer ] = useState( null );
	const [ draft, setDraft ] = useState( {} );
	const [ flaws, setFlaws ] = useState( [] );
	const [ failure, setFailure ] = useState( null );
	const [ saving, setSaving ] = useState( false );

	const take = useCallback( ( said ) => {
		setAnswer( { ...said, locked: unfolded( said.locked ) } );
		setDraft( edited( said ) );
		setFlaws( said.flaws );
		setFailure( null );
	}, [] );
	useEffect( () => {
		if ( data ) {
			take( data );
		}
	}, [ data, take ] );

	const set = useCallback( ( path, value ) => {
		setDraft( ( old ) => put( old, path, value ) );
		setFlaws( ( old ) => old.filter( ( flaw ) => ! within( flaw.path, spelt( path ) ) ) );
	}, [] );

	const saved = useMemo( () => ( answer ? edited( answer ) : {} ), [ answer ] );
	const changed = useMemo( () => changedKeys( saved, draft ), [ saved, draft ] );

	const save = async () => {
		setSaving( true );
		setFailure( null );
		try {
			const { log = {}, ...kept } = draft;
			take( await call( '/settings', {}, { method: 'PUT', data: { settings: kept, log, version: answer.version } } ) );
			return true;
		} catch ( refusal ) {
			setFailure( refusal );
			setFlaws( refusal?.data?.flaws ?? [] );
			return false;
		} finally {
			setSaving( false );
		}
	};

	const discard = () => take( answer );

	/** After somebody else has saved: theirs, and one's own changes over it. */
	const join = async () => {
		setSaving( true );
		try {
			const theirs = await call( '/settings' );
			setAnswer( { ...theirs, locked: unfolded( theirs.locked ) } );
			setDraft( merged( saved, draft, edited( theirs ) ) );
			setFailure( null );
		} catch ( refusal ) {
			setFailure( refusal );
		} finally {
			setSaving( false );
		}
	};

	return { answer, draft, set, replace: setDraft, flaws, changed, save, saving, discard, join, failure, take, error, reload };
}
