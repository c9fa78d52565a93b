//! The story of one request: prepare, admit, complete, settle.

use super::complete::complete;
use super::fingerprint::fingerprint;
use super::flow::{Admitted, Flow};
use super::plan::Plan;
use super::policy::Policy;
use super::result::Outcome;
use super::{Args, Env, misconfigured};
use crate::error::Error;

/// One prompt in, one answer out: `aisp_infer()`.
///
/// # Errors
/// Whatever [`Error`] there is. Except for a flaw in `$caller`, every failure has been logged under its code when it is
/// returned, and nothing has been charged for it unless the provider did its work.
pub fn infer(args: &Args<'_>, env: &Env<'_>) -> Result<Outcome, Error> {
    let mut flow = Flow::begin(args, env)?;

    let policy = Policy::read(&args.policy).map_err(misconfigured(args.function, 3, "policy"));
    let policy = policy.map_err(|error| flow.fail(error))?;
    let plan = Plan::new(args.function, &args.request, &policy).map_err(|error| flow.fail(error))?;
    // Redaction takes its place here: what is hashed, cached and sent from now on is the redacted form.
    let hash = fingerprint(&plan, flow.caller.site);

    let limits = match flow.admit(&plan, &hash) {
        Admitted::Answered { answer, provider, limits } => return Ok(flow.replay(&plan, answer, provider, limits)),
        Admitted::Refused(error) => return Err(error),
        Admitted::Open { limits } => limits,
    };
    let tries = complete(&plan, env, flow.deadline(&plan));
    flow.settle(&plan, &hash, tries, limits)
}
