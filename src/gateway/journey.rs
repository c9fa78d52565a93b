//! The way of one call through the providers of its route: attempts, waits and failovers under one deadline.
//!
//! A provider is left for the next one when its failure is final there, when it is silent for its share of the time, when
//! the wait it asks for is long, or when breaker or retry budget say no. A failure that belongs to the request itself is
//! not sent again. What an attempt is, a [`Traveller`] says: a whole answer or a stream.

use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::failure::{GaveUp, heard, later, moves_on};
use super::flow::with_store;
use super::ledger::Ledger;
use super::plan::{Plan, Stop};
use super::{Env, health, tally};
use crate::clock::{Deadline, now_us};
use crate::error::{Error, Fault};
use crate::guard::breaker::Heard;
use crate::provider::{Call, Endpoint, HttpCall};
use crate::store::{Report, Way};
use crate::upstream::{Delay, Next, next};

/// While another provider is left, a longer wait than this is not worth it.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// One attempt at one provider.
pub struct Try<'t> {
    /// The provider.
    pub stop: &'t Stop<'t, 't>,
    /// What is asked, with the provider's own name for the model.
    pub call: Call,
    /// When all attempts must have ended.
    pub deadline: Deadline,
    /// How long the provider may send nothing.
    pub silence: Duration,
    /// How long it may send nothing once it has begun, where the caller would rather begin again.
    pub stall: Duration,
    /// Where it is, and its key.
    pub to: Endpoint<'t>,
}

impl Try<'_> {
    /// Puts a call to this provider on the wire: [`Try::call`], or one that follows from its answer.
    pub fn encode(&self, call: &Call, stream: bool) -> HttpCall {
        self.stop.provider.kind.encode(call, stream, &self.to)
    }
}

/// Why an attempt brought no answer.
#[derive(Debug, Clone, Copy)]
pub struct Failed {
    /// What it was.
    pub fault: Fault,
    /// What the provider said about trying again.
    pub delay: Delay,
    /// Whether the caller already has a part of the answer and does not want to begin again.
    pub spoken: bool,
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self { fault, delay: Delay::default(), spoken: false }
    }
}

/// Makes the attempts.
pub trait Traveller {
    /// What an attempt brings home.
    type Reply;

    /// Makes one, and enters into the ledger what it used.
    fn attempt(&mut self, one: &Try<'_>, ledger: &mut Ledger) -> Result<Self::Reply, Failed>;

    /// Waits before the next one. An error ends the call.
    fn pause(&mut self, wait: Duration) -> Result<(), Fault> {
        std::thread::sleep(wait);
        Ok(())
    }
}

/// A call under way.
pub struct Journey<'j> {
    /// What is to be done.
    pub plan: &'j Plan<'j, 'j>,
    /// The world.
    pub env: &'j Env<'j>,
    /// The route's breakers.
    pub breakers: &'j [String],
    /// The first provider that may be asked.
    pub way: Way,
    /// When it must be over.
    pub deadline: Deadline,
    /// When the lease of a probe that dies runs out, in microseconds since the epoch.
    pub lease_us: i64,
}

/// What became of a call, and what the store has yet to be told about the provider that answered.
pub struct Arrival<T> {
    /// The answer, or why there is none.
    pub result: Result<T, GaveUp>,
    /// The provider that answered, with the lease of a probe.
    pub answered: Option<Way>,
}

/// How a stay with one provider ended.
enum Stay<T> {
    Answer(T, Way),
    Leave(GaveUp),
    End(GaveUp),
}

