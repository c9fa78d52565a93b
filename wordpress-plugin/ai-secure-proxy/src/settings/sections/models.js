/**
 * Which models may be asked for, at which providers they are, and what they cost.
 */
import { Button } from '@wordpress/components';
import { __, _n, sprintf } from '@wordpress/i18n';
import { useEdit, useModelNames, useSettingsContext } from '../context';
import { entries, items } from '../draft';
import { Entries } from '../entries';
import { Choice } from '../fields/choice';
import { Figure } from '../fields/figure';
import { Text } from '../fields/text';
import { Group } from '../group';
import { Rows } from '../rows';

/** US dollars per million tokens. */
export function Price( { path, legend } ) {
	return (
		<fieldset className="aisp-part">
			<legend>{ legend }</legend>
			<div className="aisp-cells">
				<Figure path={ [ ...path, 'in' ] } label={ __( 'Input', 'ai-secure-proxy' ) } />
				<Figure path={ [ ...path, 'in_cached' ] } label={ __( 'Input that the provider had cached', 'ai-secure-proxy' ) } placeholder={ __( 'as input', 'ai-secure-proxy' ) } />
				<Figure path={ [ ...path, 'out' ] } label={ __( 'Output', 'ai-secure-proxy' ) } />
			</div>
		</fieldset>
	);
}

function Route( { path, providers } ) {
	const options = [ { value: '', label: __( 'Choose a provider', 'ai-secure-proxy' ) }, ...providers.map( ( name ) => ( { value: name, label: name } ) ) ];
	return (
		<div className="aisp-part">
			<h4>{ __( 'Route', 'ai-secure-proxy' ) }</h4>
			<Rows
				path={ path }
				ordered
				required
				adds={ __( 'Add a provider to the route', 'ai-secure-proxy' ) }
				/* translators: %d: place in a route. */
				titled={ ( number ) => sprintf( __( 'Provider %d', 'ai-secure-proxy' ), number ) }
				fresh={ () => [ '', '' ] }
				empty={ <p>{ __( 'No route: the first provider is asked, for a model of this name.', 'ai-secure-proxy' ) }</p> }
			>
				{ ( stop ) => (
					<>
						<Choice path={ [ ...stop, 0 ] } label={ __( 'Provider', 'ai-secure-proxy' ) } options={ options } />
						<Text path={ [ ...stop, 1 ] } label={ __( 'Its name for the model', 'ai-secure-proxy' ) } className="aisp-code" />
					</>
				) }
			</Rows>
		</div>
	);
}

const routed = ( name, model ) => {
	const stops = items( model?.route ).map( ( stop ) => stop?.[ 0 ] ).filter( Boolean );
	return stops.length ? `${ name } → ${ stops.join( ', ' ) }` : name;
};

/** What may be named while no model is listed. */
function BuiltIn() {
	const { answer, set } = useSettingsContext();
	const names = entries( answer.effective?.models ?? answer.defaults.models );
	const own = Object.fromEntries( names.map( ( [ name, { route, price } ] ) => [ name, { ...( items( route ).length && { route } ), ...( price && { price } ) } ] ) );
	return (
		<div>
			<p>
				{
					/* translators: %d: how many models. */
					sprintf( _n( 'No model is listed here, so the built-in list counts, of %d model:', 'No model is listed here, so the built-in list counts, of %d models:', names.length, 'ai-secure-proxy' ), names.length )
				}
			</p>
			<p className="aisp-names">{ names.map( ( [ name ] ) => name ).join( ', ' ) }</p>
			<p>{ __( 'As soon as you add one, only those you list may be asked for.', 'ai-secure-proxy' ) }</p>
			<Button __next40pxDefaultSize variant="secondary" onClick={ () => set( [ 'models' ], own ) }>
				{ __( 'Begin with the built-in list', 'ai-secure-proxy' ) }
			</Button>
		</div>
	);
}

export function Models() {
	const { answer } = useSettingsContext();
	const names = useModelNames();
	const described = useEdit( [ 'providers' ] ).value;
	const providers = [ ...new Set( [ ...entries( described ), ...entries( answer.defaults.providers ) ].map( ( [ name ] ) => name ) ) ];
	return (
		<>
			<Group name="default_model" title={ __( 'Default model', 'ai-secure-proxy' ) }>
				<Choice
					path={ [ 'default_model' ] }
					label={ __( 'Model of a request that names none', 'ai-secure-proxy' ) }
					/* translators: %s: name of a model. */
					options={ [ { value: '', label: sprintf( __( 'Not set: %s, or the first of the list', 'ai-secure-proxy' ), answer.defaults.default_model ) }, ...names.map( ( name ) => ( { value: name, label: name } ) ) ] }
				/>
			</Group>
			<Group
				name="models"
				title={ __( 'Models', 'ai-secure-proxy' ) }
				intro={ __( 'Requests name a model; its route says which providers are asked, in this order: the next one when one fails. Prices are US dollars for a million tokens.', 'ai-secure-proxy' ) }
			>
				<Entries
					path={ [ 'models' ] }
					ordered
					adds={ __( 'Add a model', 'ai-secure-proxy' ) }
					label={ __( 'Name of a further model', 'ai-secure-proxy' ) }
					help={ __( 'As requests will name it.', 'ai-secure-proxy' ) }
					empty={ <BuiltIn /> }
					titled={ routed }
				>
					{ ( path ) => (
						<>
							<Route path={ [ ...path, 'route' ] } providers={ providers } />
							<Price path={ [ ...path, 'price' ] } legend={ __( 'Price at the first provider, in US dollars for a million tokens', 'ai-secure-proxy' ) } />
						</>
					) }
				</Entries>
			</Group>
		</>
	);
}

