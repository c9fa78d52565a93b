//! May the call run? The store decides, in one round trip, and hands over an answer that is kept.

use std::time::{Duration, Instant};

use super::complete::{Judged, judge};
use super::flight::{self, Lead, Note};
use super::flow::{Flow, with_store};
use super::limits::Rule;
use super::plan::Plan;
use super::{budgets, health};
use crate::clock::{Clock, now_us};
use crate::error::{Error, Fault};
use crate::hex;
use crate::provider::Answer;
use crate::store::{self, Admission, Boarding, Entry, Hash, LimitState, Verdict, Way};

/// How long after its deadline a call that left no trace counts as abandoned.
const GRACE: Duration = Duration::from_secs(10);

/// What became of a call that asked to be let in.
pub enum Admitted<'e> {
    /// There is an answer already, and the call is logged.
    Answered(Kept),
    /// A limit is used up or no provider may be asked, and the call is logged.
    Refused(Error),
    /// The caller hung up while it waited for another call's answer.
    Left(Vec<LimitState>),
    /// A provider must be asked.
    Open(Open<'e>),
}

/// An answer that no provider was asked for.
pub struct Kept {
    pub(super) answer: Answer,
    pub(super) data: Option<serde_json::Value>,
    pub(super) provider: String,
    /// When it was stored, if it was, in microseconds since the epoch.
    pub(super) stored_us: Option<i64>,
    /// Why an answer that had expired had to do.
    pub(super) stale: Option<&'static str>,
    /// Where the limits stand.
    pub limits: Vec<LimitState>,
}

/// A call that was let in.
pub struct Open<'e> {
    pub(super) way: Way,
    pub(super) breakers: Vec<String>,
    pub(super) lease_us: i64,
    /// The flight that it leads.
    pub lead: Option<Lead<'e>>,
    /// Where the limits stand.
    pub limits: Vec<LimitState>,
}

/// Waits a little, for a call that waits for another one's answer; an error ends it.
pub type Pause<'p> = dyn FnMut(Duration) -> Result<(), Fault> + 'p;

/// Sleeps.
pub fn sleep(wait: Duration) -> Result<(), Fault> {
    std::thread::sleep(wait);
    Ok(())
}

