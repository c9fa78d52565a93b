/**
 * What every screen stands in: its place on the page, a net for its faults, and what it has to tell.
 */
import { Button, Notice, SnackbarList } from '@wordpress/components';
import { Component, createContext, createRoot, useCallback, useContext, useMemo, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { explain } from './api';
import './screen.css';

const Tell = createContext( () => {} );

/**
 * Tells something in passing, read out as well as shown.
 *
 * @return {Function} ( text, actions = [] ) => void; actions as Snackbar takes them.
 */
export const useTell = () => useContext( Tell );

/**
 * Shows a screen in the page that Admin\Menu prints.
 *
 * @param {Function} Screen A component; it gets what the page was given, as `site`.
 */
export function mount( Screen ) {
	const place = document.getElementById( 'aisp-screen' );
	const site = JSON.parse( place.dataset.site );
	createRoot( place ).render(
		<Net>
			<Telling>
				<Screen site={ site } />
			</Telling>
		</Net>
	);
}

function Telling( { children } ) {
	const [ notices, setNotices ] = useState( [] );
	const drop = useCallback( ( id ) => setNotices( ( all ) => all.filter( ( one ) => one.id !== id ) ), [] );
	const tell = useCallback( ( content, actions = [] ) => {
		const id = `${ Date.now() }-${ Math.random() }`;
		setNotices( ( all ) => [ ...all, { id, content, actions, spokenMessage: content } ] );
	}, [] );
	return (
		<Tell.Provider value={ tell }>
			{ children }
			<SnackbarList className="aisp-snackbars" notices={ notices } onRemove={ drop } />
		</Tell.Provider>
	);
}

/** A screen that breaks says so, and can be tried again; the rest of the page stays. */
class Net extends Component {
	state = { broken: false };

	static getDerivedStateFromError() {
		return { broken: true };
	}

	render() {
		if ( ! this.state.broken ) {
			return this.props.children;
		}
		return (
			<Notice status="error" isDismissible={ false }>
				<p>{ __( 'This screen has stopped because of an error in it.', 'ai-secure-proxy' ) }</p>
				<Button variant="secondary" onClick={ () => this.setState( { broken: false } ) }>
					{ __( 'Try again', 'ai-secure-proxy' ) }
				</Button>
			</Notice>
		);
	}
}

/**
 * A call that failed, in place of what it would have brought.
 *
 * @param {Object}   props
 * @param {Object}   props.error As call() rejects with it; nothing is shown for none.
 * @param {Function} props.retry Tries again; without it there is no button.
 */
export function Failure( { error, retry } ) {
	const actions = useMemo( () => ( retry ? [ { label: __( 'Try again', 'ai-secure-proxy' ), onClick: retry } ] : [] ), [ retry ] );
	return error ? (
		<Notice status="error" isDismissible={ false } actions={ actions }>
			{ explain( error ) }
		</Notice>
	) : null;
}
