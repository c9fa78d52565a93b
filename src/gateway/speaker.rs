//! The one voice of a stream: what its caller is told, in which order, and that it still listens.
//!
//! It also watches the provider while nothing comes: it says so every 15 seconds, so that a caller who has gone is noticed,
//! and leaves a provider that sends no word for its share of the time. Events that carry no text are silence.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::plan::Plan;
use super::result::Outcome;
use crate::error::{Error, Fault};
use crate::guard::redact::Restorer;
use crate::store::LimitState;
use crate::upstream::Watch;

/// How long a caller hears nothing at most.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often a pause looks at the time.
const SLICE: Duration = Duration::from_millis(200);

/// What a caller is told.
#[derive(Debug)]
pub enum Said<'s> {
    /// The answer begins. Comes once, before everything else.
    Start {
        /// The call's id.
        request_id: &'s str,
        /// The model's name in the policy.
        model: &'s str,
        /// The provider that answers.
        provider: &'s str,
        /// Whether the cache answers.
        cached: bool,
        /// Where the limits stand.
        limits: &'s [LimitState],
    },
    /// More of its text.
    Delta(&'s str),
    /// Drop all text so far; the answer begins again.
    Restart {
        /// The provider that is asked now.
        provider: &'s str,
        /// Which call to a provider this is, counted from one.
        attempt: u32,
    },
    /// Nothing has come for 15 seconds.
    Heartbeat,
    /// The answer is whole.
    Result(&'s Outcome),
    /// There will be no answer.
    Error(&'s Error),
}

/// Who is told; it ends the call by breaking off.
pub type Sink<'k> = dyn FnMut(Said<'_>) -> ControlFlow<()> + 'k;

/// What a start tells, beside the provider and the limits.
pub struct Opening<'s> {
    /// The call's id.
    pub request_id: &'s str,
    /// The model's name in the policy.
    pub model: &'s str,
}

/// Tells one caller, with its own values in the text.
pub struct Speaker<'k> {
    sink: RefCell<&'k mut Sink<'k>>,
    opening: Opening<'k>,
    limits: RefCell<Vec<LimitState>>,
    started: Cell<bool>,
    plan: &'k Plan<'k, 'k>,
    restorer: RefCell<Restorer<'k>>,
    /// Whether the caller has text of this answer.
    spoken: Cell<bool>,
    /// The text since the last restart, sealed.
    text: RefCell<String>,
    provider: RefCell<String>,
    /// When the caller last heard anything.
    heard: Cell<Instant>,
    /// When the provider last sent text, or was asked.
    word: Cell<Instant>,
    /// When the answer's first text came.
    first: Cell<Option<Instant>>,
    silence: Cell<Duration>,
    stall: Cell<Duration>,
    process: u32,
}

impl<'k> Speaker<'k> {
    /// Says nothing yet.
    pub fn new(sink: &'k mut Sink<'k>, plan: &'k Plan<'k, 'k>, opening: Opening<'k>) -> Self {
        let now = Instant::now();
        Self {
            sink: RefCell::new(sink),
            opening,
            limits: RefCell::default(),
            started: Cell::new(false),
            plan,
            restorer: RefCell::new(plan.restorer()),
            spoken: Cell::new(false),
            text: RefCell::default(),
            provider: RefCell::default(),
            heard: Cell::new(now),
            word: Cell::new(now),
            first: Cell::new(None),
            silence: Cell::new(Duration::MAX),
            stall: Cell::new(Duration::MAX),
            process: std::process::id(),
        }
    }

    /// What the start tells of limits, once they are known.
    pub fn allowed(&self, limits: &[LimitState]) {
        limits.clone_into(&mut self.limits.borrow_mut());
    }

    /// A provider is asked, which may be silent for so long, and once it has begun, for the time of a stall. Tells the caller
    /// to drop what an earlier one said.
    pub fn begin(&self, provider: &str, (silence, stall): (Duration, Duration), attempt: u32) -> Result<(), Fault> {
        provider.clone_into(&mut self.provider.borrow_mut());
        self.silence.set(silence);
        self.stall.set(stall);
        self.word.set(Instant::now());
        self.first.set(None);
        self.text.borrow_mut().clear();
        self.restorer.borrow_mut().reset();
        if self.spoken.take() {
            self.say(Said::Restart { provider, attempt })?;
        }
        Ok(())
    }