impl<'e> Flow<'_, 'e> {
    /// Asks the store to let the call in. Where another call is asking for the same answer, waits for that with `pause`;
    /// without one the call asks for itself. Without a store there is no cache, and a limiter of this process decides.
    pub fn admit(&mut self, plan: &Plan<'_, '_>, hash: &Hash, mut pause: Option<&mut Pause<'_>>) -> Admitted<'e> {
        self.record.req_hash = hex::encode(hash);
        plan.request.model.name.clone_into(&mut self.record.model);
        let throttle = Rule::apply(&plan.policy.throttle, "throttle", &self.caller);
        self.quota = Rule::apply(&plan.policy.quota, "quota", &self.caller);
        self.claims = match budgets::claims(plan, &self.caller, self.now_us) {
            Ok(claims) => claims,
            Err(error) => return Admitted::Refused(self.fail(error)),
        };
        let breakers = plan.breakers(self.caller.site);
        let patience = plan.timeout(self.env.settings) + GRACE;
        let lease_us = self.now_us + patience.as_micros() as i64;
        let flight_us = flight::lease(self.env).as_micros() as i64;
        let claims = std::mem::take(&mut self.claims);
        let mut asked = Admission {
            clock: Clock::System,
            throttle: &throttle,
            quota: &self.quota,
            claims: &claims,
            route: &breakers,
            lookup: plan.ttl_s().map(|_| hash),
            boarding: None,
            stale_us: plan.stale_us(),
            record: &self.record,
            watch: None,
            abandoned_us: lease_us,
            item: self.env.item,
        };
        let mut awaited: Option<String> = None;
        let mut before = Vec::new();
        let verdict = loop {
            let boarding = Boarding { lease_us: flight_us, awaited: awaited.as_deref() };
            let boarding = pause.is_some().then_some(boarding);
            match self.decide(&Admission { boarding, watch: Some(&self.watch), ..asked }) {
                Verdict::Wait { leader, limits } => {
                    before.extend(limits);
                    let left = || self.deadline(plan).remaining();
                    let mut pause = |wait| pause.as_mut().map_or(Ok(()), |pause| pause(wait));
                    let since = Instant::now();
                    let waited = flight::wait(self.env, hash, &leader, left, &mut pause);
                    // What it waited for is what the other one's provider did.
                    self.watch.away(since.elapsed());
                    match waited {
                        Ok(()) => {}
                        Err(Fault::Cancelled) => return Admitted::Left(before),
                        Err(fault) => {
                            let error = Error::Provider { fault, retry_after: None, limits: before };
                            return Admitted::Refused(self.fail(error));
                        }
                    }
                    awaited = Some(leader);
                }
                Verdict::Hit { entry, limits } => match read_entry(plan, entry, None, &limits) {
                    Some(kept) => {
                        self.journal(|| self.watch.stamp(self.record.hit(&kept.provider)));
                        return Admitted::Answered(Kept { limits: [before, limits].concat(), ..kept });
                    }
                    // The answer that a job's item has left: whoever has the item gives it up, and with it this answer.
                    None if asked.lookup.is_none() => {
                        let limits = [before, limits].concat();
                        let error = Error::Provider { fault: Fault::Invalid, retry_after: None, limits };
                        return Admitted::Refused(self.fail(error));
                    }
                    // An answer that cannot be read is none: it makes room for a new one.
                    None => {
                        asked.lookup = None;
                        before.extend(limits);
                    }
                },
                verdict => break verdict,
            }
            // Charged already.
            asked.throttle = &[];
        };
        let leads = asked.lookup.is_some() && pause.is_some();
        self.claims = claims;
        let all = |limits: Vec<LimitState>| [before, limits].concat();
        match verdict {
            Verdict::Refused { limit, quota, wait_us, limits } => {
                let code = if quota { "policy_quota" } else { "policy_throttle" };
                self.refuse(Error::RateLimited { limit, code, wait: micros(wait_us), limits: all(limits) })
            }
            Verdict::OverBudget { budget, amount, limits } => {
                let (wait, budget) = (micros((budget.renews_us - now_us()).max(0)), Box::new(budget));
                self.refuse(Error::BudgetExceeded { budget, amount, wait, limits: all(limits) })
            }
            Verdict::Open { wait_us, stale, limits } => {
                let error = Error::CircuitOpen { wait: micros(wait_us), limits: all(limits) };
                match stale.and_then(|entry| read_entry(plan, entry, Some(error.code()), error.limits())) {
                    Some(kept) => {
                        let record = self.record.failed(error.status(), error.code()).stale(&kept.provider);
                        self.journal(|| self.watch.stamp(record));
                        Admitted::Answered(kept)
                    }
                    None => self.refuse(error),
                }
            }
            Verdict::Lost => Admitted::Refused(Error::LeaseLost),
            Verdict::Landed { note, limits } => self.landed(plan, hash, &note, all(limits)),
            Verdict::Miss { way, limits } => {
                let lead = leads.then(|| Lead::new(self.env, hash, &self.record.uid));
                Admitted::Open(Open { way, breakers, lease_us, lead, limits: all(limits) })
            }
            Verdict::Hit { .. } | Verdict::Wait { .. } => unreachable!("the loop goes on with these"),
        }
    }

    fn decide(&self, admission: &Admission<'_>) -> Verdict {
        with_store(self.env, |store| store.admit(admission)).unwrap_or_else(|error| {
            health::store_failed(&error, self.env.journal);
            store::admit_without_store(admission)
        })
    }

    /// Ends a call that was not let in. The store has logged it with its decision.
    fn refuse(&self, error: Error) -> Admitted<'e> {
        self.journal(|| self.watch.stamp(self.record.failed(error.status(), error.code())));
        Admitted::Refused(error)
    }

    /// Ends a call with what the leader that it waited for has left.
    fn landed(&mut self, plan: &Plan<'_, '_>, hash: &Hash, note: &[u8], limits: Vec<LimitState>) -> Admitted<'e> {
        match Note::decode(note) {
            Some(Note::Answer { answer, provider }) => {
                let data = data_of(plan, &answer).flatten();
                self.settle_plain(self.record.hit(&provider));
                Admitted::Answered(Kept { answer, data, provider, stored_us: None, stale: None, limits })
            }
            Some(Note::Failed { fault, retry_after_ms }) => {
                let error = Error::Provider { fault, retry_after: retry_after_ms.map(Duration::from_millis), limits };
                match self.stale(plan, hash, &error) {
                    Some(kept) => {
                        self.settle_plain(self.record.failed(error.status(), error.code()).stale(&kept.provider));
                        Admitted::Answered(kept)
                    }
                    None => Admitted::Refused(self.fail(error)),
                }
            }
            Some(Note::Blocked { stage, categories }) => {
                Admitted::Refused(self.fail(Error::Blocked { stage, categories, limits }))
            }
            None => Admitted::Refused(self.fail(Error::Provider { fault: Fault::Invalid, retry_after: None, limits })),
        }
    }

    /// The answer that the cache still has, where a call that failed like this may be given it.
    pub(super) fn stale(&self, plan: &Plan<'_, '_>, hash: &Hash, error: &Error) -> Option<Kept> {
        let grace_us = plan.stale_us();
        let fails = matches!(error, Error::CircuitOpen { .. })
            || matches!(error, Error::Provider { fault, .. } if fault.is_of_the_provider());
        if !fails || self.has_spoken || grace_us == 0 || plan.ttl_s().is_none() {
            return None;
        }
        let found = with_store(self.env, |store| store.stale(hash, grace_us, now_us()));
        read_entry(plan, found.ok().flatten()?, Some(error.code()), error.limits())
    }
}

/// The kept answer, if it can be read and still satisfies the schema. `stale` says why an expired one must do.
fn read_entry(plan: &Plan<'_, '_>, entry: Entry, stale: Option<&'static str>, limits: &[LimitState]) -> Option<Kept> {
    let answer: Answer = serde_json::from_slice(&entry.body).ok()?;
    let data = data_of(plan, &answer)?;
    let (provider, stored_us) = (entry.provider, Some(entry.stored_us));
    Some(Kept { answer, data, provider, stored_us, stale, limits: limits.to_vec() })
}

/// The value that an answer encodes; `None` if it breaks the schema.
#[allow(clippy::option_option)]
fn data_of(plan: &Plan<'_, '_>, answer: &Answer) -> Option<Option<serde_json::Value>> {
    match &plan.request.schema {
        None => Some(None),
        Some(schema) => match judge(schema, &plan.vault, answer) {
            Judged::Good(data) => Some(data),
            _ => None,
        },
    }
}

fn micros(us: i64) -> Duration {
    Duration::from_micros(us.unsigned_abs())
}
