<?php
/**
 * AI Secure Proxy: everything that the native module `aisp` adds to PHP. For IDEs and static analysers; never loaded.
 *
 * One call is enough, as long as OPENAI_API_KEY is set in the environment or as a constant:
 *
 *     $result = aisp_infer( [ 'prompt' => 'Say hi' ] );
 *     echo $result['text'];
 *
 * Arguments
 * - `$request` is untrusted and may come from a client as it is. What is wrong with it is an `Aisp\InvalidRequest` that
 *   names the field.
 * - `$caller` is who asks and `$policy` is what the administrator allows. Only trusted code fills them. What is wrong
 *   with them is an `Aisp\ConfigError` that names the key: `key "providers.openai.base_url"`.
 * - Every key is optional unless it says otherwise; null counts as absent; an unknown key is an error. Types are strict,
 *   whatever `strict_types` says: "12" is no int. Strings must be UTF-8.
 * - An argument that is no array (or int, or string) at all is PHP's own `TypeError`. A defect of the module itself is an
 *   `Error` that says "internal error", and no more.
 *
 * Settings of the machine, php.ini. All are PHP_INI_SYSTEM: php.ini or an FPM pool sets them, ini_set() does not. They
 * are read when a call needs them. A bad value is an `Aisp\ConfigError` that names the entry, and a warning in
 * `aisp_status()`.
 *
 *     aisp.store               (empty)    where limits, answers and log records are kept: sqlite:/absolute/path. Empty:
 *                                         /var/lib/aisp/aisp.db where PHP may write there, else a private temporary folder
 *     aisp.timeout_ms          15000      the deadline of a call, all attempts and waits included; 1 to 600000
 *     aisp.connect_timeout_ms  3000       the longest wait for a connection; 1 to 600000
 *     aisp.max_attempts        3          attempts at a provider; 1 to 10
 *     aisp.max_response_bytes  16777216   the largest answer, decoded; 1024 to 1073741824
 *     aisp.allowed_hosts       (empty)    `host` or `host:port`, separated by commas, that may be called although their
 *                                         address is not public, and over plain http
 *     aisp.ca_file             (empty)    a PEM file with the certificates to trust instead of the built-in ones
 *     aisp.log                 off        one line of JSON a call, without prompt and answer: off, error_log, or an
 *                                         absolute path
 *
 * Keys; their types stand with the functions. Times are in seconds unless the name ends in `_ms`; money is in US dollars
 * unless the name ends in `_microusd`.
 *
 * $request
 *   prompt       what is asked: 1 to `max_prompt_chars` (8000) characters after trimming. Either this or `messages`.
 *   messages     a conversation of 1 to 200 messages that ends with the user's, together within the same bound.
 *   system       instructions that stand before the conversation; blank is none.
 *   model        one of the policy's models; left out, its `default_model`.
 *   max_tokens   the most tokens that the answer may have.
 *   temperature  0 to 2.
 *   cache        whether a kept answer will do, and whether this one may be kept; true by default.
 *   cache_ttl    for how long the answer is kept, if that is shorter than the policy's `ttl`.
 *   tags         up to 16 labels of 1 to 100 bytes to invalidate the answer by: `post:123`.
 *   timeout_ms   a deadline shorter than the policy's.
 *   schema       a JSON Schema (2020-12, 2019-09 or 7) of an object that the answer must be: at most 16 KiB, 10 levels and
 *                200 properties, `$ref` only within it. The answer is validated here and comes decoded in `data`; one that
 *                does not satisfy it is sent back once to be mended.
 *   restart      whether a stream that breaks may begin again; see `aisp_stream()`.
 *   moderate     which side of the call moderation judges: none, input, output or both. It adds to the policy's `moderate` and
 *                takes nothing away from it.
 *   pack         in a batch only: whether this request may share a call with others; see `aisp_infer_batch()`.
 *
 * $caller
 *   Strings have at most 191 bytes and no control characters.
 *   user_id  the user, 0 for nobody.         role    the user's role, for limits by role.
 *   client   the outside client.             ip      the address that the request came from.
 *   route    the door: `/infer`, `cli`.      source  the plugin or feature that asks.
 *   site     the site: answers, limits and log records of two sites never meet.
 *   token    what `aisp_verify_token()` returned, where a browser's token came with the call: it allows less.
 *
 * A rule of `quota` or `throttle`
 *   `limit` calls in every `period` seconds, counted by `per`. A rule does not apply to a caller without that part.
 *
 * $policy
 *   default_model     the model of a request that names none; gpt-4o-mini, or the first of `models`.
 *   models            what requests may name; empty for the built-in list of the providers there are. `route` names up to 8
 *                     providers to try in this order, each with its own name for the model; left out, it is the first
 *                     provider and the same name. `price` is the first provider's, in US dollars per million tokens.
 *   providers         where models are; empty for openai, anthropic, google and ollama, which need no description (their keys
 *                     are OPENAI_API_KEY, ANTHROPIC_API_KEY and GEMINI_API_KEY) and may also be named by a route alone.
 *                     `kind` and `base_url` are required for other names. `key_env` names the variable or constant that
 *                     holds the key; without one no key is sent. `key_header` is the header that carries the bare key, where
 *                     it is not the format's own. `prices`: by the provider's name for a model; without a price, costs are
 *                     null. `timeout_ms` is how long it may send no token before it is left for the next of the route; a
 *                     third of the deadline by default. `environments`: what differs there, by the name of the environment.
 *   environment       which of the providers' `environments` this is, such as `staging`.
 *   quota             limits on calls that reach a provider; 60 an hour per user by default, [] for none.
 *   throttle          limits on all calls; 600 a minute per user by default, [] for none.
 *   budget            limits on tokens (in and out) or US dollars, counted by `per`, that renew with their `period`: `day` and
 *                     `month` as in UTC, or so many seconds. What a call may take is reserved before it runs (its prompt, one
 *                     token for every four bytes, and `max_tokens`, or 500) and replaced by what it took. Dollars can only
 *                     be counted where the model has a price at every provider of its route. None by default.
 *   cache             `ttl`: how long an answer is kept at most, 3600 by default, 0 for not at all. `stale`: for how long
 *                     after that it will do while the providers fail; 0 by default. `epoch`: counting it up forgets all
 *                     answers.
 *   redact            whether private values leave this server: true by default, which replaces e-mail addresses, phone and
 *                     card numbers, IBANs, US social security numbers, IP and MAC addresses by placeholders in all that is
 *                     sent, kept and logged, and puts them back into the answer. An array switches single types off, and
 *                     `patterns` adds some of your own: regular expressions by their name.
 *   moderate          none (the default), input, output or both: `system` and messages before they are sent, the answer before
 *                     anybody gets it and before it is kept. Or an array: `what`, the same word; who judges: `provider` and
 *                     `model` of a moderation endpoint (openai and omni-moderation-latest by default), or `by`, one of the
 *                     `models`; `on_failure`, for both or for each of input and output: open lets pass what could not be
 *                     judged because the moderator is down, closed does not. By default input is open and output closed. A
 *                     text that is too long for the moderator, or talks a model out of its form, never passes. A moderator
 *                     may take half of the deadline each time.
 *   timeout_ms        the deadline of a call; `aisp.timeout_ms` by default.
 *   max_attempts      attempts at a provider; `aisp.max_attempts` by default.
 *   max_prompt_chars  the most characters of a prompt, or of a conversation; 8000 by default.
 *   max_parallel      the most calls of one batch or job that run at the same time; 8 by default.
 *   jobs              `key_env`: the variable or constant, or a list of them, that holds the key which seals private values
 *                     (the first one; the others still open); AISP_JOB_KEY and then WordPress's AUTH_KEY by default.
 *                     `max_items` (10000) and `max_bytes` (16777216) of one job, `max_attempts` (5) of an item, `timeout_ms`
 *                     (120000) of a call of a job, `keep`: how long a job is kept after its end (2592000). `callback_env`:
 *                     what signs callbacks, as the `secret_env` of a webhook with the scheme `standard`; without it there
 *                     are none.
 *   metrics           `token_env`: the variables or constants, up to 4, that hold the secrets of scrapers; see
 *                     `aisp_metrics_allowed()`.
 *
 * A budget
 *   name       subject, period and unit: `budget-user-day-tokens`.     unit      `tokens`, or `usd` (US dollars).
 *   used       spent in this period.                                   reserved  promised to calls under way.
 *   renews_at  when it begins anew, a Unix time.
 *
 * A limit
 *   name       kind and subject: `quota-user`.
 *   remaining  calls that would pass now.
 *   reset_s    until one more would pass; 0 if none was used.
 *
 * The result of aisp_infer()
 *   data        the value that the answer encodes, where the request has a `schema`; null for a refusal.
 *   cached      whether no provider was asked, or none answered: the answer comes from the cache, or from an equal call that
 *               was under way. Then `attempts` and `cost_usd` are 0, and the tokens are those of back then.
 *   stale       whether the answer had expired and was given because the providers fail.
 *   age_s       how old an answer from the cache is, in seconds; else null.
 *   redacted    how many private values were replaced on the way to the provider, by their type: `['email' => 2]`.
 *   tokens_*    of all attempts together. `tokens_in_cached` is the part of `tokens_in` that came from the provider's own
 *               cache, `tokens_reasoning` the part of `tokens_out` that was not said.
 *   cost_usd    what this call cost; null when the price is not known.
 *   request_id  the record's `request_id` in the log.
 *   req_hash    the fingerprint, 64 hex digits: the same for the same request on the same site.
 *   attempts    calls made to providers.
 *   provider_request_id  the provider's own id of the call, for its support; null if it gave none.
 *   provider_limits      where its limits on this key stand; null if it did not tell.
 *   limits      where the limits stand, throttles first; those that were not looked at are not in it.
 *
 * A job
 *   id          `job_` and 32 hex digits. Nobody can guess it.
 *   state       queued, running, waiting (a provider works on it), done, failed (an item ended without an answer) or cancelled.
 *   progress    `total`, `done` and `failed` items.
 *   result      of a job of one item that is done, and only from `aisp_job_get()`: as from `aisp_infer()`, without the limits.
 *               `sealed` is in it, and true, where its private values could not be opened; placeholders stand for them.
 *   items       only from `aisp_job_get()`, if asked for: `n`, `state` (open, asked, waiting, done or failed), `attempts`,
 *               `result`, `error` and `store` of each.
 *   error       why it failed or waits, a code of the log; else null.
 *   attempts    how often a worker had it.
 *   due_at      when it is next looked at, or until when it is kept; a Unix time like all of `created_at`, `started_at`,
 *               `ended_at` and `accepted_at`, which are null before.
 *   caller      who enqueued it: `user_id`, `client`, `source` and `site`.
 *   store, preview, callback  as they were enqueued.
 *
 * The result of aisp_preview()
 *   url        the provider's base URL.
 *   body       what would be sent, as an array.
 *   cached     whether the cache would answer.
 *   redacted   how many private values are replaced in `body`, by their type.
 *   in_flight  whether an equal call is under way, whose answer this one would get.
 *   retry_after_s  until a provider of the route may be asked; 0 if one may be asked now.
 *   key_env    the name of the variable or constant that holds the key; null for a provider that wants none.
 *   key_set    whether it is set.
 *   tokens_in  an estimate: one for every four bytes.
 *   tokens_out `max_tokens`, or 500.
 *   cost_usd   an estimate; null when the price is not known.
 *
 * A log record
 *   uid         unique, and in the order of time: what `aisp_log_ack()` takes.
 *   req_hash    empty when the request was not valid, as is `model`.
 *   error       null, or one of a closed list: caller_aborted, caller_cancelled, caller_forbidden_ip, caller_invalid,
 *               caller_unauthorized_epoch, caller_unauthorized_expired, caller_unauthorized_future,
 *               caller_unauthorized_malformed, caller_unauthorized_mismatch, caller_unauthorized_missing_header,
 *               caller_unauthorized_origin, caller_unauthorized_route, caller_unauthorized_stale, policy_blocked_input,
 *               policy_blocked_output, policy_budget, policy_config, policy_egress, policy_quota, policy_throttle,
 *               provider_auth, provider_busy, provider_circuit_open, provider_content_refused, provider_context_length,
 *               provider_exhausted, provider_gone (it was to answer later, and has dropped the request), provider_incomplete,
 *               provider_invalid, provider_moderation, provider_no_credit, provider_rejected, provider_schema,
 *               provider_timeout, provider_too_large, provider_unavailable, provider_unknown_model, provider_unreachable,
 *               store_unavailable.
 *   created_at  when the call began, a Unix time.
 *   provider    empty if none was asked.
 *
 * The selector of aisp_cache_invalidate()
 *   Answers that match every part that is given. `dry_run`: they are only counted. `age`: those that are older than so many seconds. `all` must be true if none
 *   of hash, tag, model, provider and age is. An answer whose call was under way when its tag was invalidated is not kept.
 *
 * The result of aisp_status()
 *   The optional keys are missing when php.ini is wrong; see `warnings` then.
 *   store     `error` says why the store cannot be used.
 *   spool     log records that wait to be drained, those of running calls included.
 *   counters  of the last `period_s` seconds.
 *   breakers  the providers that were called in the last day; `calls` and `failures` are of the last 30 seconds.
 *   warnings  what an administrator should know, in sentences.
 */

