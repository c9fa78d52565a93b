/**
 * Who asks without a login: other servers, by signatures, and browsers, by tokens.
 */
import { CheckboxControl, ToggleControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import { useEdit, useModelNames } from '../context';
import { items } from '../draft';
import { Entries } from '../entries';
import { Duration } from '../fields/duration';
import { Figure } from '../fields/figure';
import { Json } from '../fields/json';
import { Lines } from '../fields/lines';
import { Secret } from '../fields/secret';
import { Group } from '../group';

function Flag( { path, label, help } ) {
	const { value, set } = useEdit( path );
	return <CheckboxControl __nextHasNoMarginBottom label={ label } help={ help } checked={ value === true } onChange={ ( checked ) => set( checked ? true : undefined ) } />;
}

const Own = ( { path } ) => (
	<Json
		path={ path }
		label={ __( 'Settings of its own, as JSON', 'ai-secure-proxy' ) }
		help={ __( 'They take the place of the site’s, key by key: {"quota": [{"per": "client", "limit": 100, "period": 3600}]}', 'ai-secure-proxy' ) }
	/>
);

export function Clients() {
	return (
		<Group name="clients" intro={ __( 'Other servers that sign their requests with a key that they share with this site.', 'ai-secure-proxy' ) }>
			<Entries
				path={ [ 'clients' ] }
				adds={ __( 'Add a client', 'ai-secure-proxy' ) }
				label={ __( 'Name of a further client', 'ai-secure-proxy' ) }
				help={ __( 'Small letters, digits, dots, underscores and hyphens.', 'ai-secure-proxy' ) }
				empty={ <p>{ __( 'No other server may ask. Add a client for each that may.', 'ai-secure-proxy' ) }</p> }
			>
				{ ( path ) => (
					<>
						<Secret
							path={ [ ...path, 'secret_env' ] }
							label={ __( 'Names of its keys', 'ai-secure-proxy' ) }
							help={ __( 'Variables or constants that hold at least 16 bytes each. Two names, with a comma between, let you change the key without a gap.', 'ai-secure-proxy' ) }
						/>
						<Lines path={ [ ...path, 'allow' ] } label={ __( 'Addresses and networks it may come from, one a line', 'ai-secure-proxy' ) } help={ __( 'None: from everywhere. Such as 203.0.113.0/24', 'ai-secure-proxy' ) } />
						<Flag
							path={ [ ...path, 'plain' ] }
							label={ __( 'Also take the plain X-Sign', 'ai-secure-proxy' ) }
							help={ __( 'Such a request can be sent again by whoever catches it.', 'ai-secure-proxy' ) }
						/>
						<Own path={ [ ...path, 'policy' ] } />
					</>
				) }
			</Entries>
		</Group>
	);
}

const ROUTES = [ '/infer', '/infer/stream', '/batch', '/jobs' ];
const USUAL_ROUTES = [ '/infer', '/infer/stream' ];

function Several( { path, legend, all, usual, help } ) {
	const { value, set } = useEdit( path );
	const chosen = items( value ).length ? items( value ) : usual;
	const change = ( name, checked ) => {
		const next = all.filter( ( other ) => ( other === name ? checked : chosen.includes( other ) ) );
		set( next.length === 0 || next.join() === usual.join() ? undefined : next );
	};
	return (
		<fieldset className="aisp-part">
			<legend>{ legend }</legend>
			<p className="aisp-help">{ help }</p>
			{ all.map( ( name ) => (
				<CheckboxControl __nextHasNoMarginBottom key={ name } label={ name } checked={ chosen.includes( name ) } onChange={ ( checked ) => change( name, checked ) } />
			) ) }
		</fieldset>
	);
}

export function Tokens() {
	const { value, set } = useEdit( [ 'tokens' ] );
	const models = useModelNames();
	const isOn = value !== undefined;
	return (
		<Group name="tokens" intro={ __( 'Public pages ask with a token that lives for minutes, is good for one origin, and lets visitors do little.', 'ai-secure-proxy' ) }>
			<ToggleControl __nextHasNoMarginBottom label={ __( 'Give tokens to browsers', 'ai-secure-proxy' ) } checked={ isOn } onChange={ ( on ) => set( on ? {} : undefined ) } />
			{ isOn && (
				<>
					<Secret
						path={ [ 'tokens', 'secret_env' ] }
						label={ __( 'Names of the keys that sign tokens', 'ai-secure-proxy' ) }
						help={ __( 'Variables or constants that hold at least 16 bytes each; the first one signs.', 'ai-secure-proxy' ) }
					/>
					<Duration path={ [ 'tokens', 'ttl' ] } label={ __( 'How long a token lives', 'ai-secure-proxy' ) } help={ __( '10 minutes at most.', 'ai-secure-proxy' ) } otherwise={ 300 } />
					<Several
						path={ [ 'tokens', 'routes' ] }
						legend={ __( 'Routes', 'ai-secure-proxy' ) }
						all={ ROUTES }
						usual={ USUAL_ROUTES }
						help={ __( '/jobs only where tokens have no budget: a job outlives its token.', 'ai-secure-proxy' ) }
					/>
					<Several path={ [ 'tokens', 'models' ] } legend={ __( 'Models', 'ai-secure-proxy' ) } all={ models } usual={ models } help={ __( 'What visitors may ask for.', 'ai-secure-proxy' ) } />
					<fieldset className="aisp-part">
						<legend>{ __( 'Budget of one token', 'ai-secure-proxy' ) }</legend>
						<div className="aisp-cells">
							<Figure path={ [ 'tokens', 'budget', 'tokens' ] } label={ __( 'Tokens', 'ai-secure-proxy' ) } placeholder={ __( 'no budget', 'ai-secure-proxy' ) } />
							<Figure path={ [ 'tokens', 'budget', 'usd' ] } label={ __( 'US dollars', 'ai-secure-proxy' ) } placeholder={ __( 'no budget', 'ai-secure-proxy' ) } />
						</div>
					</fieldset>
					<Figure path={ [ 'tokens', 'epoch' ] } label={ __( 'Epoch', 'ai-secure-proxy' ) } placeholder="0" help={ __( 'A higher number revokes all tokens at once.', 'ai-secure-proxy' ) } />
					<Own path={ [ 'tokens', 'policy' ] } />
				</>
			) }
		</Group>
	);
}
