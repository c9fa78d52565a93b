//! AI Secure Proxy: an LLM gateway that lives inside PHP.
//!
//! `php` is what Zend sees; below it stands a core that knows nothing of PHP: `gateway` tells the story of one request,
//! with `guard` (may it run), `provider` (wire formats), `upstream` (bytes on the wire), `store` (what outlives it) and
//! `audit` (what is kept about it); `webhook` is the door for events from outside, `jobs` what work that outlives a request keeps. What PHP sees is at the foot of this
//! file; `php-stubs/aisp.stub.php` documents it.

// The unit tests share helpers with those in `tests`, which know the crate by its name.
#[cfg(test)]
extern crate self as aisp;

pub mod audit;
pub mod clock;
pub mod error;
pub mod gateway;
pub mod guard;
mod header_name;
pub mod hex;
pub mod jobs;
#[cfg(feature = "php")]
mod php;
pub mod provider;
pub mod signing;
pub mod store;
pub mod upstream;
pub mod webhook;

#[cfg(feature = "php")]
mod module {
    use ext_php_rs::builders::ModuleBuilder;
    use ext_php_rs::php_module;

    use crate::php::call::function;
    use crate::php::functions as f;
    use crate::php::jobs as j;
    use crate::php::lifecycle;
    use crate::php::metrics as m;
    use crate::php::status;

    /// The module `aisp`: its functions, and in `lifecycle` its classes and php.ini entries.
    #[php_module]
    pub fn get_module(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
        let module = lifecycle::hooks(module)
            .function(function!(aisp_infer(request: array; caller: array = "[]", policy: array = "[]"): array => f::infer))
            .function(function!(aisp_stream(request: array, on_event: callable; caller: array = "[]", policy: array = "[]"): array => f::stream))
            .function(function!(aisp_infer_batch(requests: array; caller: array = "[]", policy: array = "[]"): array => f::infer_batch))
            .function(function!(aisp_preview(request: array; caller: array = "[]", policy: array = "[]"): array => f::preview))
            .function(function!(aisp_request_hash(request: array; policy: array = "[]", caller: array = "[]"): string => f::request_hash))
            .function(function!(aisp_cache_invalidate(selector: array;): int => f::cache_invalidate))
            .function(function!(aisp_redact(text: string; policy: array = "[]"): array => f::redact))
            .function(function!(aisp_limits(; caller: array = "[]", policy: array = "[]"): array => f::limits))
            .function(function!(aisp_limits_reset(caller: array; policy: array = "[]", name: ?string = "null"): int => f::limits_reset))
            .function(function!(aisp_budget_alerts(; site: ?string = "null"): array => f::budget_alerts))
            .function(function!(aisp_policy_check(policy: array;): array => f::policy_check))
            .function(function!(aisp_policy_describe(policy: array;): array => f::policy_describe))
            .function(function!(aisp_missing_secrets(policy: array;): array => f::missing_secrets))
            .function(function!(aisp_verify_webhook(body: string, headers: array, options: array;): array => f::verify_webhook))
            .function(function!(aisp_webhook_receive(body: string, headers: array, options: array;): array => f::webhook_receive))
            .function(function!(aisp_webhook_claim(; options: array = "[]"): array => f::webhook_claim))
            .function(function!(aisp_webhook_done(id: int, lease: int;): bool => f::webhook_done))
            .function(function!(aisp_webhook_failed(id: int, lease: int, error: string;): bool => f::webhook_failed))
            .function(function!(aisp_webhook_list(; filter: array = "[]"): array => f::webhook_list))
            .function(function!(aisp_webhook_replay(; filter: array = "[]"): int => f::webhook_replay))
            .function(function!(aisp_webhook_forget(filter: array;): int => f::webhook_forget))
            .function(function!(aisp_ip_allowed(ip: string, route: string, policy: array;): bool => f::ip_allowed))
            .function(function!(aisp_client_ip(remote: string, headers: array; options: array = "[]"): string => f::client_ip))
            .function(function!(aisp_sign_request(method: string, target: string, body: string, options: array;): array => f::sign_request))
            .function(function!(aisp_verify_request(method: string, target: string, body: string, headers: array, options: array;): array => f::verify_request))
            .function(function!(aisp_mint_token(claims: array, options: array;): string => f::mint_token))
            .function(function!(aisp_verify_token(token: string, options: array;): array => f::verify_token))
            .function(function!(aisp_job_enqueue(request: array; caller: array = "[]", policy: array = "[]"): array => j::enqueue))
            .function(function!(aisp_job_get(id: string; options: array = "[]", policy: array = "[]"): ?array => j::get))
            .function(function!(aisp_job_list(; filter: array = "[]"): array => j::jobs))
            .function(function!(aisp_job_cancel(id: string; site: ?string = "null"): ?array => j::cancel))
            .function(function!(aisp_job_retry(id: string; site: ?string = "null"): ?array => j::retry))
            .function(function!(aisp_job_accept(id: string; site: ?string = "null"): ?array => j::accept))
            .function(function!(aisp_job_purge(filter: array;): int => j::purge))
            .function(function!(aisp_job_claim(; options: array = "[]"): array => j::claim))
            .function(function!(aisp_job_work(; options: array = "[]", policy: array = "[]"): int => j::work))
            .function(function!(aisp_log_drain(max: int; site: ?string = "null"): array => f::log_drain))
            .function(function!(aisp_log_ack(ids: array;): int => f::log_ack))
            .function(function!(aisp_metrics(; options: array = "[]"): array => m::metrics))
            .function(function!(aisp_metrics_text(; site: ?string = "null"): string => m::text))
            .function(function!(aisp_metrics_allowed(token: string, policy: array;): bool => m::allowed))
            .function(function!(aisp_status(; site: ?string = "null"): array => status::status));
        #[cfg(feature = "panic-probe")]
        let module = module.function(function!(aisp_test_panic(text: string;): int => f::test_panic));
        module
    }
}