namespace {

	/**
	 * One prompt in, one answer out.
	 *
	 * Every call leaves a log record, also one that fails; only a malformed `$caller` does not. Limits are charged for calls
	 * that reach a provider, and given back when it did no work. Of
	 * equal calls at the same time, in any number of processes, one asks the provider and the others wait for its answer. Without a store the call is made all the same: nothing is
	 * cached or logged, and each process grants an eighth of every limit.
	 *
	 * @param array{
	 *     prompt?: string|null, messages?: list<array{role: 'system'|'user'|'assistant', content: string}>|null,
	 *     system?: string|null, model?: string|null, max_tokens?: int<1, 1000000>|null,
	 *     temperature?: float|int|null, cache?: bool|null, cache_ttl?: int<1, 31622400>|null,
	 *     tags?: list<string>|null, timeout_ms?: int<1, 600000>|null, schema?: array<string, mixed>|null,
	 *     restart?: bool|null, moderate?: 'none'|'input'|'output'|'both'|null,
	 * } $request What is asked; untrusted.
	 * @param array{
	 *     user_id?: int<0, max>|null, role?: string|null, client?: string|null, ip?: string|null,
	 *     route?: string|null, site?: string|null, source?: string|null, token?: array<string, mixed>|null,
	 * } $caller Who asks.
	 * @param array{
	 *     default_model?: string|null,
	 *     models?: array<string, array{route?: non-empty-list<array{string, string}>|null, price?: array{in: float|int, out: float|int, in_cached?: float|int|null}|null}>|null,
	 *     providers?: array<string, array{kind?: 'openai_responses'|'openai_chat'|'anthropic'|'gemini'|null, base_url?: string|null, key_env?: string|null, key_header?: string|null, headers?: array<string, string>|null, prices?: array<string, array{in: float|int, out: float|int, in_cached?: float|int|null}>|null, timeout_ms?: int<1, 600000>|null, environments?: array<string, array{base_url?: string|null, key_env?: string|null}>|null}>|null,
	 *     environment?: string|null,
	 *     quota?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     throttle?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     budget?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', tokens?: int<1, max>|null, usd?: float|int|null, period: 'day'|'month'|int<1, 31622400>}>|null,
	 *     cache?: array{ttl?: int<0, 31622400>|null, stale?: int<0, 31622400>|null, epoch?: int<0, max>|null}|null,
	 *     redact?: bool|array{email?: bool, phone?: bool, card?: bool, iban?: bool, ssn?: bool, ip?: bool, mac?: bool, patterns?: array<string, string>}|null,
	 *     moderate?: 'none'|'input'|'output'|'both'|array{what?: 'none'|'input'|'output'|'both'|null, provider?: string|null, model?: string|null, by?: string|null, on_failure?: 'open'|'closed'|array{input?: 'open'|'closed'|null, output?: 'open'|'closed'|null}|null}|null,
	 *     timeout_ms?: int<1, 600000>|null, max_attempts?: int<1, 10>|null,
	 *     max_prompt_chars?: int<1, 1000000>|null, max_parallel?: int<1, 64>|null,
	 * } $policy What is allowed.
	 * @return array{
	 *     text: string, data: array<string, mixed>|null, model: string, provider: string, cached: bool, tokens_in: int,
	 *     tokens_in_cached: int, tokens_out: int, tokens_reasoning: int, cost_usd: float|null,
	 *     finish_reason: 'stop'|'length'|'content_filter'|'refusal', request_id: string, req_hash: string,
	 *     attempts: int, duration_ms: int, stale: bool, age_s: int|null, redacted: array<string, int>, provider_request_id: string|null,
	 *     provider_limits: array{requests?: array{limit: int, remaining: int, reset_s: int|null}, tokens?: array{limit: int, remaining: int, reset_s: int|null}}|null,
	 *     limits: list<array{name: string, limit: int, period_s: int, remaining: int, reset_s: int}>,
	 * }
	 *
	 * @throws \Aisp\InvalidRequest 400: the request is malformed, too long for the policy or the model, or names an unlisted model. Nothing was sent. Correct what the message names.
	 * @throws \Aisp\RateLimited    429: a quota or throttle is used up. The same call passes after getRetryAfter() seconds.
	 * @throws \Aisp\BudgetExceeded 429: the call may take more than a budget has left. It renews in getRetryAfter() seconds.
	 * @throws \Aisp\ConfigError    500: `$caller`, `$policy` or php.ini is wrong, or the key is not set. An administrator must act.
	 * @throws \Aisp\Blocked        422: moderation blocks request or answer, see getCategories(); or the provider refuses the content.
	 * @throws \Aisp\ProviderError  502: the providers refused key or request, or the answer cannot be read, breaks off or does not satisfy the schema. 503: they, or a moderator without which nothing passes, are busy or down; try again, after getRetryAfter() seconds if one said so.
	 * @throws \Aisp\CircuitOpen    503: all providers of the model are known to be down; one is asked again after getRetryAfter() seconds.
	 * @throws \Aisp\Timeout        504: no provider answered within the deadline.
	 */
	function aisp_infer( array $request, array $caller = [], array $policy = [] ): array {}

