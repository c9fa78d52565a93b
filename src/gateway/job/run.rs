//! A worker's turn with one job: its open items are answered, `max_parallel` at a time, until none is left, the time is up, the
//! lease is lost, or a limit says wait.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use super::callback::{Message, Told};
use super::item::{Piece, answered, asked};
use super::{About, CALLBACK};
use crate::clock::{Deadline, now_us};
use crate::error::{Error, Fault};
use crate::gateway::aside::Aside;
use crate::gateway::flow::with_store;
use crate::gateway::infer::infer;
use crate::gateway::policy::Policy;
use crate::gateway::value::Value;
use crate::gateway::{Args, Env};
use crate::jobs;
use crate::store::{Arrival, ClaimedJob, ItemEnd, Job, JobItem, JobState, Lease, NewJob, OfJob, Parting, StoreError};
use crate::upstream::without_signals;

/// Items that are fetched at once.
const FETCHED: u32 = 64;
/// The longest that a job waits for a limit before it is looked at again: an administrator may have raised it.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
/// How often a callback is tried.
const MAX_CALLS: u32 = 8;

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

/// What has become of the items so far.
#[derive(Default)]
struct Score {
    done: u32,
    failed: u32,
    /// Why the last of those failed.
    error: Option<&'static str>,
    /// The most attempts that an item has behind it which is tried again, why, and when a provider said that it would be back.
    again: Option<(u32, &'static str, Option<Duration>)>,
    /// Why no other item is begun, and for how long.
    wait: Option<(Duration, &'static str)>,
}

/// What becomes of an item that was not answered.
enum Fate {
    /// It will not be.
    Fail,
    /// It may be, another time.
    Again(Option<Duration>),
    /// All items wait: for a limit, a provider, the store.
    Wait(Duration),
    /// It is somebody else's by now.
    Lost,
}

impl<'t> Turn<'t> {
    /// The lease that everything here is written under.
    pub fn lease(&self) -> Lease<'_> {
        Lease { id: &self.claimed.job.id, fence: self.claimed.fence }
    }

    fn job(&self) -> &Job {
        &self.claimed.job
    }

    /// The whole turn. What the store does not take is left to whoever has the job next.
    pub fn run(&self, aside: &Aside<'_>) {
        // Where the store fails, whoever comes next finds all that was written, and the job once the lease has run out.
        let _ = if self.job().kind == CALLBACK { self.tell(&aside.env()) } else { self.answer(aside) };
    }

    fn answer(&self, aside: &Aside<'_>) -> Result<(), StoreError> {
        let about = About::of(self.job());
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
        self.leave(&about, &score.into_inner(), is_through, &aside.env())
    }

    /// Whether no other item is begun.
    fn is_over(&self, score: &Mutex<Score>) -> bool {
        self.lost.load(Ordering::Relaxed) || self.until.remaining().is_zero() || score.lock().wait.is_some()
    }

    /// Answers one item and writes what became of it.
    fn one(&self, item: &JobItem, about: &About, score: &Mutex<Score>, env: &Env<'_>) {
        let of = OfJob { lease: self.lease(), n: item.n };
        let keys = self.terms.jobs.keys(env);
        let id = &self.job().id;
        let request = Piece::decode(&item.request).and_then(|piece| {
            let store = piece.store.clone();
            Ok((piece.reveal(&keys, &asked(id, item.n))?, store))
        });
        let Ok((request, store)) = request else {
            return self.end(of, &ItemEnd::Failed("job_sealed"), score, env);
        };
        let args = Args {
            function: "aisp_job_work",
            request: Value::from(&request),
            caller: Value::from(&about.caller),
            policy: self.policy.clone(),
        };
        match infer(&args, &Env { item: Some(of), ..*env }) {
            Ok(outcome) => {
                let place = answered(id, item.n);
                let result = Piece::result(&outcome, store, &self.terms.redactor, &keys, &place).encode();
                self.end(of, &ItemEnd::Done(&result), score, env);
            }
            Err(error) => {
                let code = error.code();
                match fate(&error) {
                    Fate::Fail => self.end(of, &ItemEnd::Failed(code), score, env),
                    Fate::Again(_) if item.attempts + 1 >= self.terms.jobs.max_attempts => {
                        self.end(of, &ItemEnd::Failed(code), score, env);
                    }
                    Fate::Again(after) => {
                        let attempts = item.attempts + 1;
                        let mut score = score.lock();
                        let most = score.again.map_or(0, |(most, ..)| most);
                        let after = score.again.and_then(|(.., known)| known).max(after);
                        score.again = Some((attempts.max(most), code, after));
                        drop(score);
                        let _ = self.write(of, &ItemEnd::Again(code), env);
                    }
                    Fate::Wait(wait) => {
                        let mut score = score.lock();
                        let longest = score.wait.map_or(wait, |(known, _)| known.max(wait));
                        score.wait = Some((longest, code));
                    }
                    Fate::Lost => self.lost.store(true, Ordering::Relaxed),
                }
            }
        }
    }

    fn end(&self, of: OfJob<'_>, end: &ItemEnd<'_>, score: &Mutex<Score>, env: &Env<'_>) {
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

    fn write(&self, of: OfJob<'_>, end: &ItemEnd<'_>, env: &Env<'_>) -> Result<bool, StoreError> {
        with_store(env, |store| store.end_item(of, now_us(), *end))
    }

    /// Ends the turn: the job has ended, waits, or is handed back.
    fn leave(&self, about: &About, score: &Score, is_through: bool, env: &Env<'_>) -> Result<(), StoreError> {
        if self.lost.load(Ordering::Relaxed) {
            return Ok(());
        }
        let after = |wait: Duration| now_us() + wait.min(LONGEST_WAIT).as_micros() as i64;
        if let Some((wait, code)) = score.wait {
            return self.part(Parting::Queue { run_us: after(wait), error: Some(code) }, env);
        }
        if !is_through {
            return self.part(Parting::Queue { run_us: now_us(), error: None }, env);
        }
        if let Some((attempts, code, named)) = score.again {
            let wait = jobs::wait(attempts).max(named.unwrap_or_default());
            return self.part(Parting::Queue { run_us: now_us() + wait.as_micros() as i64, error: Some(code) }, env);
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
        self.part(Parting::End { error, keep_us: self.keep_us(), event: Some(&event), next }, env)
    }

    /// A job that tells somebody of another one's end.
    fn tell(&self, env: &Env<'_>) -> Result<(), StoreError> {
        let items = with_store(env, |store| store.open_items(self.lease(), 0, 1))?;
        let end = |error| Parting::End { error, keep_us: self.keep_us(), event: None, next: None };
        let Some(item) = items.into_iter().next() else { return self.part(end(None), env) };
        let of = OfJob { lease: self.lease(), n: item.n };
        let told = Message::decode(&item.request).map_or(Told::Unwanted, |message| message.send(&self.terms, env));
        match told {
            Told::Taken => {
                self.write(of, &ItemEnd::Done(b"{}"), env)?;
                self.part(end(None), env)
            }
            Told::Again(code) if item.attempts + 1 < MAX_CALLS => {
                self.write(of, &ItemEnd::Again(code), env)?;
                let run_us = now_us() + jobs::wait(item.attempts + 1).as_micros() as i64;
                self.part(Parting::Queue { run_us, error: Some(code) }, env)
            }
            Told::Again(code) => self.part(end(Some(code)), env),
            Told::Unwanted => self.part(end(Some("callback_gone")), env),
        }
    }

    fn keep_us(&self) -> i64 {
        now_us() + self.terms.jobs.keep_s * 1_000_000
    }

    fn part(&self, parting: Parting<'_>, env: &Env<'_>) -> Result<(), StoreError> {
        with_store(env, |store| {
            store.part(self.lease(), now_us(), parting)?;
            store.maintain()
        })
    }
}

/// What an item's error means for it.
fn fate(error: &Error) -> Fate {
    match error {
        Error::RateLimited { wait, .. } | Error::CircuitOpen { wait, .. } => Fate::Wait(*wait),
        // It would never fit.
        Error::BudgetExceeded { budget, amount, .. } if *amount > budget.cap => Fate::Fail,
        Error::BudgetExceeded { wait, .. } => Fate::Wait(*wait),
        Error::Store(_) => Fate::Wait(Duration::from_secs(1)),
        Error::LeaseLost => Fate::Lost,
        Error::Provider { fault: Fault::ContextLength | Fault::ContentRefused | Fault::Rejected, .. } => Fate::Fail,
        Error::Provider { retry_after, .. } | Error::Moderation { retry_after, .. } => Fate::Again(*retry_after),
        Error::Config { .. } => Fate::Again(None),
        _ => Fate::Fail,
    }
}

/// The open items of a job, a few at a time.
#[derive(Default)]
struct Feed {
    fetched: VecDeque<JobItem>,
    from: u32,
    is_over: bool,
}

impl Feed {
    /// Whether all open items were handed out.
    fn is_through(&self) -> bool {
        self.is_over && self.fetched.is_empty()
    }

    fn next(&mut self, turn: &Turn<'_>, env: &Env<'_>) -> Option<JobItem> {
        if self.fetched.is_empty() && !self.is_over {
            // A store that fails here is met by the end of the turn as well.
            let items = with_store(env, |store| store.open_items(turn.lease(), self.from, FETCHED)).ok()?;
            self.is_over = items.len() < FETCHED as usize;
            self.from = items.last().map_or(self.from, |item| item.n + 1);
            self.fetched.extend(items);
        }
        self.fetched.pop_front()
    }
}
