//! A worker's turn with one job: its open items are answered, `max_parallel` at a time, until none is left, the time is up, the
//! lease is lost, or a limit says wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value as Json;

use super::callback::Message;
use super::feed::Feed;
use super::item::{Piece, answered, asked};
use super::pending::Pending;
use super::score::{Fate, Parking, Score, Sheet, fate};
use super::{About, CALLBACK, CANCEL};
use crate::clock::{Deadline, now_us};
use crate::error::Error;
use crate::gateway::aside::Aside;
use crate::gateway::background::{Asked, ask};
use crate::gateway::bulk::{Ready, ready};
use crate::gateway::flow::with_store;
use crate::gateway::infer::infer;
use crate::gateway::policy::Policy;
use crate::gateway::result::Outcome;
use crate::gateway::value::Value;
use crate::gateway::{Args, Env};
use crate::jobs::{self, Unreadable};
use crate::store::{Arrival, ClaimedJob, ItemEnd, Job, JobItem, JobState, Lease, NewJob, OfJob, Parting, StoreError};
use crate::upstream::without_signals;

/// The longest that a job waits for a limit before it is looked at again: an administrator may have raised it.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// A job in a worker's hands.
pub struct Turn<'t> {
    pub claimed: ClaimedJob,
    /// As an argument, for the calls.
    pub policy: &'t Value<'t>,
    /// As it was read.
    pub terms: Policy<'t>,
    /// When no other item is begun.
    pub until: Deadline,
    /// Whether somebody else has the job now.
    pub lost: AtomicBool,
}