	/**
	 * One prompt in, one answer out, told piece by piece. `$on_event` gets one array an event:
	 *
	 * - `start` (once, right before the first text): `request_id`, `model`, `provider`, `cached`, `limits`.
	 * - `delta`: more of the answer in `text`.
	 * - `restart`: drop all text so far, the answer begins again; `provider`, `attempt`. Only with `restart: true`.
	 * - `heartbeat`: nothing has come for 15 seconds.
	 * - `result`: the answer is whole; `result` is what the function returns.
	 * - `error` (only after a start): there will be no answer; `error` has `code`, `message`, `status`, `retry_after`
	 *   and, of a block, `categories`. The function then throws as well. What fails before a start is thrown and not told.
	 *
	 * A stream that ends early, stalls or breaks is never a result. With `restart: true` the answer begins again at the next
	 * attempt or provider inside the deadline. Where `$on_event` returns false, the provider is cut off at once, what was
	 * used so far is logged, and the text so far comes back with the `finish_reason` cancelled; what it throws is rethrown.
	 * A complete stream is cached like any answer, and a cached answer comes as a stream.
	 *
	 * @param array{
	 *     prompt?: string|null, messages?: list<array{role: 'system'|'user'|'assistant', content: string}>|null,
	 *     system?: string|null, model?: string|null, max_tokens?: int<1, 1000000>|null,
	 *     temperature?: float|int|null, cache?: bool|null, cache_ttl?: int<1, 31622400>|null,
	 *     tags?: list<string>|null, timeout_ms?: int<1, 600000>|null, schema?: array<string, mixed>|null,
	 *     restart?: bool|null, moderate?: 'none'|'input'|'output'|'both'|null,
	 * } $request What is asked; untrusted.
	 * @param callable(array<string, mixed>): mixed $on_event Is told; false ends the call.
	 * @param array{
	 *     user_id?: int<0, max>|null, role?: string|null, client?: string|null, ip?: string|null,
	 *     route?: string|null, site?: string|null, source?: string|null, token?: array<string, mixed>|null,
	 * } $caller Who asks.
	 * @param array{
	 *     default_model?: string|null,
	 *     models?: array<string, array{route?: non-empty-list<array{string, string}>|null, price?: array{in: float|int, out: float|int, in_cached?: float|int|null}|null}>|null,
	 *     providers?: array<string, array{kind?: 'openai_responses'|'openai_chat'|'anthropic'|'gemini'|null, base_url?: string|null, key_env?: string|null, key_header?: string|null, headers?: array<string, string>|null, prices?: array<string, array{in: float|int, out: float|int, in_cached?: float|int|null}>|null, timeout_ms?: int<1, 600000>|null, environments?: array<string, array{base_url?: string|null, key_env?: string|null}>|null}>|null,
	 *     environment?: string|null,
	 *     quota?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     throttle?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     budget?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', tokens?: int<1, max>|null, usd?: float|int|null, period: 'day'|'month'|int<1, 31622400>}>|null,
	 *     cache?: array{ttl?: int<0, 31622400>|null, stale?: int<0, 31622400>|null, epoch?: int<0, max>|null}|null,
	 *     redact?: bool|array{email?: bool, phone?: bool, card?: bool, iban?: bool, ssn?: bool, ip?: bool, mac?: bool, patterns?: array<string, string>}|null,
	 *     moderate?: 'none'|'input'|'output'|'both'|array{what?: 'none'|'input'|'output'|'both'|null, provider?: string|null, model?: string|null, by?: string|null, on_failure?: 'open'|'closed'|array{input?: 'open'|'closed'|null, output?: 'open'|'closed'|null}|null}|null,
	 *     timeout_ms?: int<1, 600000>|null, max_attempts?: int<1, 10>|null,
	 *     max_prompt_chars?: int<1, 1000000>|null, max_parallel?: int<1, 64>|null,
	 * } $policy What is allowed.
	 * @return array{
	 *     text: string, data: array<string, mixed>|null, model: string, provider: string, cached: bool, tokens_in: int,
	 *     tokens_in_cached: int, tokens_out: int, tokens_reasoning: int, cost_usd: float|null,
	 *     finish_reason: 'stop'|'length'|'content_filter'|'refusal'|'cancelled', request_id: string, req_hash: string,
	 *     attempts: int, duration_ms: int, stale: bool, age_s: int|null, redacted: array<string, int>, provider_request_id: string|null,
	 *     provider_limits: array{requests?: array{limit: int, remaining: int, reset_s: int|null}, tokens?: array{limit: int, remaining: int, reset_s: int|null}}|null,
	 *     limits: list<array{name: string, limit: int, period_s: int, remaining: int, reset_s: int}>,
	 * }
	 *
	 * @throws \Aisp\InvalidRequest 400: the request is malformed, too long for the policy or the model, or names an unlisted model. Nothing was sent. Correct what the message names.
	 * @throws \Aisp\RateLimited    429: a quota or throttle is used up. The same call passes after getRetryAfter() seconds.
	 * @throws \Aisp\BudgetExceeded 429: the call may take more than a budget has left. It renews in getRetryAfter() seconds.
	 * @throws \Aisp\ConfigError    500: `$caller`, `$policy` or php.ini is wrong, or the key is not set. An administrator must act.
	 * @throws \Aisp\Blocked        422: moderation blocks request or answer, see getCategories(); or the provider refuses the content.
	 * @throws \Aisp\ProviderError  502: the providers refused key or request, or the answer cannot be read, breaks off or does not satisfy the schema. 503: they, or a moderator without which nothing passes, are busy or down; try again, after getRetryAfter() seconds if one said so.
	 * @throws \Aisp\CircuitOpen    503: all providers of the model are known to be down; one is asked again after getRetryAfter() seconds.
	 * @throws \Aisp\Timeout        504: no provider answered within the deadline.
	 */
	function aisp_stream( array $request, callable $on_event, array $caller = [], array $policy = [] ): array {}

	/**
	 * Many requests, one call: `max_parallel` at a time, in native threads, under one deadline (`timeout_ms` of `$policy`). Each
	 * comes to a result or an error of its own, in its place. Requests that are equal are paid for once, and the others come
	 * back as `cached`; to draw several answers to one prompt, call several times.
	 *
	 * Requests that say `pack: true`, have one short prompt (up to 1,000 characters) and share model, system text and
	 * parameters are put to the provider up to 16 at a time in one call; its tokens are apportioned. Where the answer does
	 * not fit they are asked one by one. They count as one call against the quota.
	 *
	 * @param list<array{
	 *     prompt?: string|null, messages?: list<array{role: 'system'|'user'|'assistant', content: string}>|null,
	 *     system?: string|null, model?: string|null, max_tokens?: int<1, 1000000>|null,
	 *     temperature?: float|int|null, cache?: bool|null, cache_ttl?: int<1, 31622400>|null,
	 *     tags?: list<string>|null, timeout_ms?: int<1, 600000>|null, schema?: array<string, mixed>|null,
	 *     restart?: bool|null, moderate?: 'none'|'input'|'output'|'both'|null, pack?: bool|null,
	 * }> $requests 1 to 1,000 requests; untrusted.
	 * @param array{
	 *     user_id?: int<0, max>|null, role?: string|null, client?: string|null, ip?: string|null,
	 *     route?: string|null, site?: string|null, source?: string|null, token?: array<string, mixed>|null,
	 * } $caller Who asks.
	 * @param array{
	 *     default_model?: string|null,
	 *     models?: array<string, array{route?: non-empty-list<array{string, string}>|null, price?: array{in: float|int, out: float|int, in_cached?: float|int|null}|null}>|null,
	 *     providers?: array<string, array{kind?: 'openai_responses'|'openai_chat'|'anthropic'|'gemini'|null, base_url?: string|null, key_env?: string|null, key_header?: string|null, headers?: array<string, string>|null, prices?: array<string, array{in: float|int, out: float|int, in_cached?: float|int|null}>|null, timeout_ms?: int<1, 600000>|null, environments?: array<string, array{base_url?: string|null, key_env?: string|null}>|null}>|null,
	 *     environment?: string|null,
	 *     quota?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     throttle?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     budget?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', tokens?: int<1, max>|null, usd?: float|int|null, period: 'day'|'month'|int<1, 31622400>}>|null,
	 *     cache?: array{ttl?: int<0, 31622400>|null, stale?: int<0, 31622400>|null, epoch?: int<0, max>|null}|null,
	 *     redact?: bool|array{email?: bool, phone?: bool, card?: bool, iban?: bool, ssn?: bool, ip?: bool, mac?: bool, patterns?: array<string, string>}|null,
	 *     moderate?: 'none'|'input'|'output'|'both'|array{what?: 'none'|'input'|'output'|'both'|null, provider?: string|null, model?: string|null, by?: string|null, on_failure?: 'open'|'closed'|array{input?: 'open'|'closed'|null, output?: 'open'|'closed'|null}|null}|null,
	 *     timeout_ms?: int<1, 600000>|null, max_attempts?: int<1, 10>|null,
	 *     max_prompt_chars?: int<1, 1000000>|null, max_parallel?: int<1, 64>|null,
	 * } $policy What is allowed.
	 * @return list<array<string, mixed>> A result as of `aisp_infer()`, or
	 *     `array{error: array{code: string, message: string, status: int, retry_after: int|null, categories?: list<string>}}`.
	 *
	 * @throws \Aisp\InvalidRequest 400: `$requests` is no list of 1 to 1,000.
	 * @throws \Aisp\ConfigError    500: `$caller`, `$policy` or php.ini is wrong.
	 */
	function aisp_infer_batch( array $requests, array $caller = [], array $policy = [] ): array {}

	/**
	 * The dry run of `aisp_infer()`: what would be sent, to whom, at what cost. Nothing is sent, charged, cached or logged.
	 *
	 * @param array{
	 *     prompt?: string|null, messages?: list<array{role: 'system'|'user'|'assistant', content: string}>|null,
	 *     system?: string|null, model?: string|null, max_tokens?: int<1, 1000000>|null,
	 *     temperature?: float|int|null, cache?: bool|null, cache_ttl?: int<1, 31622400>|null,
	 *     tags?: list<string>|null, timeout_ms?: int<1, 600000>|null, schema?: array<string, mixed>|null,
	 *     restart?: bool|null, moderate?: 'none'|'input'|'output'|'both'|null,
	 * } $request What is asked; untrusted.
	 * @param array{
	 *     user_id?: int<0, max>|null, role?: string|null, client?: string|null, ip?: string|null,
	 *     route?: string|null, site?: string|null, source?: string|null, token?: array<string, mixed>|null,
	 * } $caller Who asks.
	 * @param array{
	 *     default_model?: string|null,
	 *     models?: array<string, array{route?: non-empty-list<array{string, string}>|null, price?: array{in: float|int, out: float|int, in_cached?: float|int|null}|null}>|null,
	 *     providers?: array<string, array{kind?: 'openai_responses'|'openai_chat'|'anthropic'|'gemini'|null, base_url?: string|null, key_env?: string|null, key_header?: string|null, headers?: array<string, string>|null, prices?: array<string, array{in: float|int, out: float|int, in_cached?: float|int|null}>|null, timeout_ms?: int<1, 600000>|null, environments?: array<string, array{base_url?: string|null, key_env?: string|null}>|null}>|null,
	 *     environment?: string|null,
	 *     quota?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     throttle?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     budget?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', tokens?: int<1, max>|null, usd?: float|int|null, period: 'day'|'month'|int<1, 31622400>}>|null,
	 *     cache?: array{ttl?: int<0, 31622400>|null, stale?: int<0, 31622400>|null, epoch?: int<0, max>|null}|null,
	 *     redact?: bool|array{email?: bool, phone?: bool, card?: bool, iban?: bool, ssn?: bool, ip?: bool, mac?: bool, patterns?: array<string, string>}|null,
	 *     moderate?: 'none'|'input'|'output'|'both'|array{what?: 'none'|'input'|'output'|'both'|null, provider?: string|null, model?: string|null, by?: string|null, on_failure?: 'open'|'closed'|array{input?: 'open'|'closed'|null, output?: 'open'|'closed'|null}|null}|null,
	 *     timeout_ms?: int<1, 600000>|null, max_attempts?: int<1, 10>|null,
	 *     max_prompt_chars?: int<1, 1000000>|null, max_parallel?: int<1, 64>|null,
	 * } $policy What is allowed.
	 * @return array{
	 *     model: string, provider: string, url: string, body: array<string, mixed>, cached: bool,
	 *     req_hash: string, key_env: string|null, key_set: bool,
	 *     redacted: array<string, int>, in_flight: bool, retry_after_s: int,
	 *     limits: list<array{name: string, limit: int, period_s: int, remaining: int, reset_s: int}>,
	 *     budgets: list<array{name: string, unit: 'tokens'|'usd', limit: int|float, used: int|float, reserved: int|float, remaining: int|float, renews_at: int}>,
	 *     tokens_in: int, tokens_out: int, cost_usd: float|null,
	 * }
	 *
	 * @throws \Aisp\InvalidRequest 400: as the call itself would.
	 * @throws \Aisp\ConfigError    500: `$caller`, `$policy` or php.ini is wrong. A key that is not set is no error here, see `key_set`.
	 */
	function aisp_preview( array $request, array $caller = [], array $policy = [] ): array {}

