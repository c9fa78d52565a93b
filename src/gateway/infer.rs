//! The story of one request: prepare, admit, complete, settle.

use super::admit::{Admitted, sleep};
use super::complete::Whole;
use super::fingerprint::fingerprint;
use super::flow::Flow;
use super::ledger::Ledger;
use super::plan::Plan;
use super::policy::Policy;
use super::result::Outcome;
use super::{Args, Env, misconfigured};
use crate::error::Error;
use crate::store::Hash;

/// One prompt in, one answer out: `aisp_infer()`.
///
/// # Errors
/// Whatever [`Error`] there is. Except for a flaw in `$caller`, every failure has been logged under its code when it is
/// returned, and nothing has been charged for it unless a provider did its work.
pub fn infer(args: &Args<'_>, env: &Env<'_>) -> Result<Outcome, Error> {
    prepare(args, env, |flow, plan, hash| plan.reveal(answer(flow, plan, hash, env)?))
}

/// An answer twice: sealed, for whoever else asked the same, and as its own caller gets it.
pub type Done = Result<(Outcome, Outcome), Error>;

/// [`infer`] for a call whose answer others share.
pub fn infer_for_all(args: &Args<'_>, env: &Env<'_>) -> Done {
    prepare(args, env, |flow, plan, hash| done(plan, answer(flow, plan, hash, env)))
}

/// Reveals an answer and keeps the sealed one.
pub fn done(plan: &Plan<'_, '_>, sealed: Result<Outcome, Error>) -> Done {
    let sealed = sealed?;
    Ok((sealed.clone(), plan.reveal(sealed)?))
}

/// The story itself. The answer is sealed.
pub fn answer(mut flow: Flow<'_, '_>, plan: &Plan<'_, '_>, hash: &Hash, env: &Env<'_>) -> Result<Outcome, Error> {
    let open = match flow.admit(plan, hash, Some(&mut sleep)) {
        Admitted::Answered(kept) => return Ok(flow.replay(plan, kept)),
        Admitted::Refused(error) => return Err(error),
        Admitted::Left(limits) => return Ok(flow.leave(plan, limits)),
        Admitted::Open(open) => open,
    };
    let mut ledger = Ledger::default();
    let arrival = flow.complete(plan, &open, &mut Whole { env, plan, lead: open.lead.as_ref() }, &mut ledger);
    flow.settle(plan, hash, open, arrival, &ledger)
}

/// Begins a call: reads its arguments, and hands over what was made of them. What is wrong with them is logged.
pub fn prepare<T>(
    args: &Args<'_>,
    env: &Env<'_>,
    then: impl FnOnce(Flow<'_, '_>, &Plan<'_, '_>, &Hash) -> Result<T, Error>,
) -> Result<T, Error> {
    prepare_with(args, env, |_| (), then)
}

/// [`prepare`] for a call that takes another way than its answer's name says.
pub fn prepare_with<T>(
    args: &Args<'_>,
    env: &Env<'_>,
    change: impl FnOnce(&mut Plan<'_, '_>),
    then: impl FnOnce(Flow<'_, '_>, &Plan<'_, '_>, &Hash) -> Result<T, Error>,
) -> Result<T, Error> {
    let flow = Flow::begin(args, env)?;
    let policy = Policy::of(&args.policy, &flow.caller).map_err(misconfigured(args.function, 3, "policy"));
    let mut policy = policy.map_err(|error| flow.fail(error))?;
    if env.item.is_some() {
        policy.timeout_ms = Some(policy.jobs.timeout_ms);
    }
    let mut plan = Plan::new(args.function, &args.request, &policy).map_err(|error| flow.fail(error))?;
    if plan.request.pack && env.until.is_none() {
        return Err(flow.fail(Error::invalid("pack is for the requests of a batch only.")));
    }
    let hash = fingerprint(&plan, flow.caller.site);
    change(&mut plan);
    then(flow, &plan, &hash)
}
