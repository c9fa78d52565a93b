/**
 * Ask a model as the site would, and see what became of it. Nothing of it is kept beyond this page.
 */
import { useCallback, useState } from '@wordpress/element';
import { call } from '../shared/api';
import { useLoaded } from '../shared/load';
import { Failure } from '../shared/screen';
import { useAnswer } from '../shared/use-answer';
import { Answer } from './answer';
import { EMPTY, flawsOf, requestOf } from './draft';
import { DryRun } from './dry-run';
import { Form } from './form';
import { History } from './history';
import { useDryRun } from './use-dry-run';
import '../shared/fields.css';
import './playground.css';

const SOURCE = 'playground';

const models = ( signal ) => call( '/models', {}, { signal } );

export function Playground() {
	const { data: offer, error: failure, reload } = useLoaded( models );
	const [ draft, setDraft ] = useState( EMPTY );
	const [ flaws, setFlaws ] = useState( {} );
	const [ history, setHistory ] = useState( [] );
	const answer = useAnswer( SOURCE );
	const dry = useDryRun( SOURCE );

	const change = useCallback( ( changes ) => {
		setDraft( ( now ) => ( { ...now, ...changes } ) );
		setFlaws( ( now ) => Object.fromEntries( Object.entries( now ).filter( ( [ field ] ) => ! ( field in changes ) ) ) );
	}, [] );

	/** Does something with the request that the form makes, unless the form itself is wrong. */
	const withRequest = ( act ) => {
		const { request, flaws: found } = requestOf( draft );
		setFlaws( found );
		if ( ! Object.keys( found ).length ) {
			act( request );
		}
	};

	const refused = ( error ) => setFlaws( flawsOf( error ) );

	const ask = () =>
		withRequest( async ( request ) => {
			const result = await answer.ask( () => request, refused );
			if ( result ) {
				setHistory( ( all ) => [ { draft, result }, ...all ] );
			}
		} );

	if ( failure ) {
		return <Failure error={ failure } retry={ reload } />;
	}
	return (
		<div className="aisp-playground">
			<div className="aisp-playground-ask">
				<Form draft={ draft } change={ change } flaws={ flaws } offer={ offer } busy={ answer.busy } ask={ ask } stop={ answer.stop } dryRun={ () => withRequest( ( request ) => dry.run( request, refused ) ) } />
			</div>
			<div className="aisp-playground-told">
				<Answer answer={ answer } retry={ ask } />
				<DryRun dry={ dry } retry={ () => withRequest( ( request ) => dry.run( request, refused ) ) } />
				<History history={ history } again={ ( { draft: earlier } ) => change( earlier ) } />
			</div>
		</div>
	);
}