impl Journey<'_> {
    /// Asks the providers in turn until one answers, the failure is final, or time runs out.
    pub fn run<T: Traveller>(&self, traveller: &mut T, ledger: &mut Ledger) -> Arrival<T::Reply> {
        let mut way = Some(self.way);
        let mut last: Option<GaveUp> = None;
        while let Some(at) = way {
            match self.stay(at, traveller, ledger) {
                Stay::Answer(reply, at) => return Arrival { result: Ok(reply), answered: Some(at) },
                Stay::End(gave_up) => return Arrival { result: Err(gave_up), answered: None },
                Stay::Leave(gave_up) => last = Some(later(last, gave_up)),
            }
            way = self.way_from(at.stop + 1);
        }
        let nobody = || GaveUp::Failed { fault: Fault::Unreachable, retry_after: None };
        Arrival { result: Err(last.unwrap_or_else(nobody)), answered: None }
    }

    /// Tells the store of an answer, when it is time, where no settlement does.
    pub fn tell(&self, answered: Way) {
        let (key, now_us) = (&self.breakers[answered.stop], now_us());
        let Some(report) = tally::report(key, answered.probe, now_us) else { return };
        if let Err(error) = with_store(self.env, |store| store.report(&report)) {
            health::store_failed(&error, self.env.journal);
        }
    }

    /// The next provider that may be asked.
    fn way_from(&self, from: usize) -> Option<Way> {
        let rest = self.breakers.get(from..).filter(|rest| !rest.is_empty())?;
        if self.deadline.remaining().is_zero() {
            return None;
        }
        let found = with_store(self.env, |store| store.way(rest, now_us(), self.lease_us));
        match found {
            Ok(way) => way.ok().map(|way| Way { stop: way.stop + from, ..way }),
            Err(error) => {
                health::store_failed(&error, self.env.journal);
                Some(Way { stop: from, probe: None })
            }
        }
    }

    /// All attempts at one provider.
    fn stay<T: Traveller>(&self, way: Way, traveller: &mut T, ledger: &mut Ledger) -> Stay<T::Reply> {
        let Way { stop: place, mut probe } = way;
        let stop = &self.plan.route[place];
        let key = match check_address(stop, self.env).and_then(|()| find_key(stop, self.env)) {
            Ok(key) => key,
            Err(error) => {
                self.report(place, Heard::Nothing, probe, false);
                return Stay::Leave(GaveUp::Unasked(error));
            }
        };
        let one = self.one(place, key.as_ref());
        let others = place + 1 < self.plan.route.len();
        for attempt in 1.. {
            if self.deadline.remaining().is_zero() {
                if probe.is_some() {
                    self.report(place, Heard::Nothing, probe, false);
                }
                return Stay::End(GaveUp::Failed { fault: Fault::Timeout, retry_after: None });
            }
            ledger.attempt(place);
            let begun = Instant::now();
            let came = traveller.attempt(&one, ledger);
            ledger.provider += begun.elapsed();
            let Failed { fault, delay, spoken } = match came {
                Ok(reply) => return Stay::Answer(reply, Way { stop: place, probe }),
                Err(failed) => failed,
            };
            let left = self.deadline.remaining();
            let patience = if others { left.min(LONGEST_WAIT) } else { left };
            let step = match spoken || (others && fault == Fault::Timeout) {
                true => Next::Stop { retry_after: None },
                false => next(fault, delay, attempt, self.plan.max_attempts(self.env.settings), patience),
            };
            let fair = begun.elapsed() >= self.plan.fair_silence(stop, self.env.settings);
            let granted = self.report(place, heard(fault, fair), probe.take(), matches!(step, Next::Wait(_)));
            match step {
                Next::Wait(wait) if granted => {
                    if let Err(fault) = traveller.pause(wait) {
                        return Stay::End(GaveUp::Failed { fault, retry_after: None });
                    }
                }
                step => {
                    let retry_after = match step {
                        Next::Stop { retry_after } => retry_after,
                        Next::Wait(_) => delay.after,
                    };
                    let gave_up = GaveUp::Failed { fault, retry_after };
                    let leave = moves_on(fault) && !spoken;
                    return if leave { Stay::Leave(gave_up) } else { Stay::End(gave_up) };
                }
            }
        }
        unreachable!("the attempts are bounded")
    }

    fn one<'t>(&'t self, place: usize, key: Option<&'t SecretString>) -> Try<'t> {
        let stop = &self.plan.route[place];
        let provider = stop.provider;
        let whole = self.plan.timeout(self.env.settings);
        let share = if place + 1 < self.plan.route.len() { whole / 3 } else { whole };
        let or_own = |share| provider.timeout_ms.map_or(share, |ms| Duration::from_millis(ms.into()));
        Try {
            stop,
            call: Call { model: stop.model.to_owned(), ..self.plan.request.call.clone() },
            deadline: self.deadline,
            silence: or_own(share),
            stall: or_own(whole / 3),
            to: Endpoint {
                base_url: provider.base_url,
                headers: &provider.headers,
                key,
                key_header: provider.key_header,
            },
        }
    }

    /// Tells the store at once, so that all workers know, and says whether a retry is granted.
    fn report(&self, place: usize, heard: Heard, probe: Option<i64>, wants_retry: bool) -> bool {
        let key = &self.breakers[place];
        let report = Report { key, heard, probe, answers: tally::take(key), wants_retry, now_us: now_us() };
        let heed = with_store(self.env, |store| store.report(&report));
        heed.map_or_else(
            |error| {
                health::store_failed(&error, self.env.journal);
                wants_retry
            },
            |heed| heed.retry,
        )
    }
}

/// Whether the provider's URL is one that this machine may call at all.
pub fn check_address(stop: &Stop<'_, '_>, env: &Env<'_>) -> Result<(), Error> {
    let provider = stop.provider;
    let checked = env.settings.net.allowed.check_url(provider.base_url);
    checked.map_err(|problem| {
        Error::config(format!("The base_url of the provider \"{}\" cannot be used: {problem}", provider.name))
    })
}

/// The provider's key, by its name.
pub fn find_key(stop: &Stop<'_, '_>, env: &Env<'_>) -> Result<Option<SecretString>, Error> {
    let Some(name) = stop.provider.key_env else { return Ok(None) };
    let key = env.secrets.find(name);
    key.map(Some)
        .ok_or_else(|| Error::config(format!("{name} is not set: neither in the environment nor as a constant.")))
}
