//! The functions that PHP calls: arguments in, one call of the core, result out.

use ext_php_rs::types::Zval;

use super::array;
use super::call::{Call, Thrown};
use super::ini;
use super::journal::ErrorLog;
use super::listener::{Ended, Listener, failure};
use super::secrets::Variables;
use super::zval::{Map, int, list, scalar};
use crate::clock::now_us;
use crate::error::Error;
use crate::gateway::value::Value;
use crate::gateway::{self, Args, Delivery, Env, Raw};

/// Runs `f` with what the core needs from PHP.
pub fn with_env<T>(f: impl FnOnce(&Env<'_>) -> Result<T, Error>) -> Result<T, Error> {
    let settings = ini::settings().map_err(|problems| Error::config(problems.join(" ")))?;
    f(&Env::new(&settings, &Variables, &ErrorLog))
}

/// The arguments `$request`, `$caller` and `$policy` in this order.
pub fn args<'e>(call: &Call<'e>) -> Result<Args<'e>, Thrown> {
    Ok(Args {
        function: call.function,
        request: call.array(1, "request")?,
        caller: call.array(2, "caller")?,
        policy: call.array(3, "policy")?,
    })
}

/// `aisp_infer()`
pub fn infer(call: &Call<'_>) -> Result<Zval, Thrown> {
    let args = args(call)?;
    let outcome = with_env(|env| gateway::infer(&args, env))?;
    Ok(array::outcome(&outcome))
}

/// `aisp_stream()`
pub fn stream(call: &Call<'_>) -> Result<Zval, Thrown> {
    let args = Args {
        function: call.function,
        request: call.array(1, "request")?,
        caller: call.array(3, "caller")?,
        policy: call.array(4, "policy")?,
    };
    let mut listener = Listener::new(call.callable(2, "on_event")?);
    let outcome = with_env(|env| gateway::stream(&args, env, &mut |said| listener.tell(&said)));
    match listener.ended {
        Some(Ended::Threw) => Err(Thrown::Pending),
        Some(Ended::Fatal) => Err(Thrown::Bailout),
        Some(Ended::Declined) | None => Ok(array::outcome(&outcome?)),
    }
}

/// `aisp_infer_batch()`
pub fn infer_batch(call: &Call<'_>) -> Result<Zval, Thrown> {
    let args = Args { request: call.array(1, "requests")?, ..args(call)? };
    let items = with_env(|env| gateway::batch(&args, env))?;
    let item = |item: &gateway::Item| match item {
        Ok(outcome) => array::outcome(outcome),
        Err(error) => Map::new().set("error", failure(error)).finish(),
    };
    Ok(list(items.iter().map(item)))
}

/// `aisp_preview()`
pub fn preview(call: &Call<'_>) -> Result<Zval, Thrown> {
    let args = args(call)?;
    let preview = with_env(|env| gateway::preview(&args, env))?;
    Ok(array::preview(&preview))
}

/// `aisp_request_hash()`
pub fn request_hash(call: &Call<'_>) -> Result<Zval, Thrown> {
    let args = Args {
        function: call.function,
        request: call.array(1, "request")?,
        policy: call.array(2, "policy")?,
        caller: call.array(3, "caller")?,
    };
    Ok(scalar(gateway::request_hash(&args)?))
}

/// `aisp_cache_invalidate()`
pub fn cache_invalidate(call: &Call<'_>) -> Result<Zval, Thrown> {
    let selector = call.array(1, "selector")?;
    Ok(scalar(int(with_env(|env| gateway::cache_invalidate(&selector, env))?)))
}

/// `aisp_redact()`
pub fn redact(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (text, policy) = (call.string(1, "text")?, call.array(2, "policy")?);
    let (text, found) = gateway::redact(text, &policy)?;
    Ok(Map::new().set("text", text).set("found", array::found(&found)).finish())
}

