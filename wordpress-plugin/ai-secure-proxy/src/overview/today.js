/**
 * Today against yesterday until the same time.
 */
import { __, sprintf } from '@wordpress/i18n';
import { duration, NONE, percent, short } from '../shared/format';
import { changeOf, cost, errorsOf, microusdOf, pointsOf, sumOf, tokensOf } from './figures';
import { useLog } from './log-link';

/** What each tile shows; `good` is where the figure had better go: up, down, or nowhere in particular. */
const TILES = [
	{ id: 'calls', label: __( 'Calls', 'ai-secure-proxy' ), value: ( sum ) => sum.calls, show: short, log: {} },
	{ id: 'hits', label: __( 'Hit ratio', 'ai-secure-proxy' ), value: ( sum ) => sum.hit_ratio, show: percent, change: pointsOf, good: 'up', log: { cached: 'true' } },
	{ id: 'errors', label: __( 'Errors', 'ai-secure-proxy' ), value: errorsOf, show: short, good: 'down', log: { error: 'any' } },
	{ id: 'p95', label: __( 'P95', 'ai-secure-proxy' ), hint: __( '95 of 100 calls took no longer.', 'ai-secure-proxy' ), value: ( sum ) => sum.duration_ms.p95, show: duration, good: 'down', log: { orderby: 'duration_ms' } },
	{ id: 'tokens', label: __( 'Tokens', 'ai-secure-proxy' ), value: tokensOf, show: short, log: { orderby: 'tokens' } },
	{ id: 'cost', label: __( 'Cost', 'ai-secure-proxy' ), value: microusdOf, show: cost, log: { orderby: 'cost_microusd' } },
];

export function Today( { days, now, site } ) {
	const [ today, yesterday ] = [ sumOf( days.today ), sumOf( days.yesterday ) ];
	const log = useLog();
	return (
		<section aria-labelledby="aisp-today">
			<h2 id="aisp-today">{ __( 'Today', 'ai-secure-proxy' ) }</h2>
			<ul className="aisp-tiles">
				{ TILES.map( ( tile ) => (
					<Tile key={ tile.id } { ...tile } now={ tile.value( today ) } before={ tile.value( yesterday ) } href={ log( now, now, tile.log ) } />
				) ) }
			</ul>
			<p className="aisp-aside">
				{ today.calls
					? __( 'Compared with yesterday until the same time of the day.', 'ai-secure-proxy' )
					: __( 'Nobody has asked anything today.', 'ai-secure-proxy' ) }
				{ ! today.calls && (
					<>
						{ ' ' }
						<a href={ site.screens.playground }>{ __( 'Ask something in the Playground', 'ai-secure-proxy' ) }</a>
					</>
				) }
			</p>
		</section>
	);
}

function Tile( { label, hint, show, change = changeOf, good, now, before, href } ) {
	return (
		<li className="aisp-tile">
			<a href={ href }>
				<span className="aisp-tile-label" title={ hint }>
					{ label }
				</span>
				<strong className="aisp-tile-value aisp-figure">{ show( now ) }</strong>
				<Change change={ change( now, before ) } good={ good } before={ show( before ) } />
			</a>
		</li>
	);
}

/** An arrow, a word for those who do not see it, and what the figure was. */
function Change( { change: { direction, text }, good, before } ) {
	const sorts = { up: [ '▲', __( 'up', 'ai-secure-proxy' ) ], down: [ '▼', __( 'down', 'ai-secure-proxy' ) ], same: [ '=', __( 'unchanged', 'ai-secure-proxy' ) ] };
	/* translators: %s: a figure of yesterday. */
	const yesterday = __( 'yesterday %s', 'ai-secure-proxy' );
	const [ arrow, word ] = sorts[ direction ] ?? [];
	const judged = good && [ 'up', 'down' ].includes( direction ) ? ` is-${ direction === good ? 'better' : 'worse' }` : '';
	return (
		<span className="aisp-change aisp-figure">
			{ arrow && (
				<span className={ `aisp-arrow${ judged }` }>
					<span aria-hidden="true">{ arrow }</span>
					<span className="screen-reader-text">{ word } </span>
					{ text && ` ${ text }` }
				</span>
			) }
			<span>
				{ before === NONE ? __( 'no calls yesterday', 'ai-secure-proxy' ) : sprintf( yesterday, before ) }
			</span>
		</span>
	);
}
