//! A call that goes to its provider in a batch: admitted like any other, and then held until its batch has been sent.

use super::awaited::Held;
use super::enter::{Entered, enter};
use super::failure::heard;
use super::flow::{Flow, with_store};
use super::infer::{answer, prepare_with};
use super::plan::Plan;
use super::result::Outcome;
use super::{Args, Env, health, tally};
use crate::clock::{Deadline, now_us};
use crate::error::{Error, Fault};
use crate::provider::{Call, Kind, batch};
use crate::store::{Hash, Report};

/// What became of a call.
pub enum Ready {
    /// There is an answer already.
    Answered(Box<Outcome>),
    /// It may be sent.
    Open(Box<Passenger>),
}

/// A call that may be sent.
pub struct Passenger {
    /// What settles it later.
    pub held: Held,
    /// The provider's name in the policy, and what it speaks.
    pub provider: String,
    /// What it speaks.
    pub kind: Kind,
    /// What is asked of it.
    pub call: Call,
    /// When it must have been sent.
    pub deadline: Deadline,
    breaker: String,
    probe: Option<i64>,
}

/// Admits a call for a batch of the first provider of the model's route, at half the price. A provider without batches is asked
/// at once.
///
/// # Errors
/// As `aisp_infer()`.
pub fn ready(args: &Args<'_>, env: &Env<'_>) -> Result<Ready, Error> {
    let change = |plan: &mut Plan<'_, '_>| {
        if takes(plan) {
            plan.bind(None);
            plan.route.iter_mut().for_each(|stop| *stop = stop.halved());
        }
    };
    prepare_with(args, env, change, |flow, plan, hash| match takes(plan) {
        true => board(flow, plan, hash),
        false => Ok(Ready::Answered(Box::new(plan.reveal(answer(flow, plan, hash, env)?)?))),
    })
}

/// Whether the first provider of the route has batches.
fn takes(plan: &Plan<'_, '_>) -> bool {
    plan.route.first().is_some_and(|stop| batch::knows(stop.provider.kind))
}

fn board(flow: Flow<'_, '_>, plan: &Plan<'_, '_>, hash: &Hash) -> Result<Ready, Error> {
    let (flow, open, mut ledger) = match enter(flow, plan, hash)? {
        Entered::Answered(outcome) => return Ok(Ready::Answered(outcome)),
        Entered::Open(entered) => *entered,
    };
    ledger.attempt(0);
    let stop = &plan.route[0];
    Ok(Ready::Open(Box::new(Passenger {
        provider: stop.provider.name.to_owned(),
        kind: stop.provider.kind,
        call: Call { model: stop.model.to_owned(), ..plan.request.call.clone() },
        deadline: flow.deadline(plan),
        breaker: open.breakers.into_iter().next().unwrap_or_default(),
        probe: open.way.probe,
        held: flow.hold(plan, ledger, true),
    })))
}

impl Passenger {
    /// Tells the store how the provider took the batch.
    pub fn tell(&self, sent: Result<(), Fault>, env: &Env<'_>) {
        let (key, probe, now_us) = (&self.breaker, self.probe, now_us());
        let failed = |fault| {
            let answers = tally::take(key);
            Some(Report { key, heard: heard(fault, true), probe, answers, wants_retry: false, now_us })
        };
        let report = sent.map_or_else(failed, |()| tally::report(key, probe, now_us));
        let Some(report) = report else { return };
        if let Err(error) = with_store(env, |store| store.report(&report)) {
            health::store_failed(&error, env.journal);
        }
    }
}
