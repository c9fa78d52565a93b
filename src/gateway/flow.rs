//! One call on its way: who asks, since when, and the log record that grows along it. Every end of a call passes here,
//! so that none goes unlogged.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::caller::Caller;
use super::fingerprint::hex;
use super::limits::Rule;
use super::plan::Plan;
use super::result::Outcome;
use super::{Args, Env, health, misconfigured};
use crate::audit::{self, LogTarget, Record};
use crate::clock::{Deadline, now_us};
use crate::error::Error;
use crate::provider::Answer;
use crate::store::{self, Admission, Hash, Limit, LimitState, Settlement, Store, StoreError, Verdict, Write};
use crate::upstream::Tries;

/// How long after its deadline a call that left no trace counts as abandoned.
const GRACE: Duration = Duration::from_secs(10);

/// What became of a call that asked to be let in.
pub enum Admitted {
    /// The cache has the answer, and the call is logged.
    Answered {
        /// The answer.
        answer: Answer,
        /// The provider that gave it.
        provider: String,
        /// Where the limits stand.
        limits: Vec<LimitState>,
    },
    /// A limit is used up, and the call is logged.
    Refused(Error),
    /// A provider must be asked.
    Open {
        /// Where the limits stand.
        limits: Vec<LimitState>,
    },
}

/// A call between its beginning and its end.
pub struct Flow<'a, 'e> {
    /// Who asks.
    pub caller: Caller<'a>,
    env: &'e Env<'e>,
    started: Instant,
    now_us: i64,
    record: Record,
    quota: Vec<Limit>,
}

impl<'a, 'e> Flow<'a, 'e> {
    /// Begins a call.
    ///
    /// # Errors
    /// [`Error::Config`] if `$caller` is malformed: then it is not known whose log the call belongs to.
    pub fn begin(args: &Args<'a>, env: &'e Env<'e>) -> Result<Self, Error> {
        let caller = Caller::read(&args.caller).map_err(misconfigured(args.function, 2, "caller"))?;
        let now_us = now_us();
        let id = Uuid::now_v7().to_string();
        let record = Record {
            uid: id.clone(),
            request_id: id,
            site: caller.site.to_owned(),
            user_id: caller.user_id,
            route: caller.route.to_owned(),
            client: caller.client.to_owned(),
            source: caller.source.to_owned(),
            created_at: now_us / 1_000_000,
            ..Record::default()
        };
        Ok(Self { caller, env, started: Instant::now(), now_us, record, quota: Vec::new() })
    }

    /// When the call must have ended.
    pub fn deadline(&self, plan: &Plan<'_, '_>) -> Deadline {
        Deadline::after(plan.timeout(self.env.settings).saturating_sub(self.started.elapsed()))
    }

    /// Asks the store to let the call in. Without a store there is no cache, and a limiter of this process decides.
    pub fn admit(&mut self, plan: &Plan<'_, '_>, hash: &Hash) -> Admitted {
        self.record.req_hash = hex(hash);
        plan.request.model.name.clone_into(&mut self.record.model);
        let throttle = Rule::apply(&plan.policy.throttle, "throttle", &self.caller);
        self.quota = Rule::apply(&plan.policy.quota, "quota", &self.caller);
        let patience = plan.timeout(self.env.settings) + GRACE;
        let admission = Admission {
            now_us: self.now_us,
            throttle: &throttle,
            quota: &self.quota,
            lookup: plan.ttl_s().map(|_| hash),
            record: &self.record,
            abandoned_us: self.now_us + patience.as_micros() as i64,
        };
        match self.decide(&admission) {
            Verdict::Hit { entry, limits } => match serde_json::from_slice(&entry.body) {
                Ok(answer) => Admitted::Answered { answer, provider: entry.provider, limits },
                // An answer that cannot be read is none: it makes room for a new one.
                Err(_) => {
                    let again = Admission { lookup: None, throttle: &[], ..admission };
                    self.without_answer(self.decide(&again), limits)
                }
            },
            verdict => self.without_answer(verdict, Vec::new()),
        }
    }

    /// The way on for a call that the cache has no answer for. `before` are limits that were looked at earlier.
    fn without_answer(&self, verdict: Verdict, before: Vec<LimitState>) -> Admitted {
        match verdict {
            Verdict::Refused { limit, quota, wait_us, limits } => {
                Admitted::Refused(self.refuse(limit, quota, wait_us, [before, limits].concat()))
            }
            Verdict::Miss { limits } | Verdict::Hit { limits, .. } => {
                Admitted::Open { limits: [before, limits].concat() }
            }
        }
    }

    fn decide(&self, admission: &Admission<'_>) -> Verdict {
        with_store(self.env, |store| store.admit(admission)).unwrap_or_else(|error| {
            health::store_failed(&error, self.env.journal);
            store::admit_without_store(admission)
        })
    }