/// The arguments `$body`, `$headers` and `$options` in this order.
fn delivery<'e>(call: &Call<'e>) -> Result<Delivery<'e>, Thrown> {
    let (headers, options) = (call.array(2, "headers")?, call.array(3, "options")?);
    Ok(Delivery { body: call.bytes(1, "body")?, headers, options })
}

/// `aisp_verify_webhook()`
pub fn verify_webhook(call: &Call<'_>) -> Result<Zval, Thrown> {
    let delivery = delivery(call)?;
    Ok(array::webhook(&with_env(|env| gateway::verify_webhook(&delivery, env))?))
}

/// `aisp_webhook_receive()`
pub fn webhook_receive(call: &Call<'_>) -> Result<Zval, Thrown> {
    let delivery = delivery(call)?;
    Ok(array::webhook(&with_env(|env| gateway::receive_webhook(&delivery, env))?))
}

/// The arguments `$method`, `$target` and `$body`.
fn raw<'e>(call: &Call<'e>) -> Result<Raw<'e>, Thrown> {
    Ok(Raw { method: call.bytes(1, "method")?, target: call.bytes(2, "target")?, body: call.bytes(3, "body")? })
}

/// Seconds since the epoch.
fn now_s() -> i64 {
    now_us().div_euclid(1_000_000)
}

/// `aisp_client_ip()`
pub fn client_ip(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (remote, headers, options) = (call.string(1, "remote")?, call.array(2, "headers")?, call.array(3, "options")?);
    Ok(scalar(gateway::client_ip(remote, &headers, &options)?.to_string()))
}

/// `aisp_ip_allowed()`
pub fn ip_allowed(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (ip, route, policy) = (call.string(1, "ip")?, call.string(2, "route")?, call.array(3, "policy")?);
    Ok(scalar(gateway::ip_allowed(ip, route, &policy)?))
}

/// `aisp_sign_request()`
pub fn sign_request(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (raw, options) = (raw(call)?, call.array(4, "options")?);
    let headers = with_env(|env| gateway::sign_request(&raw, &options, now_s(), env))?;
    Ok(headers.iter().fold(Map::new(), |map, (name, value)| map.set(name, value.as_str())).finish())
}

/// `aisp_verify_request()`
pub fn verify_request(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (raw, headers, options) = (raw(call)?, call.array(4, "headers")?, call.array(5, "options")?);
    let verified = with_env(|env| gateway::verify_request(&raw, &headers, &options, now_s(), env))?;
    Ok(array::verified(&verified))
}

/// `aisp_mint_token()`
pub fn mint_token(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (claims, options) = (call.array(1, "claims")?, call.array(2, "options")?);
    Ok(scalar(with_env(|env| gateway::mint_token(&claims, &options, now_s(), env))?))
}

/// `aisp_verify_token()`
pub fn verify_token(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (token, options) = (call.bytes(1, "token")?, call.array(2, "options")?);
    let claims = with_env(|env| gateway::verify_token(token, &options, now_s(), env))?;
    Ok(array::claims(claims))
}

/// `aisp_limits()`
pub fn limits(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (caller, policy) = (call.array(1, "caller")?, call.array(2, "policy")?);
    let (limits, budgets) = with_env(|env| gateway::limits(&caller, &policy, env))?;
    Ok(Map::new().set("limits", array::limits(&limits)).set("budgets", array::budgets(&budgets)).finish())
}

/// `aisp_limits_reset()`
pub fn limits_reset(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (caller, policy) = (call.array(1, "caller")?, call.array(2, "policy")?);
    let name = call.optional_string(3, "name")?;
    Ok(scalar(int(with_env(|env| gateway::reset_limits(&caller, &policy, name, env))?)))
}

/// `aisp_budget_alerts()`
pub fn budget_alerts(call: &Call<'_>) -> Result<Zval, Thrown> {
    let site = call.optional_string(1, "site")?;
    let alerts = with_env(|env| gateway::budget_alerts(site, env))?;
    Ok(list(alerts.iter().map(array::alert)))
}