	/**
	 * The fingerprint that the same arguments have in a call: 64 hex digits, for `aisp_cache_invalidate()`.
	 *
	 * @param array{
	 *     prompt?: string|null, messages?: list<array{role: 'system'|'user'|'assistant', content: string}>|null,
	 *     system?: string|null, model?: string|null, max_tokens?: int<1, 1000000>|null,
	 *     temperature?: float|int|null, cache?: bool|null, cache_ttl?: int<1, 31622400>|null,
	 *     tags?: list<string>|null, timeout_ms?: int<1, 600000>|null, schema?: array<string, mixed>|null,
	 *     restart?: bool|null, moderate?: 'none'|'input'|'output'|'both'|null,
	 * } $request What is asked; untrusted.
	 * @param array{
	 *     default_model?: string|null,
	 *     models?: array<string, array{route?: non-empty-list<array{string, string}>|null, price?: array{in: float|int, out: float|int, in_cached?: float|int|null}|null}>|null,
	 *     providers?: array<string, array{kind?: 'openai_responses'|'openai_chat'|'anthropic'|'gemini'|null, base_url?: string|null, key_env?: string|null, key_header?: string|null, headers?: array<string, string>|null, prices?: array<string, array{in: float|int, out: float|int, in_cached?: float|int|null}>|null, timeout_ms?: int<1, 600000>|null, environments?: array<string, array{base_url?: string|null, key_env?: string|null}>|null}>|null,
	 *     environment?: string|null,
	 *     quota?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     throttle?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', limit: int<1, max>, period: int<1, max>}>|null,
	 *     budget?: list<array{per: 'user'|'role'|'client'|'ip'|'source'|'site'|'token', tokens?: int<1, max>|null, usd?: float|int|null, period: 'day'|'month'|int<1, 31622400>}>|null,
	 *     cache?: array{ttl?: int<0, 31622400>|null, stale?: int<0, 31622400>|null, epoch?: int<0, max>|null}|null,
	 *     redact?: bool|array{email?: bool, phone?: bool, card?: bool, iban?: bool, ssn?: bool, ip?: bool, mac?: bool, patterns?: array<string, string>}|null,
	 *     moderate?: 'none'|'input'|'output'|'both'|array{what?: 'none'|'input'|'output'|'both'|null, provider?: string|null, model?: string|null, by?: string|null, on_failure?: 'open'|'closed'|array{input?: 'open'|'closed'|null, output?: 'open'|'closed'|null}|null}|null,
	 *     timeout_ms?: int<1, 600000>|null, max_attempts?: int<1, 10>|null,
	 *     max_prompt_chars?: int<1, 1000000>|null, max_parallel?: int<1, 64>|null,
	 * } $policy What is allowed.
	 * @param array{
	 *     user_id?: int<0, max>|null, role?: string|null, client?: string|null, ip?: string|null,
	 *     route?: string|null, site?: string|null, source?: string|null, token?: array<string, mixed>|null,
	 * } $caller Who asks; only `site` matters.
	 *
	 * @throws \Aisp\InvalidRequest 400: as the call itself would.
	 * @throws \Aisp\ConfigError    500: `$policy` or `$caller` is wrong.
	 */
	function aisp_request_hash( array $request, array $policy = [], array $caller = [] ): string {}

	/**
	 * Drops cached answers.
	 *
	 * @param array{
	 *     all?: bool|null, site?: string|null, hash?: string|null, tag?: string|null, model?: string|null,
	 *     provider?: string|null, age?: int<1, 31622400>|null, dry_run?: bool|null,
	 * } $selector Which ones: `[ 'tag' => 'post:123', 'site' => '1' ]`, or `[ 'all' => true ]`.
	 * @return int How many were dropped.
	 *
	 * @throws \Aisp\ConfigError      500: the selector or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_cache_invalidate( array $selector ): int {}

	/**
	 * Replaces the private values in a text by placeholders, as it happens to everything that is sent to a provider.
	 *
	 * @param string $text   In UTF-8.
	 * @param array{
	 *     redact?: bool|array{email?: bool, phone?: bool, card?: bool, iban?: bool, ssn?: bool, ip?: bool, mac?: bool, patterns?: array<string, string>}|null,
	 *     ...
	 * } $policy Its key `redact` says what is looked for.
	 * @return array{text: string, found: array<string, int>} The text, and how many values there were of each type.
	 *
	 * @throws \Aisp\ConfigError 500: the text is not UTF-8, or `$policy` or php.ini is wrong.
	 */
	function aisp_redact( string $text, array $policy = [] ): array {}

	/**
	 * Whether a webhook comes from who it should. Give it the body as it came in, never one that was decoded and encoded
	 * again.
	 *
	 *     $event = aisp_verify_webhook( $request->get_body(), $request->get_headers(), [
	 *         'scheme' => 'standard', 'secret_env' => 'OPENAI_WEBHOOK_SECRET', 'source' => 'openai' ] );
	 *
	 * Schemes
	 *   standard  Standard Webhooks, as OpenAI and Svix have it: webhook-id, webhook-timestamp, webhook-signature. A secret that
	 *             begins with `whsec_` goes on in Base64; another one is taken as it is.
	 *   stripe    stripe-signature, with the whole of Stripe's `whsec_…` as the secret.
	 *   github    x-hub-signature-256, x-github-delivery and x-github-event. The last two are not signed.
	 *   hex       HMAC-SHA256 of the body in hex, in x-aisig.
	 *
	 * @param string $body    The raw bytes, at most 1 MiB; they need not be UTF-8.
	 * @param array<string, mixed> $headers As `WP_REST_Request::get_headers()`, `getallheaders()` or `$_SERVER` has them: a string, or
	 *     a list of strings, by name. What is wrong with them is an `Aisp\Unauthorized`.
	 * @param array{
	 *     scheme: 'standard'|'stripe'|'github'|'hex', secret_env?: string|list<string>|null, tolerance?: int<1, 3600>|null,
	 *     source?: string|null, site?: string|null, dedupe?: bool|null,
	 * } $options `secret_env` names up to 4 variables or constants, any of which may hold the secret; without one, nothing is
	 *     accepted. `tolerance` is how many seconds the sender's clock may be off, either way; 300 by default. `source` is whom
	 *     events are told apart by. `dedupe` is whether the event is remembered; true by default.
	 * @return array{id: string, type: string|null, timestamp: int|null, scheme: 'standard'|'stripe'|'github'|'hex', duplicate: bool, payload: mixed}
	 *     `id` is the sender's, as far as it is signed (stripe and hex have it in the payload's `id`); else, and for github, the
	 *     SHA-256 of the body: a body that was caught cannot come again under another id.
	 *     `type` is the payload's `type`, or GitHub's header. `duplicate`: this event was here before: ever, or in the last 30 days
	 *     where its signature has a time.
	 *     `payload` is the body as `json_decode( …, true )` would have it; null if it is no JSON, or deeper than 127 levels.
	 *
	 * @throws \Aisp\Unauthorized 401: it is not to be trusted, or no secret is set; then PHP's error log names the variable.
	 * @throws \Aisp\ConfigError  500: `$options` or php.ini is wrong.
	 */
	function aisp_verify_webhook( string $body, array $headers, array $options ): array {}

	/**
	 * Where the limits and budgets that apply to a caller stand. Changes nothing.
	 *
	 * @param array{
	 *     user_id?: int<0, max>|null, role?: string|null, client?: string|null, ip?: string|null,
	 *     route?: string|null, site?: string|null, source?: string|null, token?: array<string, mixed>|null,
	 * } $caller Whose.
	 * @param array<string, mixed> $policy Whose `quota`, `throttle` and `budget` they are.
	 * @return array{
	 *     limits: list<array{name: string, limit: int, period_s: int, remaining: int, reset_s: int}>,
	 *     budgets: list<array{name: string, unit: 'tokens'|'usd', limit: int|float, used: int|float, reserved: int|float, remaining: int|float, renews_at: int}>,
	 * }
	 *
	 * @throws \Aisp\ConfigError 500: `$caller`, `$policy` or php.ini is wrong.
	 */
	function aisp_limits( array $caller = [], array $policy = [] ): array {}