    /// The error for a call that a limit stopped. The store has logged it with its decision.
    fn refuse(&self, limit: String, quota: bool, wait_us: i64, limits: Vec<LimitState>) -> Error {
        let code = if quota { "policy_quota" } else { "policy_throttle" };
        let wait = Duration::from_micros(wait_us.unsigned_abs());
        let error = Error::RateLimited { limit, code, wait, limits };
        self.journal(|| self.record.failed(error.status(), code));
        error
    }

    /// Ends a call that the cache answered.
    pub fn replay(self, plan: &Plan<'_, '_>, answer: Answer, provider: String, limits: Vec<LimitState>) -> Outcome {
        self.journal(|| self.record.hit(&provider));
        Outcome {
            answer,
            model: plan.request.model.name.to_owned(),
            provider,
            cached: true,
            cost_usd: Some(0.0),
            attempts: 0,
            duration_ms: self.elapsed_ms(),
            request_id: self.record.request_id,
            req_hash: self.record.req_hash,
            limits,
        }
    }

    /// Ends a call that failed before it was admitted: logs it and hands the error back.
    pub fn fail(&mut self, error: Error) -> Error {
        let record = Record { duration_ms: self.elapsed_ms(), ..self.record.failed(error.status(), error.code()) };
        self.close(&Settlement { now_us: self.now_us, record: &record, write: None, refund: &[] });
        error
    }

    /// Ends a call that went to a provider: keeps the answer, writes the record, gives back what was charged for nothing.
    pub fn settle(
        mut self,
        plan: &Plan<'_, '_>,
        hash: &Hash,
        tries: Result<Tries<Answer>, Error>,
        limits: Vec<LimitState>,
    ) -> Result<Outcome, Error> {
        let attempts = tries.as_ref().map_or(0, |t| t.attempts);
        self.record.attempts = attempts;
        if attempts > 0 {
            plan.provider.name.clone_into(&mut self.record.provider);
        }
        self.record.duration_ms = self.elapsed_ms();
        let failed = |fault, retry_after| Error::Provider { fault, retry_after, limits: limits.clone() };
        let result = tries.and_then(|t| t.result.map_err(|gave_up| failed(gave_up.fault, gave_up.retry_after)));
        let now_us = now_us();
        match result {
            Err(error) => {
                let unpaid = !matches!(error, Error::Provider { fault, .. } if fault.is_charged());
                let record = self.record.failed(error.status(), error.code());
                self.close(&Settlement {
                    now_us,
                    record: &record,
                    write: None,
                    refund: if unpaid { &self.quota } else { &[] },
                });
                Err(error)
            }
            Ok(answer) => {
                let cost_usd = plan.cost_usd(&answer);
                self.record.status_code = 200;
                self.record.tokens_in = answer.usage.tokens_in;
                self.record.tokens_out = answer.usage.tokens_out;
                self.record.cost_microusd = cost_usd.map(|usd| (usd * 1e6).round() as u64);
                let body = serde_json::to_vec(&answer).unwrap_or_default();
                let ttl_s = plan.ttl_s().filter(|_| answer.finish.is_repeatable() && !body.is_empty());
                let write = ttl_s.map(|ttl| Write {
                    hash,
                    body: &body,
                    tags: &plan.request.tags,
                    expires_us: now_us + i64::from(ttl) * 1_000_000,
                });
                self.close(&Settlement { now_us, record: &self.record, write, refund: &[] });
                Ok(Outcome {
                    answer,
                    model: plan.request.model.name.to_owned(),
                    provider: plan.provider.name.to_owned(),
                    cached: false,
                    cost_usd,
                    attempts,
                    duration_ms: self.record.duration_ms,
                    request_id: self.record.request_id,
                    req_hash: self.record.req_hash,
                    limits,
                })
            }
        }
    }

    fn elapsed_ms(&self) -> u32 {
        u32::try_from(self.started.elapsed().as_millis()).unwrap_or(u32::MAX)
    }

    /// Writes the end of a call. The caller gets its answer or its error also where this fails.
    fn close(&self, settlement: &Settlement<'_>) {
        self.journal(|| settlement.record.clone());
        let written = with_store(self.env, |store| {
            store.settle(settlement)?;
            store.maintain()
        });
        if let Err(error) = written {
            health::store_failed(&error, self.env.journal);
        }
    }

    /// Writes the line for administrators, where they want one.
    fn journal(&self, record: impl FnOnce() -> Record) {
        if self.env.settings.log != LogTarget::Off {
            audit::write_line(&record(), &self.env.settings.log, self.env.journal);
        }
    }
}

/// One round trip to the store.
pub fn with_store<T>(env: &Env<'_>, f: impl FnOnce(&dyn Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
    store::with(&env.settings.store, f)?
}
