/**
 * The playground: a question, its answer as it comes, and beside it what would be sent.
 */
import { Card, CardBody, CardHeader } from '@wordpress/components';
import { useCallback, useEffect, useState } from '@wordpress/element';
import { __ } from '@wordpress/i18n';
import { call } from '../shared/api';
import { useLoaded } from '../shared/load';
import { Failure, mount } from '../shared/screen';
import { useAnswer } from '../shared/stream';
import { Answered } from './answered';
import { Ask } from './ask';
import { Preview } from './preview';
import { EMPTY, fieldOf, requestOf } from './request';
import './playground.css';

function Playground() {
	const models = useLoaded( useCallback( ( signal ) => call( '/models', {}, { signal } ), [] ) );
	const [ form, setForm ] = useState( EMPTY );
	const [ preview, setPreview ] = useState( { data: null, error: null } );
	const [ flaws, setFlaws ] = useState( {} );
	const { answer, ask, stop, busy } = useAnswer();

	/** Calls with what the form says, unless that cannot be said. */
	const withRequest = ( act ) => {
		const { request, flaws: found } = requestOf( form );
		setFlaws( found );
		if ( request ) {
			act( request );
		}
	};
	const refused = ( error ) => setFlaws( fieldOf( error ) );
	const dryRun = ( request ) =>
		call( '/infer', {}, { method: 'POST', data: { ...request, dry_run: true } } ).then(
			( data ) => setPreview( { data: data.preview, error: null } ),
			( error ) => [ setPreview( { data: null, error } ), refused( error ) ]
		);
	useEffect( () => {
		if ( answer.state === 'failed' ) {
			setFlaws( fieldOf( answer.error ) );
		}
	}, [ answer.state, answer.error ] );

	return (
		<>
			<Failure error={ models.error } retry={ models.reload } />
			<div className="aisp-playground">
				<Card>
					<CardHeader>
						<h2>{ __( 'Ask', 'ai-secure-proxy' ) }</h2>
					</CardHeader>
					<CardBody>
						<Ask
							form={ form }
							change={ setForm }
							flaws={ flaws }
							models={ models.data ?? [] }
							busy={ busy }
							ask={ () => withRequest( ( request ) => ask( { ...request, restart: true } ) ) }
							stop={ stop }
							dryRun={ () => withRequest( dryRun ) }
						/>
					</CardBody>
				</Card>
				<div className="aisp-playground__answers">
					<Answered answer={ answer } />
					<Preview preview={ preview.data } error={ preview.error } />
				</div>
			</div>
		</>
	);
}

mount( Playground );