	/**
	 * Makes the limits and budgets that apply to a caller whole again. What is reserved for calls under way stays reserved.
	 *
	 * @param array{
	 *     user_id?: int<0, max>|null, role?: string|null, client?: string|null, ip?: string|null,
	 *     route?: string|null, site?: string|null, source?: string|null, token?: array<string, mixed>|null,
	 * } $caller Whose.
	 * @param array<string, mixed> $policy Whose `quota`, `throttle` and `budget` they are.
	 * @param string|null          $name   Only the one of this name: `quota-user`.
	 * @return int How many had been used.
	 *
	 * @throws \Aisp\ConfigError      500: `$caller`, `$policy`, `$name` or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_limits_reset( array $caller, array $policy = [], ?string $name = null ): int {}

	/**
	 * Thresholds (80 and 100 percent) that budgets have reached since this was last asked, each once a period.
	 *
	 * @param string|null $site Only this site's.
	 * @return list<array{
	 *     site: string, name: string, subject: string, percent: 80|100, unit: 'tokens'|'usd', limit: int|float,
	 *     used: int|float, renews_at: int,
	 * }> `subject` is whose budget it is: a user's id, a role, a source; empty for the site.
	 *
	 * @throws \Aisp\ConfigError      500: php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_budget_alerts( ?string $site = null ): array {}

	/**
	 * Enqueues a job: one prompt, or many in `items`. Once this returns, the job is safe: it survives a crash and a power cut.
	 *
	 * Its prompts are kept with placeholders for private values; those are sealed with the key that the policy's `jobs.key_env`
	 * names, and dropped with the prompt once the item is done.
	 *
	 * @param array<string, mixed> $request As for `aisp_infer()` (without `pack`), or `items`, a list of such requests: what stands
	 *     beside `items` then holds for each item that does not say otherwise. Beside it:
	 *     `priority` (0 to 9, the higher first among the jobs of its site; 5, and 3 for a job of many items, by default);
	 *     `run_at` (a Unix time, not before); `idempotency_key` (1 to 191 bytes: the same key of the same user or client with
	 *     the same request is the same job);
	 *     `store` (`['post_id' => 12, 'meta_key' => 'summary']`, of the request or of an item: kept for whoever writes results);
	 *     `preview` (true: results wait for `aisp_job_accept()`); `callback` (an https URL that is told of the end);
	 *     `background` (true: the provider answers later, as OpenAI's background responses do; for a job of one request whose
	 *     model goes to a provider of the kind openai_responses first. The provider keeps the request and its answer for that,
	 *     which it does not do otherwise. The job is `waiting` meanwhile and is looked after now and then, or at once when
	 *     `aisp_webhook_receive()` takes the provider's event of its end; after 24 hours it fails with provider_timeout.
	 *     An answer that breaks its schema is not mended, but asked for anew);
	 *     `within` ('24h': the provider may take a day for it, and half the price; for a job of two or more requests that all go
	 *     to one model, first to a provider of the kind openai_responses, openai_chat or anthropic. What limits let through is
	 *     sent as one batch of up to 10000 requests, which the provider keeps for a while together with its results, and the
	 *     job is `waiting` meanwhile, for 25 hours at most. Each item is a call of its own: in quotas, budgets and the log, with
	 *     `cost_usd` at half of the model's price. What fails in a batch, or is not in its results, is sent in another one).
	 * @param array<string, mixed> $caller As for `aisp_infer()`; its calls are counted as this caller's.
	 * @param array<string, mixed> $policy As for `aisp_infer()`. The worker brings its own when it runs the job.
	 * @return array<string, mixed> The job, see above.
	 *
	 * @throws \Aisp\InvalidRequest   400: it names the field, as in `items[3].prompt`. Nothing was stored.
	 * @throws \Aisp\Conflict         409: the `idempotency_key` was used for another request.
	 * @throws \Aisp\ConfigError      500: `$caller`, `$policy` or php.ini is wrong, or a key is not set that would seal private values.
	 * @throws \Aisp\StoreUnavailable 503: it could not be stored, not even in part.
	 */
	function aisp_job_enqueue( array $request, array $caller = [], array $policy = [] ): array {}

	/**
	 * A job by its id, with its result if it has one item, or with as many of its items as the options ask for.
	 *
	 * @param array{site?: string|null, from?: int<0, 99999>|null, items?: int<0, 1000>|null} $options `site` as in `$caller`;
	 *     `items` is how many (none by default), `from` the place of the first.
	 * @param array<string, mixed> $policy Its `jobs.key_env` names the keys that open private values.
	 * @return array<string, mixed>|null The job, see above; null if the site has none of this id.
	 *
	 * @throws \Aisp\ConfigError      500: `$options`, `$policy` or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_job_get( string $id, array $options = [], array $policy = [] ): ?array {}

	/**
	 * The newest jobs that match, without results.
	 *
	 * @param array{
	 *     site?: string|null, user_id?: int|null, client?: string|null, source?: string|null,
	 *     state?: 'queued'|'running'|'waiting'|'done'|'failed'|'cancelled'|null, before?: string|null, max?: int<1, 1000>|null,
	 * } $filter All sites unless it says otherwise; `before` is the id of the last job of the page before; 100 by default.
	 * @return list<array<string, mixed>> Jobs, see above.
	 *
	 * @throws \Aisp\ConfigError      500: the filter or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_job_list( array $filter = [] ): array {}

	/**
	 * Calls a job off. A worker that has it ends with the call that is under way, and what that brings is not kept. A provider
	 * that works on it is told by a job of the kind `cancel`; what was reserved for its calls is free again.
	 *
	 * @param string|null $site As in `$caller`; null for none.
	 * @return array<string, mixed>|null The job as it stands now; one that had ended stays as it is. Null if the site has none of this id.
	 *
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_job_cancel( string $id, ?string $site = null ): ?array {}

	/**
	 * Puts a job that has failed or was cancelled back into the queue, for the items that were not answered.
	 *
	 * @return array<string, mixed>|null The job as it stands now; one in another state stays as it is. Null if the site has none of this id.
	 *
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_job_retry( string $id, ?string $site = null ): ?array {}

	/**
	 * Accepts the results of a job that was enqueued with `preview` and is done, and tells the inbox: `job.accepted`.
	 *
	 * @return array<string, mixed>|null The job as it stands now: `accepted_at` is set if it could be accepted. Null if the site
	 *     has none of this id.
	 *
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_job_accept( string $id, ?string $site = null ): ?array {}

	/**
	 * Drops jobs that match and have ended, with their results.
	 *
	 * @param array{
	 *     site?: string|null, id?: string|null, user_id?: int|null, client?: string|null, source?: string|null,
	 *     state?: 'done'|'failed'|'cancelled'|null, ended_before?: int|null,
	 * } $filter `ended_before` is a Unix time.
	 * @return int How many there were.
	 *
	 * @throws \Aisp\ConfigError      500: the filter or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_job_purge( array $filter ): int {}

	/**
	 * Takes jobs that are due for a worker, of several sites in turn. Each is the worker's for `lease_s` seconds: hand them to
	 * `aisp_job_work()` at once, with the policy of their `caller`.
	 *
	 * @param array{max?: int<1, 64>|null, lease_s?: int<1, 3600>|null, site?: string|null, id?: string|null} $options 1 job for 60
	 *     seconds, of any site, unless it says otherwise.
	 * @return list<array{id: string, lease: int, site: string, kind: string, caller: array<string, mixed>}>
	 *
	 * @throws \Aisp\ConfigError      500: the options or php.ini are wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_job_claim( array $options = [] ): array {}

	/**
	 * Works on jobs: on those that were claimed, or on whatever is due. Leases are renewed meanwhile; items of a job run
	 * `max_parallel` at a time, in native threads. When the time is up, calls under way are ended in order and the rest of the
	 * job is handed back. The end of a job is told to the inbox, as `job.completed` or `job.failed` of the source `:job`, and
	 * comes out of `aisp_webhook_claim()` until it is handled.
	 *
	 * @param array{
	 *     claims?: list<array{id: string, lease: int, policy?: array<string, mixed>|null}>|null,
	 *     max?: int<1, 1000>|null, lease_s?: int<1, 3600>|null, deadline_ms?: int<1, 600000>|null, site?: string|null,
	 * } $options `claims` run at the same time, each with its own policy where it has one. Without them, up to `max` (1) jobs of
	 *     `site` or of all are taken one after the other, as long as there are any and `deadline_ms` (20000) has not passed.
	 * @param array<string, mixed> $policy What the administrator allows, as for `aisp_infer()`.
	 * @return int How many jobs were worked on.
	 *
	 * @throws \Aisp\ConfigError      500: the options, `$policy` or php.ini are wrong. Claimed jobs come back when their lease ends.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; likewise.
	 */
	function aisp_job_work( array $options = [], array $policy = [] ): int {}

	/**
	 * What is wrong with a policy, before it is used: all that can be told at once, one flaw an entry at least and no more than 50.
	 *
	 *     [ [ 'path' => 'quota.0.limit', 'message' => '"quota[0].limit" must be between 1 and 1000000, 0 given.' ] ]
	 *
	 * @param array<string, mixed> $policy As for `aisp_infer()`.
	 * @return list<array{path: string, message: string}> `path` holds the keys from the policy's root on, with dots between them,
	 *     and is empty for the policy as a whole; `message` is a sentence for an administrator that names the key. Empty if the
	 *     policy can be used.
	 */
	function aisp_policy_check( array $policy ): array {}