/// `aisp_policy_check()`
pub fn policy_check(call: &Call<'_>) -> Result<Zval, Thrown> {
    let policy = call.array(1, "policy")?;
    Ok(list(gateway::check_policy(&policy).iter().map(array::flaw)))
}

/// `aisp_policy_describe()`
pub fn policy_describe(call: &Call<'_>) -> Result<Zval, Thrown> {
    let policy = call.array(1, "policy")?;
    Ok(array::described(&with_env(|env| gateway::describe_policy(&policy, env))?))
}

/// `aisp_missing_secrets()`
pub fn missing_secrets(call: &Call<'_>) -> Result<Zval, Thrown> {
    let policy = call.array(1, "policy")?;
    Ok(list(with_env(|env| gateway::missing_secrets(&policy, env))?.iter().map(array::missing)))
}

/// `aisp_webhook_claim()`
pub fn webhook_claim(call: &Call<'_>) -> Result<Zval, Thrown> {
    let options = call.array(1, "options")?;
    Ok(list(with_env(|env| gateway::claim_events(&options, env))?.iter().map(array::event)))
}

/// `aisp_webhook_done()`
pub fn webhook_done(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (id, lease) = (call.int(1, "id")?, call.int(2, "lease")?);
    Ok(scalar(with_env(|env| gateway::event_handled(id, lease, None, env))?))
}

/// `aisp_webhook_failed()`
pub fn webhook_failed(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (id, lease, error) = (call.int(1, "id")?, call.int(2, "lease")?, call.string(3, "error")?);
    Ok(scalar(with_env(|env| gateway::event_handled(id, lease, Some(error), env))?))
}

/// `aisp_webhook_list()`
pub fn webhook_list(call: &Call<'_>) -> Result<Zval, Thrown> {
    let filter = call.array(1, "filter")?;
    Ok(list(with_env(|env| gateway::events(&filter, env))?.iter().map(array::event)))
}

/// `aisp_webhook_replay()`
pub fn webhook_replay(call: &Call<'_>) -> Result<Zval, Thrown> {
    let filter = call.array(1, "filter")?;
    Ok(scalar(int(with_env(|env| gateway::replay_events(&filter, env))?)))
}

/// `aisp_webhook_forget()`
pub fn webhook_forget(call: &Call<'_>) -> Result<Zval, Thrown> {
    let filter = call.array(1, "filter")?;
    Ok(scalar(int(with_env(|env| gateway::forget_events(&filter, env))?)))
}

/// `aisp_log_drain()`
pub fn log_drain(call: &Call<'_>) -> Result<Zval, Thrown> {
    let (max, site) = (call.int(1, "max")?, call.optional_string(2, "site")?);
    let records = with_env(|env| gateway::log_drain(max, site, env))?;
    Ok(list(records.iter().map(array::record)))
}

/// `aisp_log_ack()`
pub fn log_ack(call: &Call<'_>) -> Result<Zval, Thrown> {
    let wrong = |problem: &str| Error::config(format!("aisp_log_ack(): Argument #1 ($ids) must {problem}"));
    let Value::Array(ids) = call.array(1, "ids")? else { return Err(wrong("hold fewer than 100000 ids").into()) };
    let uids = ids.iter().map(|(_, id)| match id {
        Value::Str(bytes) => std::str::from_utf8(bytes).map_err(|_| wrong("hold valid UTF-8")),
        other => Err(wrong(&format!("hold only values of type string, {} given", other.type_name()))),
    });
    let uids: Vec<&str> = uids.collect::<Result<_, _>>()?;
    Ok(scalar(int(with_env(|env| gateway::log_ack(&uids, env))?)))
}

/// `aisp_test_panic()`: panics with its argument as the payload.
#[cfg(feature = "panic-probe")]
pub fn test_panic(call: &Call<'_>) -> Result<Zval, Thrown> {
    panic!("{}", call.optional_string(1, "text")?.unwrap_or_default());
}
