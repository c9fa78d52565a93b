//! Calls that outlive the process that began them: a provider has taken one, and its answer is fetched later, by whoever looks
//! after it. It is settled as the call that was admitted, under its own uid, with its own reservations.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::admit::Open;
use super::complete::{Reply, accept};
use super::failure::GaveUp;
use super::fingerprint::fingerprint;
use super::flow::{Flow, with_store};
use super::journey::Arrival;
use super::ledger::Ledger;
use super::plan::Plan;
use super::policy::Policy;
use super::result::Outcome;
use super::{Args, Env, health, misconfigured};
use crate::audit::{self, LogTarget, Record, Watch};
use crate::clock::now_us;
use crate::error::{Error, Fault};
use crate::hex;
use crate::provider::{Answer, Head};
use crate::store::{Claim, Limit, Settlement, Way};

/// What is kept of a call while a provider works on it. No text of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Held {
    record: Record,
    asked_us: i64,
    quota: Vec<Limit>,
    claims: Vec<Claim>,
    ledger: Ledger,
    /// Whether the provider takes half the price.
    halved: bool,
}

impl Held {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// From bytes.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The call's uid.
    pub fn uid(&self) -> &str {
        &self.record.uid
    }

    /// What was reserved for it.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// Ends a call that nobody waits for any more. What it has cost is not known; what was reserved is free again.
    pub fn call_off(&self, env: &Env<'_>) {
        let (fault, now_us) = (Fault::Cancelled, now_us());
        let duration_ms = millis(now_us - self.asked_us);
        let record = Record { duration_ms, provider_ms: duration_ms, own_us: Some(0), ..self.record.clone() };
        let record = record.failed(fault.status(), fault.code());
        if env.settings.log != LogTarget::Off {
            audit::write_line(&record, &env.settings.log, env.journal);
        }
        let end = Settlement { claims: &self.claims, once: true, ..Settlement::plain(&record, now_us) };
        if let Err(error) = with_store(env, |store| store.settle(&end)) {
            health::store_failed(&error, env.journal);
        }
    }
}

impl<'a, 'e> Flow<'a, 'e> {
    /// Lets go of a call that a provider has taken, the only one of its route.
    pub fn hold(mut self, plan: &Plan<'_, '_>, ledger: Ledger, halved: bool) -> Held {
        let provider = plan.route.first().map(|stop| stop.provider.name.to_owned());
        self.record.provider = provider.unwrap_or_default();
        let ledger = Ledger { last: Some(0), ..ledger };
        Held { record: self.record, asked_us: self.now_us, quota: self.quota, claims: self.claims, ledger, halved }
    }

    /// Takes a call up again.
    fn take_up(args: &Args<'a>, env: &'e Env<'e>, held: Held) -> Result<(Self, Ledger, bool), Error> {
        let Held { record, asked_us, quota, claims, ledger, halved } = held;
        let flow = Self::begin(args, env)?;
        // The provider has had it ever since, but for the moment in which it was admitted.
        let mut watch = Watch::resumed(Duration::from_micros((flow.now_us - asked_us).max(0).unsigned_abs()));
        watch.all_away();
        let ledger = Ledger { provider: Duration::ZERO, ..ledger };
        Ok((Self { record, now_us: asked_us, quota, claims, watch, is_resumed: true, ..flow }, ledger, halved))
    }

    /// Ends a call that was taken up, but cannot be gone on with.
    fn give_up(&self, error: Error) -> Error {
        let record = self.watch.stamp(self.record.failed(error.status(), error.code()));
        self.close(&Settlement { claims: &self.claims, ..Settlement::plain(&record, now_us()) });
        error
    }
}

/// Settles a call with what its provider came to. The arguments are those of the call that was admitted; where the policy is
/// another one by now, the answer is not kept for others.
///
/// # Errors
/// As `aisp_infer()`.
pub fn conclude(args: &Args<'_>, env: &Env<'_>, held: Held, came: Result<Answer, GaveUp>) -> Result<Outcome, Error> {
    let (flow, mut ledger, halved) = Flow::take_up(args, env, held)?;
    let policy = Policy::of(&args.policy, &flow.caller).map_err(misconfigured(args.function, 3, "policy"));
    let mut policy = policy.map_err(|error| flow.give_up(error))?;
    policy.timeout_ms = Some(policy.jobs.timeout_ms);
    let mut plan = Plan::new(args.function, &args.request, &policy).map_err(|error| flow.give_up(error))?;
    let hash = fingerprint(&plan, flow.caller.site);
    plan.request.cache &= hex::encode(&hash) == flow.record.req_hash;
    plan.bind(Some(flow.record.provider.as_str()));
    let Some(stop) = plan.route.first_mut() else {
        let limits = Vec::new();
        return Err(flow.give_up(Error::Provider { fault: Fault::Gone, retry_after: None, limits }));
    };
    if halved {
        *stop = stop.halved();
    }
    if let Ok(answer) = &came {
        ledger.spend(stop, &answer.usage);
    }
    let way = Way { stop: 0, probe: None };
    let open = Open { way, breakers: plan.breakers(flow.caller.site), lease_us: 0, lead: None, limits: Vec::new() };
    let result = came.and_then(|answer| judge(&flow, &plan, &open, answer, &mut ledger));
    plan.reveal(flow.settle(&plan, &hash, open, Arrival { result, answered: None }, &ledger)?)
}

/// Whether an answer may be had: it satisfies the schema, and moderation lets it pass.
pub fn judge(
    flow: &Flow<'_, '_>,
    plan: &Plan<'_, '_>,
    open: &Open<'_>,
    answer: Answer,
    ledger: &mut Ledger,
) -> Result<Reply, GaveUp> {
    let failed = |fault| GaveUp::Failed { fault, retry_after: None };
    let reply = accept(plan, answer, Head::default()).map_err(failed)?;
    flow.moderator(plan, open).output(&reply.answer.text, ledger).map_err(GaveUp::Unasked)?;
    Ok(reply)
}

fn millis(us: i64) -> u32 {
    u32::try_from(us.max(0) / 1_000).unwrap_or(u32::MAX)
}