	/**
	 * A policy as it works, for a screen of settings: every key, with the value that it has or that stands for it.
	 *
	 * `policy` is a policy itself and means the same: the built-in models and providers are listed, each model with its route and the price at
	 * its first provider, each provider as it is in the policy's `environment`; `timeout_ms` and `max_attempts` are php.ini's where
	 * the policy says nothing. Of a secret there is no more than its name and whether it is there.
	 *
	 *     [ 'name' => 'OPENAI_API_KEY', 'for' => 'providers.openai', 'set' => true, 'usable' => true ]
	 *
	 * @param array<string, mixed> $policy As for `aisp_infer()`.
	 * @return array{
	 *     policy: array<string, mixed>, defaults: array<string, mixed>,
	 *     secrets: list<array{name: string, for: string, set: bool, usable: bool}>,
	 * } `defaults` is what `policy` would be if nothing were set. `secrets` has every variable or constant that is named, also by
	 *     other environments of a provider and by the providers of a client's or the tokens' own policy; `for` is its place in the
	 *     policy. One that is set is not `usable` if it is too short for a key, cannot be sent in a header, fits not the scheme of its
	 *     source of webhooks, or is what every sample of wp-config.php has.
	 *
	 * @throws \Aisp\ConfigError 500: the policy cannot be used, as `aisp_policy_check()` says too, or php.ini is wrong.
	 */
	function aisp_policy_describe( array $policy ): array {}

	/**
	 * Secrets that a policy names and that cannot be used, in the policy's order: each key of its `clients` and its `tokens` that is not
	 * set or holds fewer than 16 bytes, and all names of a source of `webhooks` of which none holds a secret for its scheme.
	 *
	 *     [ [ 'name' => 'SHOP_SECRET', 'for' => 'clients.shop' ], [ 'name' => 'STRIPE_WEBHOOK_SECRET', 'for' => 'webhooks.stripe' ] ]
	 *
	 * @param array<string, mixed> $policy As for `aisp_infer()`.
	 * @return list<array{name: string, for: string}> `name` is the variable or constant, empty for a source that names none; `for`
	 *     is its place in the policy.
	 *
	 * @throws \Aisp\ConfigError 500: `clients`, `tokens` or `webhooks` is wrong, as `aisp_policy_check()` says too, or php.ini is.
	 */
	function aisp_missing_secrets( array $policy ): array {}

	/**
	 * Verifies a webhook and keeps it in the inbox, in one step: once this returns, the event is safe and may be acknowledged.
	 *
	 * An event by which OpenAI tells of the end of a response or a batch (`response.completed`, `batch.failed` and the like) also
	 * makes the job of the site due that waits for it. What the event says is not believed: the worker fetches the answer.
	 *
	 * @param string $body    The raw body, as it came: never JSON that was encoded again.
	 * @param array<string, string|list<string>> $headers By name; `-` and `_` are alike, case does not matter.
	 * @param array{
	 *     scheme: 'standard'|'stripe'|'github'|'hex', secret_env: string|list<string>, tolerance?: int<1, 3600>|null,
	 *     source?: string|null, site?: string|null,
	 * } $options The source's configuration, never anything of the request.
	 * @return array{id: string, type: string|null, timestamp: int|null, scheme: string, duplicate: bool, payload: mixed}
	 *     `duplicate`: it is in the inbox already, or was; nothing was kept.
	 *
	 * @throws \Aisp\Unauthorized     401: it could not be verified, whatever the reason.
	 * @throws \Aisp\ConfigError      500: the options or php.ini are wrong.
	 * @throws \Aisp\StoreUnavailable 503: it could not be kept; the sender will try again.
	 */
	function aisp_webhook_receive( string $body, array $headers, array $options ): array {}

	/**
	 * The oldest events of the inbox that are due: that came in by a verified webhook and wait for a handler. Each is this
	 * caller's for `lease_s` seconds, until it says `aisp_webhook_done()` or `aisp_webhook_failed()` with the event's `id` and
	 * `lease`. After that it is handed to another; a handler that dies eight times with the same event makes it dead.
	 *
	 * @param array{max?: int<1, 1000>|null, lease_s?: int<1, 3600>|null, site?: string|null} $options 10 events for 60 seconds
	 *     of all sites, unless it says otherwise.
	 * @return list<array{
	 *     id: int, lease: int, site: string, source: string, event: string, type: string|null, timestamp: int|null,
	 *     received_at: int, body: string, state: 'waiting'|'leased'|'done'|'dead', attempts: int, due_at: int,
	 *     error: string|null,
	 * }> `event` is the event's own id, `body` the raw body.
	 *
	 * @throws \Aisp\ConfigError      500: the options or php.ini are wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_webhook_claim( array $options = [] ): array {}

	/**
	 * The event is handled: it is never handed out again, nor accepted again.
	 *
	 * @return bool Whether it was still the caller's.
	 *
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_webhook_done( int $id, int $lease ): bool {}

	/**
	 * The event could not be handled. It is tried again after 15 seconds, a minute, and so on up to six hours; after the eighth
	 * attempt it is dead, until somebody replays it.
	 *
	 * @param string $error What went wrong, such as the class of an exception; the first 190 bytes are kept.
	 * @return bool Whether it was still the caller's.
	 *
	 * @throws \Aisp\ConfigError      500: the error is not UTF-8.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_webhook_failed( int $id, int $lease, string $error ): bool {}

	/**
	 * Events of the inbox, the newest first. Their bodies only where one is named by its `id`, and until it is handled.
	 *
	 * @param array{
	 *     site?: string|null, source?: string|null, not_source?: string|null, state?: 'waiting'|'leased'|'done'|'dead'|null,
	 *     id?: int<1, max>|null, before?: int<1, max>|null, max?: int<1, 1000>|null,
	 * } $filter 100 of all, unless it says otherwise. `not_source` leaves one source out: `:job` is that of events by which jobs tell
	 *     of themselves. `before` is the id of the last event of the page before.
	 * @return list<array{
	 *     id: int, lease: int, site: string, source: string, event: string, type: string|null, timestamp: int|null,
	 *     received_at: int, body: string, state: 'waiting'|'leased'|'done'|'dead', attempts: int, due_at: int,
	 *     error: string|null,
	 * }>
	 *
	 * @throws \Aisp\ConfigError      500: the filter or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_webhook_list( array $filter = [] ): array {}

	/**
	 * Lets dead events be handled once more, from the first attempt on.
	 *
	 * @param array{site?: string|null, source?: string|null, not_source?: string|null, state?: string|null, id?: int<1, max>|null, before?: int<1, max>|null, max?: int<1, 1000>|null} $filter Which, as for `aisp_webhook_list()`.
	 * @return int How many there were.
	 *
	 * @throws \Aisp\ConfigError      500: the filter or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_webhook_replay( array $filter = [] ): int {}

	/**
	 * Forgets events that are not being handled. One that was forgotten is accepted should it come again.
	 *
	 * @param array{site?: string|null, source?: string|null, not_source?: string|null, state?: 'waiting'|'done'|'dead'|null, id?: int<1, max>|null, before?: int<1, max>|null, max?: int<1, 1000>|null} $filter Which, as for `aisp_webhook_list()`.
	 * @return int How many there were.
	 *
	 * @throws \Aisp\ConfigError      500: the filter or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_webhook_forget( array $filter ): int {}

	/**
	 * The address that a request came from. It is `$remote`, unless that is one of the site's own proxies: then the header that
	 * those write is read from the right, and the first address that is none of theirs is the client's.
	 *
	 * @param string $remote REMOTE_ADDR.
	 * @param array<string, string|list<string>> $headers Of them `X-Forwarded-For` and `Forwarded` (RFC 7239) count; where both are
	 *     there and disagree, neither does.
	 * @param array{proxies?: list<string>|null} $options Addresses and networks of the own proxies; none by default.
	 *
	 * @throws \Aisp\ConfigError 500: `$remote` is no address, or `$options` is wrong.
	 */
	function aisp_client_ip( string $remote, array $headers, array $options = [] ): string {}

	/**
	 * Whether a route may be called from an address. Of the policy's key `allow` (`[ '/infer' => [ '203.0.113.0/24', '2001:db8::/32' ] ]`)
	 * that entry counts which names the route, or the nearest one above it; `/` is above all. Without one everybody may.
	 *
	 * @param string $ip     Where the call comes from, see aisp_client_ip().
	 * @param string $route  `/infer`, in small letters.
	 * @param array{allow?: array<string, list<string>>|null, ...} $policy The policy, or only its `allow`.
	 *
	 * @throws \Aisp\ConfigError 500: an argument or php.ini is wrong.
	 */
	function aisp_ip_allowed( string $ip, string $route, array $policy ): bool {}

