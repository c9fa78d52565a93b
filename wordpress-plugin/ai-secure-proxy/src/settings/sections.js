/**
 * The parts of the screen: an address (#providers), a title, and the keys of the settings that are edited there.
 */
import { __ } from '@wordpress/i18n';
import { Addresses } from './sections/addresses';
import { Advanced } from './sections/advanced';
import { Budgets } from './sections/budgets';
import { Cache } from './sections/cache';
import { Jobs } from './sections/jobs';
import { Limits } from './sections/limits';
import { Log } from './sections/log';
import { Metrics } from './sections/metrics';
import { Models } from './sections/models';
import { Moderation } from './sections/moderation';
import { Clients, Tokens } from './sections/outsiders';
import { Providers } from './sections/providers';
import { Redaction } from './sections/redaction';
import { Secrets } from './sections/secrets';
import { Transfer } from './sections/transfer';
import { Webhooks } from './sections/webhooks';

export const sections = () => [
	{ id: 'models', title: __( 'Models and routes', 'ai-secure-proxy' ), keys: [ 'models', 'default_model' ], Fields: Models },
	{ id: 'providers', title: __( 'Providers', 'ai-secure-proxy' ), keys: [ 'providers' ], Fields: Providers },
	{ id: 'limits', title: __( 'Limits', 'ai-secure-proxy' ), keys: [ 'quota', 'throttle', 'timeout_ms', 'max_attempts', 'max_prompt_chars', 'max_parallel' ], Fields: Limits },
	{ id: 'budgets', title: __( 'Budgets', 'ai-secure-proxy' ), keys: [ 'budget' ], Fields: Budgets },
	{ id: 'cache', title: __( 'Cache', 'ai-secure-proxy' ), keys: [ 'cache' ], Fields: Cache },
	{ id: 'redaction', title: __( 'Redaction', 'ai-secure-proxy' ), keys: [ 'redact' ], Fields: Redaction },
	{ id: 'moderation', title: __( 'Moderation', 'ai-secure-proxy' ), keys: [ 'moderate' ], Fields: Moderation },
	{ id: 'jobs', title: __( 'Jobs', 'ai-secure-proxy' ), keys: [ 'jobs' ], Fields: Jobs },
	{ id: 'log', title: __( 'Log', 'ai-secure-proxy' ), keys: [ 'log' ], Fields: Log },
	{ id: 'clients', title: __( 'Clients', 'ai-secure-proxy' ), keys: [ 'clients' ], Fields: Clients },
	{ id: 'tokens', title: __( 'Browser tokens', 'ai-secure-proxy' ), keys: [ 'tokens' ], Fields: Tokens },
	{ id: 'webhooks', title: __( 'Webhooks', 'ai-secure-proxy' ), keys: [ 'webhooks' ], Fields: Webhooks },
	{ id: 'addresses', title: __( 'Addresses', 'ai-secure-proxy' ), keys: [ 'allow', 'proxies', 'origins' ], Fields: Addresses },
	{ id: 'metrics', title: __( 'Metrics', 'ai-secure-proxy' ), keys: [ 'metrics' ], Fields: Metrics },
	{ id: 'secrets', title: __( 'Secrets', 'ai-secure-proxy' ), keys: [], Fields: Secrets },
	{ id: 'transfer', title: __( 'Export and import', 'ai-secure-proxy' ), keys: [], Fields: Transfer },
	{ id: 'advanced', title: __( 'Advanced', 'ai-secure-proxy' ), keys: [ 'environment' ], Fields: Advanced },
];

const keyOf = ( path ) => path.split( '.' )[ 0 ];

/** Where a flaw is put right; what no section knows, in the JSON. */
export const sectionOf = ( all, path ) => all.find( ( { keys } ) => keys.includes( keyOf( path ) ) ) ?? all.find( ( { id } ) => id === 'advanced' );
