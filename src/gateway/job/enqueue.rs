//! A job on its way into the queue: everything is checked, then all of it is kept or nothing.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::item::{Piece, asked};
use super::order::Order;
use super::show::{self, Shown};
use super::{About, INFER};
use crate::clock::now_us;
use crate::error::{Error, Fault};
use crate::gateway::caller::Caller;
use crate::gateway::fields::Flaw;
use crate::gateway::flow::{Flow, with_store};
use crate::gateway::grant::Grant;
use crate::gateway::plan::Plan;
use crate::gateway::policy::Policy;
use crate::gateway::request::RawRequest;
use crate::gateway::value::Value;
use crate::gateway::{Args, Env, misconfigured};
use crate::provider::{Kind, batch};
use crate::store::{Enqueued, Hash, NewJob};
use crate::upstream::check_target;

/// `aisp_job_enqueue()`: the job, as it stands. What is refused is logged.
///
/// # Errors
/// [`Error::InvalidRequest`] that names the field; [`Error::KeyUsed`]; [`Error::Config`]; [`Error::Store`]. Nothing was stored
/// then.
pub fn enqueue(args: &Args<'_>, env: &Env<'_>) -> Result<Shown, Error> {
    let flow = Flow::begin(args, env)?;
    take(args, &flow.caller, env).map_err(|error| flow.fail(error))
}

fn take(args: &Args<'_>, caller: &Caller<'_>, env: &Env<'_>) -> Result<Shown, Error> {
    let policy = Policy::of(&args.policy, caller).map_err(misconfigured(args.function, 3, "policy"))?;
    let in_request = |flaw: Flaw| flaw.in_request(args.function);
    if caller.grant.as_ref().is_some_and(Grant::has_budget) {
        return Err(Error::invalid("A token with a budget cannot enqueue jobs: they outlive it."));
    }
    let order = Order::read(&args.request).map_err(in_request)?;
    let id = format!("job_{}", Uuid::now_v7().simple());
    if order.items.len() > policy.jobs.max_items {
        let (count, max) = (order.items.len(), policy.jobs.max_items);
        return Err(in_request(Flaw::new("items", format!("must hold at most {max} requests, {count} given"))));
    }
    let items = keep(args.function, &order, &policy, &id, env)?;
    if let Some(url) = order.callback {
        check_callback(url, &policy, env).map_err(|problem| in_request(Flaw::new("callback", problem)))?;
    }
    let about = About {
        caller: args.caller.to_json().unwrap_or_default(),
        preview: order.preview,
        callback: order.callback.map(str::to_owned),
        many: order.many,
        background: order.background,
        within_a_day: order.within_a_day,
        pending: None,
    };
    let now_us = now_us();
    let hash: Option<Hash> = order.idempotency_key.and_then(|_| Some(digest(&args.request.to_json()?)));
    let job = NewJob {
        now_us,
        id: &id,
        site: caller.site,
        user_id: caller.user_id,
        client: caller.client,
        source: caller.source,
        kind: INFER,
        priority: order.priority,
        run_us: order.run_at.map_or(now_us, |at| at * 1_000_000),
        key: order.idempotency_key.zip(hash.as_ref()),
        about: &about.encode(),
        items: &items,
    };
    let id = match with_store(env, |store| store.enqueue(&job))? {
        Enqueued::New => id,
        Enqueued::Same(known) => known,
        Enqueued::Conflict => return Err(Error::KeyUsed),
    };
    let job = with_store(env, |store| show::find(store, caller.site, &id))?;
    Ok(job.map(|job| show::job(&job)).unwrap_or_default())
}

/// Checks every request, and keeps it without its private values.
fn keep(
    function: &str,
    order: &Order<'_>,
    policy: &Policy<'_>,
    id: &str,
    env: &Env<'_>,
) -> Result<Vec<Vec<u8>>, Error> {
    let keys = policy.jobs.keys(env);
    let mut items = Vec::with_capacity(order.items.len());
    let (mut bytes, mut first) = (0, None);
    for (n, (request, store)) in order.items.iter().enumerate() {
        let target = check(function, request, policy, order, n)?;
        let first = first.get_or_insert_with(|| target.clone());
        if order.within_a_day && *first != target {
            return Err(
                Flaw::new("within", "is for requests that all go to one model of one provider").in_request(function)
            );
        }
        let request = request.to_json().ok_or_else(|| Error::invalid(format!("items[{n}] must be valid UTF-8.")))?;
        let place = asked(id, n as u32);
        let piece = Piece::request(request, store.clone(), &policy.redactor, &keys, &place).ok_or_else(|| {
            let names = policy.jobs.key_names();
            Error::config(format!(
                "Private values of jobs cannot be sealed: {names} is not set, in the environment or in wp-config.php."
            ))
        })?;
        let piece = piece.encode();
        bytes += piece.len();
        if bytes > policy.jobs.max_bytes {
            let max = policy.jobs.max_bytes;
            return Err(Flaw::new("items", format!("must have at most {max} bytes together")).in_request(function));
        }
        items.push(piece);
    }
    Ok(items)
}

/// Whether the request at place `n` may run, as far as that can be seen now; and the provider and the model it will go to first.
fn check<'a>(
    function: &str,
    request: &Value<'a>,
    policy: &Policy<'a>,
    order: &Order<'_>,
    n: usize,
) -> Result<(String, String), Error> {
    let path = order.many.then(|| format!("items[{n}]"));
    let raw = RawRequest::read(request).map_err(|flaw| match &path {
        Some(path) => flaw.below(path).in_request(function),
        None => flaw.in_request(function),
    })?;
    let plan = Plan::of(raw, policy).map_err(|error| match (&path, error) {
        (Some(path), Error::InvalidRequest { message }) => Error::invalid(format!("{path}: {message}")),
        (_, error) => error,
    })?;
    if plan.request.pack {
        return Err(Error::invalid("pack is for the requests of a batch only."));
    }
    let stop = plan.route.first().ok_or_else(|| Error::invalid("model has no provider."))?;
    if order.background && stop.provider.kind != Kind::OpenaiResponses {
        let problem = format!("is for models whose first provider is of the kind {}", Kind::OpenaiResponses.name());
        return Err(Flaw::new("background", problem).in_request(function));
    }
    if order.within_a_day && !batch::knows(stop.provider.kind) {
        let kinds = Kind::ALL.into_iter().filter(|kind| batch::knows(*kind)).map(Kind::name);
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let problem = format!("is for models whose first provider is of one of the kinds {kinds}");
        return Err(Flaw::new("within", problem).in_request(function));
    }
    Ok((stop.provider.name.to_owned(), stop.model.to_owned()))
}

/// Whether somebody may be told there: callbacks are signed, and go where providers may be, over https to public addresses.
fn check_callback(url: &str, policy: &Policy<'_>, env: &Env<'_>) -> Result<(), String> {
    if policy.jobs.callback_env.iter().next().is_none() {
        return Err("is not possible: the policy's jobs.callback_env names no key to sign with".to_owned());
    }
    env.settings.net.allowed.check_url(url)?;
    check_target(&env.settings.net, url).map_err(|fault| match fault {
        Fault::Blocked => "must not be on a private or special address".to_owned(),
        _ => "has a host that cannot be found".to_owned(),
    })
}

/// What a request that comes again is known by.
fn digest(request: &serde_json::Value) -> Hash {
    Sha256::digest(request.to_string()).into()
}
