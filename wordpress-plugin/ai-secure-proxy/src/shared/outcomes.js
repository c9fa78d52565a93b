/**
 * What became of calls, in words: the closed vocabulary of the log's column `error`, and how calls end well.
 */
import { __ } from '@wordpress/i18n';

/** Outcomes that the cache answered. */
const HITS = [ 'hit', 'stale' ];

export const isHit = ( outcome ) => HITS.includes( outcome );

export const isError = ( outcome ) => outcome !== 'ok' && ! isHit( outcome );

const ERRORS = {
	caller_aborted: __( 'Process died', 'ai-secure-proxy' ),
	caller_cancelled: __( 'Cancelled by the caller', 'ai-secure-proxy' ),
	caller_forbidden_ip: __( 'Address not allowed', 'ai-secure-proxy' ),
	caller_invalid: __( 'Request not valid', 'ai-secure-proxy' ),
	caller_key_used: __( 'Idempotency key used before', 'ai-secure-proxy' ),
	job_lease_lost: __( 'Job handed on', 'ai-secure-proxy' ),
	policy_blocked_input: __( 'Question blocked by moderation', 'ai-secure-proxy' ),
	policy_blocked_output: __( 'Answer blocked by moderation', 'ai-secure-proxy' ),
	policy_budget: __( 'Budget used up', 'ai-secure-proxy' ),
	policy_config: __( 'Settings are wrong', 'ai-secure-proxy' ),
	policy_egress: __( 'Provider’s address not allowed', 'ai-secure-proxy' ),
	policy_quota: __( 'Quota reached', 'ai-secure-proxy' ),
	policy_throttle: __( 'Throttle reached', 'ai-secure-proxy' ),
	provider_auth: __( 'Provider refused the key', 'ai-secure-proxy' ),
	provider_busy: __( 'Provider busy', 'ai-secure-proxy' ),
	provider_circuit_open: __( 'Breaker open', 'ai-secure-proxy' ),
	provider_content_refused: __( 'Content refused by the provider', 'ai-secure-proxy' ),
	provider_context_length: __( 'Too long for the model', 'ai-secure-proxy' ),
	provider_exhausted: __( 'Answer cut at its length limit', 'ai-secure-proxy' ),
	provider_gone: __( 'Lost at the provider', 'ai-secure-proxy' ),
	provider_incomplete: __( 'Answer ended early', 'ai-secure-proxy' ),
	provider_invalid: __( 'Answer not understood', 'ai-secure-proxy' ),
	provider_moderation: __( 'Moderator failed', 'ai-secure-proxy' ),
	provider_no_credit: __( 'No credit at the provider', 'ai-secure-proxy' ),
	provider_rejected: __( 'Request rejected by the provider', 'ai-secure-proxy' ),
	provider_schema: __( 'Answer did not fit the schema', 'ai-secure-proxy' ),
	provider_timeout: __( 'Timeout', 'ai-secure-proxy' ),
	provider_too_large: __( 'Answer too large', 'ai-secure-proxy' ),
	provider_unavailable: __( 'Provider failed', 'ai-secure-proxy' ),
	provider_unknown_model: __( 'Model unknown to the provider', 'ai-secure-proxy' ),
	provider_unreachable: __( 'Provider not reached', 'ai-secure-proxy' ),
	store_damaged: __( 'Record damaged', 'ai-secure-proxy' ),
	store_unavailable: __( 'Store not available', 'ai-secure-proxy' ),
};

/**
 * @param {string} code Of an error.
 * @return {string} What it is called; the code itself where it has no name.
 */
export function errorName( code ) {
	if ( code.startsWith( 'caller_unauthorized' ) ) {
		return __( 'Not authorized', 'ai-secure-proxy' );
	}
	return ERRORS[ code ] ?? code;
}
