//! What has become of the items of a turn, and what an error means for one.

use std::time::Duration;

use parking_lot::Mutex;

use super::About;
use super::load::Load;
use super::pending::Pending;
use crate::error::{Error, Fault};
use crate::gateway::Env;
use crate::gateway::awaited::Held;
use crate::store::{Claim, Parked};

/// What has become of the items so far.
#[derive(Default)]
pub struct Score {
    pub done: u32,
    pub failed: u32,
    /// Why the last of those failed.
    pub error: Option<&'static str>,
    /// The most attempts that an item has behind it which is tried again, why, and when a provider said that it would be back.
    pub again: Option<(u32, &'static str, Option<Duration>)>,
    /// Why no other item is begun, and for how long.
    pub wait: Option<(Duration, &'static str)>,
    /// What a provider has taken, and the items of that.
    pub pending: Option<Pending>,
    pub parked: Vec<Parking>,
    /// What is to be sent as a batch.
    pub load: Load,
}

/// An item that a provider has taken.
pub struct Parking {
    n: u32,
    call: Vec<u8>,
    uid: String,
    claims: Vec<Claim>,
    until_us: i64,
}

impl Parking {
    /// An item whose call may be settled until `until_us`.
    pub fn new(n: u32, held: &Held, until_us: i64) -> Self {
        Self { n, call: held.encode(), uid: held.uid().to_owned(), claims: held.claims().to_vec(), until_us }
    }

    /// As the store takes it.
    pub fn as_parked(&self) -> Parked<'_> {
        Parked { n: self.n, call: &self.call, uid: &self.uid, claims: &self.claims, until_us: self.until_us }
    }

    /// The call that it is for.
    pub fn held(&self) -> Option<Held> {
        Held::decode(&self.call)
    }
}

/// What the calls of a turn have in common.
#[derive(Clone, Copy)]
pub struct Sheet<'s> {
    pub about: &'s About,
    pub score: &'s Mutex<Score>,
    pub env: &'s Env<'s>,
}

impl Score {
    /// Items wait for this long at least, because of this.
    pub fn wait(&mut self, wait: Duration, code: &'static str) {
        let longest = self.wait.map_or(wait, |(known, _)| known.max(wait));
        self.wait = Some((longest, code));
    }

    /// An item that has failed so often is tried again.
    pub fn again(&mut self, attempts: u32, code: &'static str, after: Option<Duration>) {
        let most = self.again.map_or(0, |(most, ..)| most);
        let after = self.again.and_then(|(.., known)| known).max(after);
        self.again = Some((attempts.max(most), code, after));
    }
}

/// What becomes of an item that was not answered.
pub enum Fate {
    /// It will not be.
    Fail,
    /// It may be, another time.
    Again(Option<Duration>),
    /// All items wait: for a limit, a provider, the store.
    Wait(Duration),
    /// It is somebody else's by now.
    Lost,
}

/// What an item's error means for it.
pub fn fate(error: &Error) -> Fate {
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