    /// Passes text on, as far as it may be: what moderation has yet to look at is held back, and so is the beginning of a
    /// placeholder.
    pub fn delta(&self, sealed: &str) -> Result<(), Fault> {
        self.text.borrow_mut().push_str(sealed);
        if self.first.get().is_none() && !sealed.is_empty() {
            self.first.set(Some(Instant::now()));
        }
        if !self.plan.request.moderate.output {
            let text = self.restorer.borrow_mut().push(sealed);
            self.pass_on(&text)?;
        }
        // Only now: the caller's own time is not the provider's silence.
        self.word.set(Instant::now());
        self.silence.set(self.stall.get());
        Ok(())
    }

    fn pass_on(&self, text: &str) -> Result<(), Fault> {
        if text.is_empty() {
            return Ok(());
        }
        self.start(false)?;
        self.spoken.set(true);
        self.say(Said::Delta(text))
    }

    /// A kept answer as a stream, in place of what was said of another one.
    pub fn replay(&self, outcome: &Outcome) -> Result<(), Fault> {
        outcome.provider.clone_into(&mut self.provider.borrow_mut());
        if self.spoken.take() {
            self.say(Said::Restart { provider: &outcome.provider, attempt: outcome.attempts })?;
        }
        self.start(true)?;
        self.say(Said::Delta(&outcome.answer.text))?;
        self.say(Said::Result(outcome))
    }

    /// The last word: the answer is whole. What was held back is told first.
    pub fn end(&self, outcome: &Outcome) -> Result<(), Fault> {
        if self.plan.request.moderate.output {
            self.pass_on(&outcome.answer.text)?;
        } else {
            let held = self.restorer.replace(self.plan.restorer()).finish();
            self.pass_on(&held)?;
        }
        self.say(Said::Result(outcome))
    }

    /// The last word: there is no answer. A failure before the first word is the caller's to throw, not ours to tell.
    pub fn fail(&self, error: &Error) -> Result<(), Fault> {
        if self.started.get() { self.say(Said::Error(error)) } else { Ok(()) }
    }

    /// Waits, and says so where it takes long.
    pub fn pause(&self, wait: Duration) -> Result<(), Fault> {
        let until = Instant::now() + wait;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            std::thread::sleep(left.min(SLICE));
            self.heartbeat()?;
        }
        Ok(())
    }

    /// Whether the caller has text of this answer.
    pub fn has_spoken(&self) -> bool {
        self.spoken.get()
    }

    /// When the first text of the answer came from its provider, whether or not its caller could have it yet.
    pub fn first(&self) -> Option<Instant> {
        self.first.get()
    }

    /// The text since the last restart, sealed.
    pub fn said(&self) -> String {
        self.text.borrow().clone()
    }

    /// Its size.
    pub fn said_bytes(&self) -> usize {
        self.text.borrow().len()
    }

    fn start(&self, cached: bool) -> Result<(), Fault> {
        if self.started.replace(true) {
            return Ok(());
        }
        let provider = self.provider.borrow().clone();
        let Opening { request_id, model } = self.opening;
        let limits = self.limits.borrow();
        self.say(Said::Start { request_id, model, provider: &provider, cached, limits: &limits })
    }

    fn heartbeat(&self) -> Result<(), Fault> {
        if self.heard.get().elapsed() < HEARTBEAT {
            return Ok(());
        }
        self.start(false)?;
        self.say(Said::Heartbeat)
    }

    fn say(&self, said: Said<'_>) -> Result<(), Fault> {
        let answer = (self.sink.borrow_mut())(said);
        self.heard.set(Instant::now());
        // A caller that has forked meanwhile comes back twice: the connection is the parent's.
        if answer.is_break() || std::process::id() != self.process { Err(Fault::Cancelled) } else { Ok(()) }
    }
}

impl Watch for Speaker<'_> {
    fn waiting(&self) -> Result<(), Fault> {
        if self.word.get().elapsed() > self.silence.get() {
            return Err(Fault::Timeout);
        }
        self.heartbeat()
    }
}
