//! One call on its way: who asks, since when, and the log record that grows along it. Every end of a call passes here,
//! so that none goes unlogged.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::caller::Caller;
use super::complete::{Judged, Reply, judge};
use super::fingerprint::hex;
use super::journey::{Arrival, GaveUp, Journey};
use super::ledger::Ledger;
use super::limits::Rule;
use super::plan::Plan;
use super::result::Outcome;
use super::{Args, Env, health, misconfigured, tally};
use crate::audit::{self, LogTarget, Record};
use crate::clock::{Deadline, now_us};
use crate::error::{Error, Fault};
use crate::guard::breaker::Heard;
use crate::provider::{Answer, RateLimits};
use crate::store::{self, Admission, Entry, Hash, Limit, LimitState, Report, Settlement, Store, StoreError};
use crate::store::{Verdict, Way, Write};

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
    way: Way,
    breakers: Vec<String>,
    lease_us: i64,
    /// Where the limits stand.
    pub limits: Vec<LimitState>,
}

/// How a call travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// By itself.
    Alone,
    /// In a provider call with others, for which it pays the quota.
    Pays,
    /// In a provider call with others, for which another one pays.
    Rides,
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
    passage: Passage,
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
        Ok(Self { caller, env, started: Instant::now(), now_us, record, quota: Vec::new(), passage: Passage::Alone })
    }

    /// The call's id.
    pub fn request_id(&self) -> &str {
        &self.record.request_id
    }

    /// When the call must have ended: by its own deadline, or by that of the batch it belongs to.
    fn deadline(&self, plan: &Plan<'_, '_>) -> Deadline {
        let own = Deadline::after(plan.timeout(self.env.settings).saturating_sub(self.started.elapsed()));
        self.env.until.map_or(own, |until| own.min(until))
    }

    /// The call shares its way to the provider. Its answer is not kept: prompts of one call can sway each other's answers,
    /// and one client must not plant them for others.
    pub fn travels(&mut self, passage: Passage) {
        self.passage = passage;
    }

    /// The way through the providers for a call that was let in.
    pub fn journey<'j>(&self, plan: &'j Plan<'j, 'j>, open: &'j Open) -> Journey<'j>
    where
        'e: 'j,
    {
        let (way, lease_us) = (open.way, open.lease_us);
        Journey { plan, env: self.env, breakers: &open.breakers, way, deadline: self.deadline(plan), lease_us }
    }

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

    /// Ends a call that another one of its batch has paid for, with the same answer or the same error.
    pub fn share(mut self, plan: &Plan<'_, '_>, hash: &Hash, paid: &Result<Outcome, Error>) -> Result<Outcome, Error> {
        self.record.req_hash = hex(hash);
        plan.request.model.name.clone_into(&mut self.record.model);
        self.record.duration_ms = self.elapsed_ms();
        match paid {
            Ok(paid) => {
                let record = self.record.hit(&paid.provider);
                self.close(&Settlement { now_us: now_us(), record: &record, write: None, refund: &[], report: None });
                let (attempts, cached, cost_usd) = (0, true, Some(0.0));
                let (request_id, duration_ms) = (self.record.request_id, self.record.duration_ms);
                Ok(Outcome { attempts, cached, cost_usd, request_id, duration_ms, ..paid.clone() })
            }
            Err(error) => Err(self.fail(error.clone())),
        }
    }

    /// Ends a call that failed before it was admitted: logs it and hands the error back.
    pub fn fail(&mut self, error: Error) -> Error {
        let record = Record { duration_ms: self.elapsed_ms(), ..self.record.failed(error.status(), error.code()) };
        self.close(&Settlement { now_us: self.now_us, record: &record, write: None, refund: &[], report: None });
        error
    }

    /// Ends a call that went to providers: keeps the answer, writes the record, gives back what was charged for nothing.
    pub fn settle(
        mut self,
        plan: &Plan<'_, '_>,
        hash: &Hash,
        open: Open,
        arrival: Arrival<Reply>,
        ledger: &Ledger,
    ) -> Result<Outcome, Error> {
        let Open { breakers, limits, .. } = open;
        self.enter(plan, ledger);
        let now_us = now_us();
        let reply = match arrival.result {
            Ok(reply) => reply,
            Err(gave_up) => {
                let error = explain(gave_up, limits);
                // Whoever counted tokens did its work.
                let unpaid = ledger.usage == Default::default()
                    && !matches!(error, Error::Provider { fault, .. } if fault.is_charged());
                let record = self.record.failed(error.status(), error.code());
                let refund = if unpaid { self.quota.as_slice() } else { &[] };
                self.close(&Settlement { now_us, record: &record, write: None, refund, report: None });
                return Err(error);
            }
        };
        self.record.status_code = 200;
        let body = serde_json::to_vec(&reply.answer).unwrap_or_default();
        let keeps = self.passage == Passage::Alone && reply.answer.finish.is_repeatable() && !body.is_empty();
        let ttl_s = plan.ttl_s().filter(|_| keeps);
        let write = ttl_s.map(|ttl| Write {
            hash,
            body: &body,
            tags: &plan.request.tags,
            expires_us: now_us + i64::from(ttl) * 1_000_000,
        });
        let report = arrival.answered.and_then(|way| {
            let (key, probe) = (&breakers[way.stop], way.probe);
            // What a probe brings is told at once; other answers when it is time.
            let answers = if probe.is_some() { tally::take(key) } else { tally::answered(key)? - 1 };
            Some(Report { key, heard: Heard::Answer, probe, answers, wants_retry: false, now_us })
        });
        let refund = if self.passage == Passage::Rides { self.quota.as_slice() } else { &[] };
        self.close(&Settlement { now_us, record: &self.record, write, refund, report });
        Ok(self.outcome(plan, reply, ledger, limits))
    }

    /// Ends a stream whose caller hung up: what it used so far is logged, and handed back with what was said so far.
    pub fn cancel(mut self, plan: &Plan<'_, '_>, so_far: Reply, ledger: &Ledger, limits: Vec<LimitState>) -> Outcome {
        self.enter(plan, ledger);
        let fault = Fault::Cancelled;
        let record = self.record.failed(fault.status(), fault.code());
        let refund = if ledger.usage == Default::default() { self.quota.as_slice() } else { &[] };
        self.close(&Settlement { now_us: now_us(), record: &record, write: None, refund, report: None });
        self.outcome(plan, so_far, ledger, limits)
    }

    /// Enters into the record what the call used, and where it went last.
    fn enter(&mut self, plan: &Plan<'_, '_>, ledger: &Ledger) {
        let duration_ms = self.elapsed_ms();
        let record = &mut self.record;
        record.attempts = ledger.attempts;
        if let Some(last) = ledger.last {
            plan.route[last].provider.name.clone_into(&mut record.provider);
        }
        record.tokens_in = ledger.usage.tokens_in;
        record.tokens_out = ledger.usage.tokens_out;
        let spent = ledger.cost_usd.filter(|_| ledger.usage != Default::default());
        record.cost_microusd = spent.map(|usd| (usd * 1e6).round() as u64);
        record.duration_ms = duration_ms;
    }

    fn outcome(self, plan: &Plan<'_, '_>, reply: Reply, ledger: &Ledger, limits: Vec<LimitState>) -> Outcome {
        Outcome {
            usage: ledger.usage,
            answer: reply.answer,
            data: reply.data,
            model: plan.request.model.name.to_owned(),
            provider: self.record.provider,
            cached: false,
            cost_usd: ledger.cost_usd,
            attempts: ledger.attempts,
            duration_ms: self.record.duration_ms,
            request_id: self.record.request_id,
            req_hash: self.record.req_hash,
            provider_request_id: reply.head.request_id,
            provider_limits: reply.head.rate,
            limits,
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

/// The error for a call that no provider answered.
pub fn explain(gave_up: GaveUp, limits: Vec<LimitState>) -> Error {
    match gave_up {
        GaveUp::Unasked(error) => error,
        GaveUp::Failed { fault, retry_after } => Error::Provider { fault, retry_after, limits },
    }
}

fn micros(us: i64) -> Duration {
    Duration::from_micros(us.unsigned_abs())
}

/// One round trip to the store.
pub fn with_store<T>(env: &Env<'_>, f: impl FnOnce(&dyn Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
    store::with(&env.settings.store, f)?
}
