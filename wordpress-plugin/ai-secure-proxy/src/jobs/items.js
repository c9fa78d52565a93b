/**
 * The items of a job, some at a time: what became of each, and where it went.
 */
import { ExternalLink } from '@wordpress/components';
import { useCallback, useState } from '@wordpress/element';
import { __, sprintf } from '@wordpress/i18n';
import { call } from '../shared/api';
import { Code } from '../shared/details';
import { count, dollars } from '../shared/format';
import { useEvery, useLoaded } from '../shared/load';
import { Pager } from '../shared/pager';
import { Failure } from '../shared/screen';
import { State } from '../shared/states';
import { fault, ITEM_STATES, OBSTACLES, OPEN } from './words';

const PAGE = 20;

/**
 * @param {Object} props
 * @param {Object} props.job
 * @param {number} props.every How often to look again, in milliseconds; 0 is never.
 */
export function Items( { job, every } ) {
	const [ from, setFrom ] = useState( 0 );
	const { id, state } = job;
	const { total } = job.progress;
	const load = useCallback(
		( signal ) => call( `/jobs/${ id }`, { items: PAGE, from }, { signal } ).then( ( { items } ) => ( { items, state } ) ),
		[ id, from, state ]
	);
	const { data, error, reload } = useLoaded( load );
	useEvery( reload, OPEN.includes( state ) ? every : 0 );
	const last = Math.min( from + PAGE, total );
	return (
		<section aria-label={ __( 'Prompts', 'ai-secure-proxy' ) }>
			<h2 className="aisp-heading">{ __( 'Answers', 'ai-secure-proxy' ) }</h2>
			<Failure error={ error } retry={ reload } />
			<ol className="aisp-items" start={ from + 1 }>
				{ ( data?.items ?? [] ).map( ( item ) => (
					<Item key={ item.n } item={ item } waits={ job.preview && job.accepted_at === null } />
				) ) }
			</ol>
			<Pager
				label={ __( 'Pages of answers', 'ai-secure-proxy' ) }
				labels={ [ __( 'Previous', 'ai-secure-proxy' ), __( 'Next', 'ai-secure-proxy' ) ] }
				/* translators: 1: number of the first, 2: number of the last, 3: how many in all. */
				text={ sprintf( __( '%1$s–%2$s of %3$s', 'ai-secure-proxy' ), count( from + 1 ), count( last ), count( total ) ) }
				back={ from > 0 ? () => setFrom( from - PAGE ) : null }
				on={ last < total ? () => setFrom( from + PAGE ) : null }
			/>
		</section>
	);
}

function Item( { item, waits } ) {
	const { state, attempts, result, error, store, place } = item;
	return (
		<li className="aisp-item">
			<div className="aisp-item__head">
				<span className="aisp-figure">
					{ /* translators: %s: place of a prompt in its job. */ sprintf( __( 'No. %s', 'ai-secure-proxy' ), count( item.n + 1 ) ) }
				</span>
				<State look={ ITEM_STATES[ state ][ 0 ] }>{ ITEM_STATES[ state ][ 1 ] }</State>
				{ result && <span className="aisp-note">{ source( result ) }</span> }
				{ attempts > 0 && (
					<span className="aisp-note">
						{ /* translators: %s: how often it was tried. */ sprintf( __( 'tried in vain: %s', 'ai-secure-proxy' ), count( attempts ) ) }
					</span>
				) }
			</div>
			{ error && (
				<p>
					<code>{ error }</code> { fault( error ) }
				</p>
			) }
			{ result && <Answer n={ item.n } result={ result } /> }
			{ store && <Goes store={ store } place={ place } waits={ waits } answered={ state === 'done' } /> }
		</li>
	);
}

/** Where an answer came from, and what it cost as far as that is known. */
function source( { model, cached, cost_usd: usd } ) {
	if ( cached ) {
		/* translators: %s: name of a model. */
		return sprintf( __( '%s, from the cache', 'ai-secure-proxy' ), model );
	}
	return usd === null ? model : `${ model }, ${ dollars( usd * 1e6 ) }`;
}

function Answer( { n, result } ) {
	/* translators: %s: place of a prompt in its job. */
	const label = sprintf( __( 'Answer to no. %s', 'ai-secure-proxy' ), count( n + 1 ) );
	return (
		<>
			<Code label={ label } value={ result.data ?? result.text } />
			{ result.sealed && <p className="aisp-note">{ __( 'Its private values cannot be opened: the key that sealed them is not set. Placeholders stand for them.', 'ai-secure-proxy' ) }</p> }
		</>
	);
}

/** Where an answer is written, or would be. */
function Goes( { store, place, waits, answered } ) {
	/* translators: %d: number of a post. */
	const name = place?.title || sprintf( __( 'Post %d', 'ai-secure-proxy' ), store.post_id );
	const how = () => {
		if ( place?.written ) {
			return __( 'written', 'ai-secure-proxy' );
		}
		if ( place?.obstacle ) {
			return OBSTACLES[ place.obstacle ];
		}
		if ( ! answered ) {
			return __( 'nothing to write yet', 'ai-secure-proxy' );
		}
		return waits ? __( 'written once you accept', 'ai-secure-proxy' ) : __( 'about to be written', 'ai-secure-proxy' );
	};
	return (
		<p className="aisp-goes">
			{ place?.edit_url ? <ExternalLink href={ place.edit_url }>{ name }</ExternalLink> : name } <code>{ store.meta_key }</code>{ ' ' }
			<span className={ place?.obstacle ? 'is-bad' : undefined }>{ how() }</span>
		</p>
	);
}
