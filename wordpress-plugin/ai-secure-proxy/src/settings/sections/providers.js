/**
 * Where models are: what each provider speaks, its address, and the name of its key.
 */
import { __ } from '@wordpress/i18n';
import { useEdit, useSettingsContext } from '../context';
import { entries } from '../draft';
import { Entries } from '../entries';
import { Choice } from '../fields/choice';
import { Figure } from '../fields/figure';
import { Secret } from '../fields/secret';
import { Text } from '../fields/text';
import { Group } from '../group';
import { Headers } from './headers';
import { Price } from './models';

export const kinds = () => [
	{ value: 'openai_responses', label: __( 'OpenAI, Responses API', 'ai-secure-proxy' ) },
	{ value: 'openai_chat', label: __( 'OpenAI-compatible, Chat Completions', 'ai-secure-proxy' ) },
	{ value: 'anthropic', label: __( 'Anthropic, Messages API', 'ai-secure-proxy' ) },
	{ value: 'gemini', label: __( 'Google, Gemini API', 'ai-secure-proxy' ) },
];

/** Address and key, which may differ between staging and production. */
function Place( { path, usual } ) {
	return (
		<>
			<Text path={ [ ...path, 'base_url' ] } label={ __( 'Address (base URL)', 'ai-secure-proxy' ) } placeholder={ usual?.base_url ?? 'https://llm.example.com/v1' } className="aisp-code" inputMode="url" />
			<Secret
				path={ [ ...path, 'key_env' ] }
				label={ __( 'Name of the variable or constant with the key', 'ai-secure-proxy' ) }
				help={ __( 'Never the key itself.', 'ai-secure-proxy' ) }
				usual={ usual?.key_env ?? '' }
			/>
		</>
	);
}

function Provider( { path } ) {
	const { value, usual } = useEdit( path );
	const first = usual ? [ { value: '', label: kinds().find( ( kind ) => kind.value === usual.kind )?.label ?? usual.kind } ] : [ { value: '', label: __( 'Choose', 'ai-secure-proxy' ) } ];
	const others = kinds().filter( ( kind ) => ! usual || kind.value !== usual.kind || value?.kind === kind.value );
	return (
		<>
			<Choice path={ [ ...path, 'kind' ] } label={ __( 'What it speaks', 'ai-secure-proxy' ) } options={ [ ...first, ...others ] } />
			<Place path={ path } usual={ usual } />
			<Figure
				path={ [ ...path, 'timeout_ms' ] }
				label={ __( 'Silence after which the next of the route is asked, in milliseconds', 'ai-secure-proxy' ) }
				placeholder={ __( 'a third of the deadline', 'ai-secure-proxy' ) }
			/>
			<details className="aisp-part">
				<summary>{ __( 'Headers', 'ai-secure-proxy' ) }</summary>
				<Text path={ [ ...path, 'key_header' ] } label={ __( 'Header that carries the key', 'ai-secure-proxy' ) } placeholder={ __( 'as the API has it', 'ai-secure-proxy' ) } className="aisp-code" />
				<Headers path={ [ ...path, 'headers' ] } />
			</details>
			<details className="aisp-part">
				<summary>{ __( 'Other environments', 'ai-secure-proxy' ) }</summary>
				<p className="aisp-intro">
					{ __( 'A copy of the site whose WP_ENVIRONMENT_TYPE has this name (staging, development, local) goes elsewhere, or with another key.', 'ai-secure-proxy' ) }
				</p>
				<Entries path={ [ ...path, 'environments' ] } adds={ __( 'Add an environment', 'ai-secure-proxy' ) } label={ __( 'Name of a further environment', 'ai-secure-proxy' ) }>
					{ ( inner ) => <Place path={ inner } usual={ value } /> }
				</Entries>
			</details>
			<details className="aisp-part">
				<summary>{ __( 'Prices', 'ai-secure-proxy' ) }</summary>
				<p className="aisp-intro">{ __( 'What its models cost, by its own names for them. Budgets in dollars need a price for every provider of a route.', 'ai-secure-proxy' ) }</p>
				<Entries path={ [ ...path, 'prices' ] } adds={ __( 'Add a price', 'ai-secure-proxy' ) } label={ __( 'The provider’s name for the model', 'ai-secure-proxy' ) }>
					{ ( inner ) => <Price path={ inner } legend={ __( 'US dollars for a million tokens', 'ai-secure-proxy' ) } /> }
				</Entries>
			</details>
		</>
	);
}

/** What there is while no provider is listed. */
function BuiltIn() {
	const { answer } = useSettingsContext();
	const secrets = answer.secrets;
	return (
		<>
			<p>{ __( 'No provider is listed here, so the built-in ones count. Add one of these names to change it; then only those you list are there.', 'ai-secure-proxy' ) }</p>
			<ul className="aisp-bare">
				{ entries( answer.defaults.providers ).map( ( [ name, { base_url: url, key_env: key } ] ) => {
					const found = secrets.find( ( secret ) => secret.name === key );
					return (
						<li key={ name }>
							<strong>{ name }</strong> <code>{ url }</code>{ ' ' }
							{ key && (
								<>
									<code>{ key }</code> { found && ( found.usable ? __( '(set)', 'ai-secure-proxy' ) : __( '(not set)', 'ai-secure-proxy' ) ) }
								</>
							) }
						</li>
					);
				} ) }
			</ul>
		</>
	);
}

export function Providers() {
	return (
		<Group
			name="providers"
			intro={ __( 'The first one serves models that have no route. Keys are read by the module from the environment of PHP, or from a constant in wp-config.php: here you only say under which name.', 'ai-secure-proxy' ) }
		>
			<Entries
				path={ [ 'providers' ] }
				ordered
				adds={ __( 'Add a provider', 'ai-secure-proxy' ) }
				label={ __( 'Name of a further provider', 'ai-secure-proxy' ) }
				help={ __( 'openai, anthropic, google and ollama know their address; any other name needs one.', 'ai-secure-proxy' ) }
				empty={ <BuiltIn /> }
			>
				{ ( path ) => <Provider path={ path } /> }
			</Entries>
		</Group>
	);
}
