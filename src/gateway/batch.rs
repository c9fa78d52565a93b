//! Many requests, one call: as many at a time as the policy allows, in native threads, under one deadline.
//!
//! Requests with the same fingerprint are paid for once. Requests that say `pack` share provider calls where they are small
//! and alike. Threads never touch PHP: what they need of it, keys, is fetched before they start, and what they have to say
//! to its log is said after they have ended.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::aside::Aside;
use super::fingerprint::fingerprint;
use super::flow::Flow;
use super::infer::{Done, infer_for_all, prepare};
use super::pack;
use super::packed;
use super::plan::Plan;
use super::policy::Policy;
use super::result::Outcome;
use super::value::{Key, Value};
use super::{Args, Env, misconfigured};
use crate::clock::Deadline;
use crate::error::Error;
use crate::provider::Call;
use crate::store::Hash;
use crate::upstream::without_signals;

/// The most requests of one batch.
const MAX_REQUESTS: usize = 1_000;

/// What one request of a batch came to.
pub type Item = Result<Outcome, Error>;

/// `aisp_infer_batch()`: a result or an error for every request, in their order. `args.request` is the list.
///
/// # Errors
/// [`Error::InvalidRequest`] if it is no list of 1 to 1,000; [`Error::Config`] for a flaw in `$caller` or `$policy`.
pub fn batch(args: &Args<'_>, env: &Env<'_>) -> Result<Vec<Item>, Error> {
    let requests = requests(args)?;
    let flow = Flow::begin(args, env)?;
    let policy = Policy::of(&args.policy, &flow.caller).map_err(misconfigured(args.function, 3, "policy"));
    let policy = policy.map_err(|error| flow.fail(error))?;
    let timeout_ms = policy.timeout_ms.unwrap_or(env.settings.timeout_ms);
    let shared = Shared {
        args,
        requests: &requests,
        aside: Aside::new(policy.key_names(), env),
        until: Deadline::after(std::time::Duration::from_millis(timeout_ms.into())),
        units: units(args.function, &requests, &policy, flow.caller.site),
        next: AtomicUsize::new(0),
        done: Mutex::new(requests.iter().map(|_| None).collect()),
    };
    let threads = shared.units.len().min(policy.max_parallel);
    if threads == 1 {
        shared.work();
    } else {
        // The threads receive no signals: those are PHP's, and this thread goes on receiving them.
        std::thread::scope(|scope| {
            without_signals(|| (0..threads).for_each(|_| drop(scope.spawn(|| shared.work()))));
        });
    }
    shared.aside.tell(env.journal);
    let done = shared.done.into_inner().into_iter();
    Ok(done
        .map(|item| item.expect("every unit fills its places, and a thread that panics does not let us get here"))
        .collect())
}

fn requests<'v, 'a>(args: &'v Args<'a>) -> Result<Vec<&'v Value<'a>>, Error> {
    let wrong =
        |problem: String| Error::invalid(format!("{}(): Argument #1 ($requests) must {problem}", args.function));
    let Value::Array(entries) = &args.request else {
        return Err(wrong(format!("be of type array, {} given", args.request.type_name())));
    };
    if entries.is_empty() || entries.len() > MAX_REQUESTS {
        return Err(wrong(format!("hold 1 to {MAX_REQUESTS} requests, {} given", entries.len())));
    }
    if !entries.iter().enumerate().all(|(i, (key, _))| *key == Key::Int(i as i64)) {
        return Err(wrong("be a list".to_owned()));
    }
    Ok(entries.iter().map(|(_, request)| request).collect())
}

/// What one thread does at a time.
enum Unit {
    /// The same request, once or more often: paid for once.
    Same(Vec<usize>),
    /// Requests, each once or more often, that share a provider call.
    Packed(Vec<Vec<usize>>),
}

/// Divides the work. A request that is not valid is a unit of its own: it fails, and is logged, when it is run.
fn units(function: &str, requests: &[&Value<'_>], policy: &Policy<'_>, site: &str) -> Vec<Unit> {
    let mut same: Vec<Vec<usize>> = Vec::new();
    let mut packable: Vec<(usize, Call)> = Vec::new();
    let mut known: HashMap<Hash, usize> = HashMap::new();
    for (i, request) in requests.iter().enumerate() {
        match Plan::new(function, request, policy) {
            Err(_) => same.push(vec![i]),
            Ok(plan) => {
                let at = *known.entry(fingerprint(&plan, site)).or_insert(same.len());
                if at < same.len() {
                    same[at].push(i);
                } else {
                    same.push(vec![i]);
                    if plan.request.pack && plan.request.moderate == Default::default() {
                        packable.push((at, plan.request.call));
                    }
                }
            }
        }
    }
    let calls: Vec<(usize, &Call)> = packable.iter().map(|(at, call)| (*at, call)).collect();
    let mut units = Vec::new();
    for group in pack::group(&calls) {
        units.push(Unit::Packed(group.into_iter().map(|at| std::mem::take(&mut same[at])).collect()));
    }
    units.extend(same.into_iter().filter(|indices| !indices.is_empty()).map(Unit::Same));
    units
}

/// What the threads of a batch share.
struct Shared<'s, 'a> {
    args: &'s Args<'a>,
    requests: &'s [&'s Value<'a>],
    aside: Aside<'s>,
    until: Deadline,
    units: Vec<Unit>,
    next: AtomicUsize,
    done: Mutex<Vec<Option<Item>>>,
}

impl Shared<'_, '_> {
    /// Does one unit after the other until none is left.
    fn work(&self) {
        let env = Env { until: Some(self.until), ..self.aside.env() };
        while let Some(unit) = self.units.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            match unit {
                Unit::Same(indices) => {
                    let item = infer_for_all(&self.item(indices[0]), &env);
                    self.keep(indices, item, &env);
                }
                Unit::Packed(groups) => {
                    let leaders: Vec<Args<'_>> = groups.iter().map(|group| self.item(group[0])).collect();
                    for (group, item) in groups.iter().zip(packed::infer(&leaders, &env)) {
                        self.keep(group, item, &env);
                    }
                }
            }
        }
    }

    /// The arguments of one request, as a call of its own would have them.
    fn item(&self, index: usize) -> Args<'_> {
        Args {
            function: self.args.function,
            request: self.requests[index].clone(),
            caller: self.args.caller.clone(),
            policy: self.args.policy.clone(),
        }
    }

    /// Puts an item in its place, and what it stands for in theirs.
    fn keep(&self, indices: &[usize], done: Done, env: &Env<'_>) {
        let (paid, item) = match done {
            Ok((sealed, revealed)) => (Ok(sealed), Ok(revealed)),
            Err(error) => (Err(error.clone()), Err(error)),
        };
        let copy = |&index: &usize| {
            let share = prepare(&self.item(index), env, |flow, plan, hash| plan.reveal(flow.share(plan, hash, &paid)?));
            (index, share)
        };
        let copies: Vec<_> = indices[1..].iter().map(copy).collect();
        let mut done = self.done.lock();
        done[indices[0]] = Some(item);
        copies.into_iter().for_each(|(index, copy)| done[index] = Some(copy));
    }
}