	/**
	 * Signs a request to a site that has this module, as its client: the headers to send with it. Every call makes a nonce of
	 * its own, so each request is signed anew, also one that is repeated.
	 *
	 *     $body    = json_encode( [ 'prompt' => 'Say hi' ] );
	 *     $headers = aisp_sign_request( 'POST', $url, $body, [ 'client' => 'shop', 'secret_env' => 'SHOP_SECRET' ] );
	 *     $answer  = wp_remote_post( $url, [ 'body' => $body, 'headers' => $headers + [ 'Content-Type' => 'application/json' ] ] );
	 *
	 * The header is `X-AISP-Signature: v2;k=<client>;t=<time>;n=<nonce>;s=<signature>`: no spaces, this order, at most 512 bytes.
	 * The signature is HMAC-SHA256, in 64 small hex digits, of nine lines, each with a line feed behind it, also the last:
	 *
	 *     aisp-v2              the version
	 *     POST                 the method, in capitals
	 *     example.com          the host as in the Host header, in small letters, with a port unless it is the scheme's own
	 *     /wp-json/x           the path as in the request line, nothing decoded
	 *     ?a=b                 the query as in the request line, with its question mark; an empty line where there is none
	 *     1764000000           the time, ten digits; 300 seconds off at most, both ways
	 *     8f14e45fceea167a     the nonce, 16 to 64 of A-Z, a-z, 0-9, "_" and "-", never used twice
	 *     shop                 the client, 1 to 64 of a-z, 0-9, ".", "_" and "-"
	 *     e3b0c44298fc1c14…    SHA-256 of the body as it is sent, 64 small hex digits
	 *
	 * With curl and openssl:
	 *
	 *     client=shop secret=$SHOP_SECRET host=example.com path=/wp-json/ai-secure-proxy/v1/infer query=
	 *     body='{"prompt":"Say hi"}' time=$(date +%s) nonce=$(openssl rand -hex 16)
	 *     digest=$(printf %s "$body" | openssl dgst -sha256 -r | cut -d ' ' -f 1)
	 *     sign=$(printf '%s\n' aisp-v2 POST "$host" "$path" "$query" "$time" "$nonce" "$client" "$digest" |
	 *       openssl dgst -sha256 -hmac "$secret" -r | cut -d ' ' -f 1)
	 *     curl "https://$host$path$query" -H 'Content-Type: application/json' \
	 *       -H "X-AISP-Signature: v2;k=$client;t=$time;n=$nonce;s=$sign" --data-binary "$body"
	 *
	 * With Node:
	 *
	 *     const { createHash, createHmac, randomBytes } = require( 'node:crypto' );
	 *     const url = new URL( 'https://example.com/wp-json/ai-secure-proxy/v1/infer' );
	 *     const [ client, secret, body ] = [ 'shop', process.env.SHOP_SECRET, JSON.stringify( { prompt: 'Say hi' } ) ];
	 *     const [ time, nonce ] = [ Math.floor( Date.now() / 1000 ), randomBytes( 16 ).toString( 'hex' ) ];
	 *     const digest = createHash( 'sha256' ).update( body ).digest( 'hex' );
	 *     const lines = [ 'aisp-v2', 'POST', url.host, url.pathname, url.search, time, nonce, client, digest, '' ];
	 *     const sign = createHmac( 'sha256', secret ).update( lines.join( '\n' ) ).digest( 'hex' );
	 *     fetch( url, { method: 'POST', body, headers: {
	 *       'Content-Type': 'application/json',
	 *       'X-AISP-Signature': `v2;k=${ client };t=${ time };n=${ nonce };s=${ sign }`,
	 *     } } );
	 *
	 * @param string $method As it is sent.
	 * @param string $target The URL, or `/path?query`, encoded as it is sent.
	 * @param string $body   The bytes that are sent; '' for none.
	 * @param array{
	 *     client?: string|null, secret_env?: string|non-empty-list<string>|null, host?: string|null,
	 * } $options `client` and `secret_env` are required. `secret_env` names the variable or constant that holds the key, at
	 *     least 16 bytes, or up to four, of which the first signs. `host` is the URL's; for a path alone it is required.
	 * @return array{'X-AISP-Signature': string}
	 *
	 * @throws \Aisp\ConfigError 500: an argument or php.ini is wrong, or the key is not set or too short.
	 */
	function aisp_sign_request( string $method, string $target, string $body, array $options ): array {}

	/**
	 * Who signed a request. A request with `X-AISP-Signature` is judged by that alone. One with `X-Sign`, the code of nothing but
	 * the body, can be sent again by whoever sees it, for ever and to other routes: it is accepted only of clients that are
	 * configured as `plain`, and its client is the one that `X-AISP-Client` names, or the only one of them.
	 *
	 *     $client = aisp_verify_request( $_SERVER['REQUEST_METHOD'], wp_unslash( $_SERVER['REQUEST_URI'] ), file_get_contents( 'php://input' ), getallheaders(), [
	 *         'clients' => [ 'shop' => [ 'secret_env' => [ 'SHOP_SECRET', 'SHOP_SECRET_OLD' ], 'allow' => [ '203.0.113.0/24' ] ] ],
	 *         'host'    => 'example.com',
	 *         'ip'      => $_SERVER['REMOTE_ADDR'],
	 *     ] )['client'];
	 *
	 * @param string                             $method  As it was sent.
	 * @param string                             $target  As in the request line: `/path?query`.
	 * @param string                             $body    The raw bytes, never JSON encoded anew.
	 * @param array<string, string|list<string>> $headers All of them, in any case, with hyphens or underscores. One that counts may
	 *     be there only once.
	 * @param array{
	 *     clients?: array<string, array{secret_env?: string|non-empty-list<string>|null, allow?: list<string>|null, plain?: bool|null}>|null,
	 *     ip?: string|null, host?: string|null, site?: string|null, tolerance?: int<1, 300>|null,
	 * } $options `clients`, and `secret_env` of each, are required. `secret_env` names up to four variables or constants, each of
	 *     which may hold a key of the client; one that is not set, or holds fewer than 16 bytes, is none, and PHP's error log says
	 *     so. A key belongs to one client and one site, and to nothing else. `allow`: addresses and networks that the client calls from, everywhere if it is
	 *     left out and nowhere if it is empty. `host`: the site's own host, not the one that the client names; a signature for
	 *     another site is none here. `site`: whose nonces count. `tolerance`: by how many seconds clocks may differ, 300 by default.
	 * @return array{client: string, scheme: 'v2'|'plain', nonce: string|null, timestamp: int|null} `nonce` and `timestamp` are null
	 *     for the plain scheme.
	 *
	 * @throws \Aisp\Unauthorized 401: nobody proved who asks: a header is missing or malformed, the signature is of another request, client or time, or was here before, or no key is set. All look alike.
	 * @throws \Aisp\Forbidden    403: the signature holds, but the client may not call from this address.
	 * @throws \Aisp\ConfigError  500: `$options` or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used, so that a replay could not be told.
	 */
	function aisp_verify_request( string $method, string $target, string $body, array $headers, array $options ): array {}

	/**
	 * Mints a token for the pages of one origin, so that they can call without a secret in them. Whoever sees the page can use the
	 * token, from anywhere, until it expires: let it open little, and limit its `sub`.
	 *
	 * @param array{
	 *     routes?: non-empty-list<string>|null, models?: list<string>|null, origin?: string|null, epoch?: int<0, max>|null,
	 *     site?: string|null, sub?: string|null, budget?: array{tokens?: int<1, max>|null, usd?: float|null}|null,
	 * } $claims `routes` and `origin` are required. `routes`: what it opens. `models`: what it may ask; all if it is left out or
	 *     empty. `origin`: whose pages may use it, as browsers send it: `https://example.com`. `epoch`: a number that the site counts
	 *     up to revoke all tokens at once; 0 by default. `site` and `sub`: the site, and whom calls count as. `budget`: what its calls may
	 *     take together, tokens in and out, or dollars.
	 * @param array{secret_env?: string|non-empty-list<string>|null, ttl?: int<1, 600>|null} $options `secret_env`, required, names the
	 *     variable or constant that holds the key, at least 16 bytes, or up to four, of which the first signs. `ttl`: the token's
	 *     life in seconds, 300 by default.
	 * @return string At most 1024 letters, digits, "-", "_" and ".".
	 *
	 * @throws \Aisp\ConfigError 500: an argument or php.ini is wrong, the key is not set or too short, or the token would be too long.
	 */
	function aisp_mint_token( array $claims, array $options ): string {}

	/**
	 * What a token says, if it is one of this site and fits the request. Handed on as `$caller['token']`, it lets a call ask only
	 * its `models`, counts it towards its `budget`, and limits it by address where no limit of the policy touches a visitor.
	 *
	 * @param string $token As the page sent it.
	 * @param array{
	 *     secret_env?: string|non-empty-list<string>|null, route?: string|null, origin?: string|null, epoch?: int<0, max>|null,
	 *     site?: string|null,
	 * } $options `secret_env` and `route` are required. `secret_env` names up to four variables or constants, each of which may hold
	 *     the key; one that is not set, or holds fewer than 16 bytes, is none, and PHP's error log says so. `route`: what is
	 *     called. `origin`: the request's Origin header; without it no token fits. `epoch` and `site`: as they are now.
	 * @return array{routes: list<string>, models: list<string>, origin: string, expires_at: int, epoch: int, site: string, sub: string, id: string, budget: array{tokens: int|null, usd: float|null}}
	 *
	 * @throws \Aisp\Unauthorized 401: the token is missing, malformed, expired or revoked, or is for another origin, route or site, or no key is set. All look alike.
	 * @throws \Aisp\ConfigError  500: `$options` or php.ini is wrong.
	 */
	function aisp_verify_token( string $token, array $options ): array {}

	/**
	 * The oldest log records, of one site or of all. They stay until they are acknowledged, so a record may come twice:
	 * write them somewhere that takes each `uid` once, then call `aisp_log_ack()`. Calls that are still running are left out;
	 * one whose process died comes as `caller_aborted` ten seconds after its deadline.
	 *
	 * @param int<1, 10000> $max  How many at most.
	 * @param string|null   $site Only this site's.
	 * @return list<array{
	 *     uid: string, site: string, user_id: int, route: string, req_hash: string, tokens_in: int,
	 *     tokens_out: int, duration_ms: int, status_code: int, error: string|null, created_at: int,
	 *     provider: string, model: string, cached: bool, attempts: int, cost_microusd: int|null, client: string,
	 *     source: string, request_id: string,
	 * }>
	 *
	 * @throws \Aisp\ConfigError      500: `$max` is out of bounds, or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_log_drain( int $max, ?string $site = null ): array {}

	/**
	 * Drops log records that have been written elsewhere.
	 *
	 * @param list<string> $ids Their `uid`s; unknown ones are no error.
	 * @return int How many were dropped.
	 *
	 * @throws \Aisp\ConfigError      500: an id is no string, or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why. Nothing was dropped.
	 */
	function aisp_log_ack( array $ids ): int {}