impl<'t> Turn<'t> {
    /// The lease that everything here is written under.
    pub fn lease(&self) -> Lease<'_> {
        Lease { id: &self.claimed.job.id, fence: self.claimed.fence }
    }

    pub fn job(&self) -> &Job {
        &self.claimed.job
    }

    /// The whole turn. What the store does not take is left to whoever has the job next.
    pub fn run(&self, aside: &Aside<'_>) {
        // Where the store fails, whoever comes next finds all that was written, and the job once the lease has run out.
        let _ = match self.job().kind.as_str() {
            CALLBACK => self.tell(&aside.env()),
            CANCEL => self.call_off(&aside.env()),
            _ => self.answer(aside),
        };
    }

    fn answer(&self, aside: &Aside<'_>) -> Result<(), StoreError> {
        let about = About::of(self.job());
        if let Some(pending) = self.pending(&about, &aside.env())? {
            return self.look(&about, pending, &aside.env());
        }
        let feed = Mutex::new(Feed::default());
        let score = Mutex::new(Score::default());
        let left = self.job().total - self.job().done.min(self.job().total);
        let threads = self.terms.max_parallel.min(left as usize).max(1);
        let work = || {
            let env = aside.env();
            while !self.is_over(&score) {
                let item = feed.lock().next(self, &env);
                let Some(item) = item else { break };
                self.one(&item, &about, &score, &env);
            }
        };
        std::thread::scope(|scope| {
            without_signals(|| (1..threads).for_each(|_| drop(scope.spawn(work))));
            work();
        });
        let is_through = feed.into_inner().is_through();
        self.send(Sheet { about: &about, score: &score, env: &aside.env() });
        self.leave(&about, &score.into_inner(), is_through, &aside.env())
    }

    /// Whether no other item is begun.
    pub fn is_over(&self, score: &Mutex<Score>) -> bool {
        let is_full = || {
            let score = score.lock();
            score.wait.is_some() || score.load.is_full()
        };
        self.lost.load(Ordering::Relaxed) || self.until.remaining().is_zero() || is_full()
    }

    /// Answers one item and writes what became of it, or has it taken by a provider.
    fn one(&self, item: &JobItem, about: &About, score: &Mutex<Score>, env: &Env<'_>) {
        let of = OfJob { lease: self.lease(), n: item.n };
        let Ok((request, store)) = self.question(item, env) else {
            return self.end(of, &ItemEnd::Failed("job_sealed"), score, env);
        };
        let (args, of_item) = (self.args(&request, about), Env { item: Some(of), ..*env });
        let result = if about.within_a_day {
            match ready(&args, &of_item) {
                Ok(Ready::Open(passenger)) => return self.load(item, *passenger, score),
                Ok(Ready::Answered(outcome)) => Ok(Asked::Answered(outcome)),
                Err(error) => Err(error),
            }
        } else if about.background {
            ask(&args, &of_item)
        } else {
            infer(&args, &of_item).map(|outcome| Asked::Answered(Box::new(outcome)))
        };
        match result {
            Ok(Asked::Answered(outcome)) => self.took(item, Ok(*outcome), store, false, score, env),
            Err(error) => self.took(item, Err(error), store, false, score, env),
            Ok(Asked::Taken { held, provider, id }) => {
                let pending = Pending { provider, id, batch: false, since_us: now_us(), looks: 0 };
                let mut score = score.lock();
                score.parked.push(Parking::new(item.n, &held, pending.abandoned_us()));
                score.pending = Some(pending);
            }
        }
    }

    /// What an item asks, and where its result is wanted.
    pub fn question(&self, item: &JobItem, env: &Env<'_>) -> Result<(Json, Option<Json>), Unreadable> {
        let piece = Piece::decode(&item.request)?;
        let store = piece.store.clone();
        Ok((piece.reveal(&self.terms.jobs.keys(env), &asked(&self.job().id, item.n))?, store))
    }

    /// The arguments of the call for it.
    pub fn args<'r>(&'r self, request: &'r Json, about: &'r About) -> Args<'r> {
        Args {
            function: "aisp_job_work",
            request: Value::from(request),
            caller: Value::from(&about.caller),
            policy: self.policy.clone(),
        }
    }

    /// Writes what the call for an item has come to. The `last` one is not followed by another.
    pub fn took(
        &self,
        item: &JobItem,
        result: Result<Outcome, Error>,
        store: Option<Json>,
        last: bool,
        score: &Mutex<Score>,
        env: &Env<'_>,
    ) {
        let of = OfJob { lease: self.lease(), n: item.n };
        let error = match result {
            Ok(outcome) => {
                let (keys, place) = (self.terms.jobs.keys(env), answered(&self.job().id, item.n));
                let result = Piece::result(&outcome, store, &self.terms.redactor, &keys, &place).encode();
                return self.end(of, &ItemEnd::Done(&result), score, env);
            }
            Err(error) => error,
        };
        let (code, attempts) = (error.code(), item.attempts + 1);
        match fate(&error) {
            Fate::Fail => self.end(of, &ItemEnd::Failed(code), score, env),
            Fate::Again(_) if last || attempts >= self.terms.jobs.max_attempts => {
                self.end(of, &ItemEnd::Failed(code), score, env);
            }
            Fate::Again(after) => {
                score.lock().again(attempts, code, after);
                let _ = self.write(of, &ItemEnd::Again(code), env);
            }
            Fate::Wait(wait) => score.lock().wait(wait, code),
            Fate::Lost => self.lost.store(true, Ordering::Relaxed),
        }
    }

    pub fn end(&self, of: OfJob<'_>, end: &ItemEnd<'_>, score: &Mutex<Score>, env: &Env<'_>) {
        match (self.write(of, end, env), end) {
            (Ok(true), ItemEnd::Done(_)) => score.lock().done += 1,
            (Ok(true), _) => {
                let mut score = score.lock();
                score.failed += 1;
                score.error = Some("job_items_failed");
            }
            (Ok(false), _) => self.lost.store(true, Ordering::Relaxed),
            // What was paid for is in the store already, or the store could not take that either.
            (Err(error), _) => {
                let code = Error::from(error).code();
                score.lock().wait = Some((Duration::from_secs(1), code));
            }
        }
    }

    pub fn write(&self, of: OfJob<'_>, end: &ItemEnd<'_>, env: &Env<'_>) -> Result<bool, StoreError> {
        with_store(env, |store| store.end_item(of, now_us(), *end))
    }

    /// Ends the turn: the job has ended, waits, or is handed back.
    pub fn leave(&self, about: &About, score: &Score, is_through: bool, env: &Env<'_>) -> Result<(), StoreError> {
        if let Some(pending) = &score.pending {
            return self.wait_on(about, pending, pending.pause(), &score.parked, None, env);
        }
        if self.lost.load(Ordering::Relaxed) {
            return Ok(());
        }
        let after = |wait: Duration| now_us() + wait.min(LONGEST_WAIT).as_micros() as i64;
        if let Some((wait, code)) = score.wait {
            return self.leave_as(Parting::Queue { run_us: after(wait), error: Some(code) }, env);
        }
        if !is_through {
            return self.leave_as(Parting::Queue { run_us: now_us(), error: None }, env);
        }
        if let Some((attempts, code, named)) = score.again {
            let wait = jobs::wait(attempts).max(named.unwrap_or_default());
            return self
                .leave_as(Parting::Queue { run_us: now_us() + wait.as_micros() as i64, error: Some(code) }, env);
        }
        let (done, failed) = (self.job().done + score.done, self.job().failed + score.failed);
        let state = if failed > 0 { JobState::Failed } else { JobState::Done };
        let (event, body) = (self.lease().event(), self.lease().event_body());
        let event = Arrival {
            now_us: now_us(),
            site: &self.job().site,
            source: Lease::SOURCE,
            event: &event,
            kind: Some(if failed > 0 { Lease::FAILED } else { Lease::COMPLETED }),
            sent_s: Some(now_us().div_euclid(1_000_000)),
            body: &body,
        };
        let message = about.callback.as_deref().map(|url| Message::of(self.job(), state, done, failed, url).encode());
        let items: Vec<Vec<u8>> = message.into_iter().collect();
        let id = format!("job_{}", uuid::Uuid::now_v7().simple());
        let next = NewJob {
            now_us: now_us(),
            id: &id,
            site: &self.job().site,
            user_id: self.job().user_id,
            client: &self.job().client,
            source: &self.job().source,
            kind: CALLBACK,
            priority: self.job().priority,
            run_us: now_us(),
            key: None,
            about: &[],
            items: &items,
        };
        let next = (!items.is_empty()).then_some(&next);
        let error = (failed > 0).then_some("job_items_failed");
        self.leave_as(Parting::End { error, keep_us: self.keep_us(), event: Some(&event), next }, env)
    }

    pub fn keep_us(&self) -> i64 {
        now_us() + self.terms.jobs.keep_s * 1_000_000
    }

    fn leave_as(&self, parting: Parting<'_>, env: &Env<'_>) -> Result<(), StoreError> {
        self.part(parting, env).map(drop)
    }

    /// Ends the turn like this, and says whether the lease still held.
    pub fn part(&self, parting: Parting<'_>, env: &Env<'_>) -> Result<bool, StoreError> {
        with_store(env, |store| {
            let held = store.part(self.lease(), now_us(), parting)?;
            store.maintain()?;
            Ok(held)
        })
    }
}
