//! May the call run? The store decides, in one round trip, and hands over an answer that is kept.

use std::time::Duration;

use super::complete::{Judged, judge};
use super::fingerprint::hex;
use super::flow::{Flow, with_store};
use super::health;
use super::limits::Rule;
use super::plan::Plan;
use super::result::Outcome;
use crate::error::Error;
use crate::provider::{Answer, RateLimits};
use crate::store::{self, Admission, Entry, Hash, LimitState, Verdict, Way};

/// How long after its deadline a call that left no trace counts as abandoned.
const GRACE: Duration = Duration::from_secs(10);

/// What became of a call that asked to be let in.
pub enum Admitted {
    /// The cache has the answer, and the call is logged.
    Answered(Kept),
    /// A limit is used up or no provider may be asked, and the call is logged.
    Refused(Error),
    /// A provider must be asked.
    Open(Open),
}

/// An answer from the cache.
pub struct Kept {
    answer: Answer,
    data: Option<serde_json::Value>,
    provider: String,
    limits: Vec<LimitState>,
}

/// A call that was let in.
pub struct Open {
    pub(super) way: Way,
    pub(super) breakers: Vec<String>,
    pub(super) lease_us: i64,
    /// Where the limits stand.
    pub limits: Vec<LimitState>,
}

impl Flow<'_, '_> {
    /// Asks the store to let the call in. Without a store there is no cache, and a limiter of this process decides.
    pub fn admit(&mut self, plan: &Plan<'_, '_>, hash: &Hash) -> Admitted {
        self.record.req_hash = hex(hash);
        plan.request.model.name.clone_into(&mut self.record.model);
        let throttle = Rule::apply(&plan.policy.throttle, "throttle", &self.caller);
        self.quota = Rule::apply(&plan.policy.quota, "quota", &self.caller);
        let breakers = plan.breakers(self.caller.site);
        let patience = plan.timeout(self.env.settings) + GRACE;
        let lease_us = self.now_us + patience.as_micros() as i64;
        let admission = Admission {
            now_us: self.now_us,
            throttle: &throttle,
            quota: &self.quota,
            route: &breakers,
            lookup: plan.ttl_s().map(|_| hash),
            record: &self.record,
            abandoned_us: lease_us,
        };
        let (verdict, before) = match self.decide(&admission) {
            Verdict::Hit { entry, limits } => match read_entry(plan, &entry) {
                Some((answer, data)) => {
                    return Admitted::Answered(Kept { answer, data, provider: entry.provider, limits });
                }
                // An answer that cannot be read is none: it makes room for a new one.
                None => (self.decide(&Admission { lookup: None, throttle: &[], ..admission }), limits),
            },
            verdict => (verdict, Vec::new()),
        };
        let all = |limits: Vec<LimitState>| [before, limits].concat();
        match verdict {
            Verdict::Refused { limit, quota, wait_us, limits } => {
                let code = if quota { "policy_quota" } else { "policy_throttle" };
                self.refuse(Error::RateLimited { limit, code, wait: micros(wait_us), limits: all(limits) })
            }
            Verdict::Open { wait_us, limits } => {
                self.refuse(Error::CircuitOpen { wait: micros(wait_us), limits: all(limits) })
            }
            Verdict::Miss { way, limits } => Admitted::Open(Open { way, breakers, lease_us, limits: all(limits) }),
            Verdict::Hit { limits, .. } => {
                Admitted::Open(Open { way: Way { stop: 0, probe: None }, breakers, lease_us, limits: all(limits) })
            }
        }
    }

    fn decide(&self, admission: &Admission<'_>) -> Verdict {
        with_store(self.env, |store| store.admit(admission)).unwrap_or_else(|error| {
            health::store_failed(&error, self.env.journal);
            store::admit_without_store(admission)
        })
    }

    /// Ends a call that was not let in. The store has logged it with its decision.
    fn refuse(&self, error: Error) -> Admitted {
        self.journal(|| self.record.failed(error.status(), error.code()));
        Admitted::Refused(error)
    }

    /// Ends a call that the cache answered.
    pub fn replay(self, plan: &Plan<'_, '_>, kept: Kept) -> Outcome {
        self.journal(|| self.record.hit(&kept.provider));
        Outcome {
            usage: kept.answer.usage,
            answer: kept.answer,
            data: kept.data,
            model: plan.request.model.name.to_owned(),
            provider: kept.provider,
            cached: true,
            cost_usd: Some(0.0),
            attempts: 0,
            duration_ms: self.elapsed_ms(),
            request_id: self.record.request_id,
            req_hash: self.record.req_hash,
            provider_request_id: None,
            provider_limits: RateLimits::default(),
            limits: kept.limits,
        }
    }
}

/// The kept answer, if it can be read and still satisfies the schema.
fn read_entry(plan: &Plan<'_, '_>, entry: &Entry) -> Option<(Answer, Option<serde_json::Value>)> {
    let answer: Answer = serde_json::from_slice(&entry.body).ok()?;
    let data = match &plan.request.schema {
        None => None,
        Some(schema) => match judge(schema, &answer) {
            Judged::Good(data) => data,
            _ => return None,
        },
    };
    Some((answer, data))
}

fn micros(us: i64) -> Duration {
    Duration::from_micros(us.unsigned_abs())
}