	/**
	 * What calls came to: by default all of the last hour in one sum. Calls whose records are still in the spool are in it. All
	 * that is asked for at once comes of one pass over the store.
	 *
	 * Figures are kept by the minute for two days, then by the hour to 31 days, then by the day to 400 days. A call counts in
	 * the minute in which it ended; what is kept by the hour or day counts at the beginning of that, in UTC. A time without
	 * calls has no point, unless a breaker opened or closed in it. Percentiles are in milliseconds and come from buckets of which each is at most a quarter as wide as
	 * what is in it, from 4 ms on, and 4 microseconds for `own_ms`; they are placed within the bucket, and null of no calls.
	 *
	 * @param array{site?: string|null, since?: int<0, max>|null, until?: int<0, max>|null, group?: 'none'|'model'|'provider'|'route'|'source'|'outcome'|null, step?: 'minute'|'hour'|'day'|null, by?: list<'none'|'model'|'provider'|'route'|'source'|'outcome'>|null, previous?: bool|null, spans?: array<string, array{since?: int<0, max>|null, until?: int<0, max>|null}>|null} $options
	 *     Only this site's; Unix times; what has a sum of its own; how much time is one sum, at most 3000 of them; more groups
	 *     to count by; whether the same length of time before is wanted, too; up to 10 other times, under names of yours. An
	 *     outcome is `ok`, `hit`, `stale` or a record's `error`.
	 * @return array{since: int, until: int,
	 *     total: list<array>, points: list<array{
	 *         time: int|null, name: string|null, calls: int, hits: int, hit_ratio: float, errors_4xx: int, errors_5xx: int,
	 *         throttled: int, over_quota: int, over_budget: int, circuit_open: int,
	 *         tokens_in: int, tokens_out: int, cost_usd: float, retries: int, failovers: int,
	 *         breaker_opened: int, breaker_closed: int,
	 *         duration_ms: array{p50: float|null, p95: float|null, p99: float|null},
	 *         provider_ms: array{p50: float|null, p95: float|null, p99: float|null},
	 *         own_ms: array{p50: float|null, p95: float|null, p99: float|null},
	 *         first_token_ms: array{p50: float|null, p95: float|null, p99: float|null},
	 *     }>, previous?: list<array>, by: array<string, list<array>>, spans: array<string, array|null>, queue: array{
	 *         jobs: array{queued: int, running: int, waiting: int, done: int, failed: int, cancelled: int},
	 *         inbox: array{waiting: int, dead: int}, spool: int,
	 *     }} `total` is the whole, `points` are its steps, or the whole without them; sums of all are alike, but those in `by` have
	 *     no percentiles. `time` is when a step begins, `name` that of the group; both are null where there are none. Calls that
	 *     were refused are `throttled`, `over_quota`, `over_budget` or, where all breakers of a route were open, `circuit_open`.
	 *     `failovers` are providers of a route that were left for the next one, or passed over. A breaker's events are its
	 *     provider's, and of no other group. `duration_ms` is the whole, `provider_ms` the part of it that providers had (of
	 *     calls that asked one), `own_ms` the rest, and `first_token_ms` how long streams took to begin. `queue` is what waits now:
	 *     jobs and events of the site, or of all, and log records of the store.
	 *
	 * @throws \Aisp\ConfigError      500: `$options` or php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_metrics( array $options = [] ): array {}

	/**
	 * The same for Prometheus, in its text format 0.0.4: sums of all time, and how breakers, jobs, inbox, spool and cache are.
	 *
	 * The names are `aisp_calls_total` (by site, model, provider, route, outcome), `aisp_errors_total`, `aisp_limited_total`,
	 * `aisp_tokens_total`, `aisp_cost_usd_total`, `aisp_retries_total`, `aisp_failovers_total`, `aisp_breaker_events_total` (by
	 * site, provider and event), the histograms `aisp_duration_seconds`, `aisp_provider_seconds`,
	 * `aisp_own_seconds` and `aisp_first_token_seconds` (all by site, model and provider), and the gauges `aisp_breaker_open`,
	 * `aisp_jobs`, `aisp_inbox_events`, `aisp_spool_records`, `aisp_cache_entries` and `aisp_cache_bytes`, of which all but the
	 * first are those of the whole store. A site has at most 500 combinations of labels; the rest of its calls count as model,
	 * provider and route `other`.
	 *
	 * @param string|null $site Only this site's calls and breakers.
	 *
	 * @throws \Aisp\ConfigError      500: php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_metrics_text( ?string $site = null ): string {}

	/**
	 * Whether a bearer token lets its bearer read `aisp_metrics_text()`. It is compared in constant time.
	 *
	 * @param array{metrics?: array{token_env?: string|list<string>|null}|null} $policy Its key `metrics` names the variables or
	 *     constants that hold the secrets, of at least 16 bytes; without one no token does. Other keys are not looked at.
	 *
	 * @throws \Aisp\ConfigError 500: the key `metrics` or php.ini is wrong.
	 */
	function aisp_metrics_allowed( string $token, array $policy ): bool {}

	/**
	 * How the module is doing. Answers also when php.ini is wrong or the store is down, and says so.
	 *
	 * @param string|null $site Only this site's `inbox`, `jobs` (those that `aisp_job_list()` shows) and `breakers`; the rest is that of
	 *     the whole store. Its events from outside, without those of jobs, are counted in `webhooks`, too.
	 * @return array{
	 *     version: string, build: string,
	 *     store: array{engine: string|null, location: string|null, ok: bool, error: string|null, schema?: int},
	 *     cache?: array{entries: int, bytes: int, max_bytes: int}, spool?: int, inbox?: array{waiting: int, dead: int, webhooks?: array{waiting: int, leased: int, done: int, dead: int}},
	 *     jobs?: array{queued: int, running: int, waiting: int, done: int, failed: int, cancelled: int, oldest_age_s: int|null, asked_again: int, abandoned: int},
	 *     counters?: array{period_s: int, calls: int, hits: int, errors: int, tokens: int, cost_usd: float},
	 *     breakers?: list<array{site: string, provider: string, base_url: string, state: 'closed'|'open'|'half_open', retry_after_s: int, calls: int, failures: int, key_refused: bool}>,
	 *     warnings: list<string>,
	 * }
	 */
	function aisp_status( ?string $site = null ): array {}

	/**
	 * Copies the store, of all sites in it, to a new file that only this user may read, while calls go on: whatever was committed
	 * before this began is in it. It takes about as long as the disk needs to write the file.
	 *
	 * To restore it: end all PHP that uses the store, move its file away together with the two beside it (`-wal`, `-shm`), put the
	 * copy where `aisp.store` points, owned by PHP's user, and start PHP. A copy that is not whole, or newer than the module, is
	 * refused then, and `aisp_status()` says why.
	 *
	 * @param string $path An absolute path, of nothing that is there yet. It must not be one that the web server serves.
	 * @return array{path: string, bytes: int, engine: string, schema: int, took_ms: int}
	 *
	 * @throws \Aisp\InvalidRequest   400: no file can be made at this path. Nothing was.
	 * @throws \Aisp\ConfigError      500: php.ini is wrong.
	 * @throws \Aisp\StoreUnavailable 503: the store cannot be used; `aisp_status()` says why.
	 */
	function aisp_backup( string $path ): array {}
}

namespace Aisp {

	/**
	 * What every function throws: one subclass a kind. The message is fit for an end user: it holds no key, no prompt, and
	 * none of the provider's own words.
	 */
	class Exception extends \RuntimeException {

		/** @var string */
		protected $slug = 'error';

		/** @var int */
		protected $status = 500;

		/** @var int|null */
		protected $retryAfter = null;

		/** @var list<array{name: string, limit: int, period_s: int, remaining: int, reset_s: int}>|null */
		protected $limits = null;

		/** The kind for machines: `rate_limited`. */
		public function getSlug(): string {}

		/** The HTTP status that fits. */
		public function getStatus(): int {}

		/** Whole seconds, at least 1, after which the same call may pass; null if nobody knows. */
		public function getRetryAfter(): ?int {}

		/**
		 * Where the limits stood when the call failed; empty if it failed before they were looked at.
		 *
		 * @return list<array{name: string, limit: int, period_s: int, remaining: int, reset_s: int}>
		 */
		public function getLimits(): array {}
	}

	/** `invalid_request`, 400: the request is malformed. Nothing was sent or charged. Correct what the message names. */
	class InvalidRequest extends Exception {

		protected $slug = 'invalid_request';

		protected $status = 400;
	}

	/** `unauthorized`, 401: nobody has proved who asks. Why is not said; sign anew, or get another token. */
	class Unauthorized extends Exception {

		protected $slug = 'unauthorized';

		protected $status = 401;
	}

	/** `forbidden`, 403: whoever asks may not, from this address. */
	class Forbidden extends Exception {

		protected $slug = 'forbidden';

		protected $status = 403;
	}

	/** `conflict`, 409: the same thing is being done already. Not thrown by this version. */
	class Conflict extends Exception {

		protected $slug = 'conflict';

		protected $status = 409;
	}

	/** `blocked`, 422: moderation, or the provider's own policy, refuses request or answer. The same call fails again. */
	class Blocked extends Exception {

		protected $slug = 'blocked';

		protected $status = 422;

		/** @var list<string>|null */
		protected $categories = null;

		/**
		 * The categories that the moderator names, sorted: `harassment`, `self-harm/intent`. Empty if it names none, and where
		 * the provider's own policy refused.
		 *
		 * @return list<string>
		 */
		public function getCategories(): array {}
	}

	/** `rate_limited`, 429: a quota or throttle is used up. Wait getRetryAfter() seconds; getLimits() says which. */
	class RateLimited extends Exception {

		protected $slug = 'rate_limited';

		protected $status = 429;
	}

	/** `budget_exceeded`, 429: a budget is used up: the message says which, what is left of it, and when it renews. */
	class BudgetExceeded extends Exception {

		protected $slug = 'budget_exceeded';

		protected $status = 429;
	}

	/** `config_error`, 500: policy, caller, php.ini or a key's variable is wrong or missing. An administrator must act. */
	class ConfigError extends Exception {

		protected $slug = 'config_error';

		protected $status = 500;
	}

	/** `provider_error`, 502: the provider refuses this for good. 503: it is busy or down; try again later. */
	class ProviderError extends Exception {

		protected $slug = 'provider_error';

		protected $status = 502;
	}

	/** `circuit_open`, 503: the providers have failed too often and are left alone for a while. */
	class CircuitOpen extends Exception {

		protected $slug = 'circuit_open';

		protected $status = 503;
	}

	/** `store_unavailable`, 503: the store cannot be used. `aisp_status()` says why. */
	class StoreUnavailable extends Exception {

		protected $slug = 'store_unavailable';

		protected $status = 503;
	}

	/** `timeout`, 504: the provider did not answer within the deadline. */
	class Timeout extends Exception {

		protected $slug = 'timeout';

		protected $status = 504;
	}
}
