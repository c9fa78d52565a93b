//! Single-flight, as the gateway sees it: the leader keeps its lease, the others wait, and what the leader came to is told
//! to them where the cache cannot.
//!
//! What is told is the redacted form of the answer, like in the cache, or a failure that would be theirs as well. Where the
//! leader was in a hurry, hung up, or met a limit of its own, nothing is told and one of the others takes over.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::flow::with_store;
use super::{Env, health};
use crate::clock::now_us;
use crate::error::{Error, Fault, Stage};
use crate::provider::Answer;
use crate::store::Hash;

/// How long a leader is believed to live without a word. It gives one about every second.
const LEASE: Duration = Duration::from_secs(5);
const WORD: Duration = Duration::from_secs(1);
/// How often those who wait look: at first often, later not so.
const FIRST_LOOK: Duration = Duration::from_millis(4);
const LAST_LOOK: Duration = Duration::from_millis(40);

/// How long a leader's lease runs. While TCP connects, it can give no word.
pub fn lease(env: &Env<'_>) -> Duration {
    LEASE.max(env.settings.net.connect_timeout + Duration::from_secs(2))
}

/// A flight that this call leads.
pub struct Lead<'e> {
    env: &'e Env<'e>,
    hash: Hash,
    uid: String,
    word: Cell<Instant>,
}

impl<'e> Lead<'e> {
    /// The flight that the store has just granted.
    pub fn new(env: &'e Env<'e>, hash: &Hash, uid: &str) -> Self {
        Self { env, hash: *hash, uid: uid.to_owned(), word: Cell::new(Instant::now()) }
    }

    /// Gives word, if it is time to. To be called while the call waits for its provider.
    pub fn keep(&self) {
        if self.word.get().elapsed() < WORD {
            return;
        }
        self.word.set(Instant::now());
        let lease_us = now_us() + lease(self.env).as_micros() as i64;
        if let Err(error) = with_store(self.env, |store| store.renew(&self.hash, &self.uid, lease_us)) {
            health::store_failed(&error, self.env.journal);
        }
    }

    /// Waits as the leader, with a word now and then.
    pub fn pause(&self, wait: Duration) {
        let until = Instant::now() + wait;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            std::thread::sleep(left.min(WORD));
            self.keep();
        }
    }
}

/// Waits until the flight of `leader` has ended, or for as long as `left` says; `pause` may end it before.
///
/// # Errors
/// [`Fault::Timeout`] if it has not ended by then, and whatever `pause` says.
pub fn wait(
    env: &Env<'_>,
    hash: &Hash,
    leader: &str,
    left: impl Fn() -> Duration,
    pause: &mut dyn FnMut(Duration) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut look = FIRST_LOOK;
    loop {
        let left = left();
        if left.is_zero() {
            return Err(Fault::Timeout);
        }
        // Not all at the same moment.
        let jitter = Duration::from_micros(fastrand::u64(0..=look.as_micros() as u64 / 2));
        pause((look + jitter).min(left))?;
        look = (look * 3 / 2).min(LAST_LOOK);
        // A store that is down knows of no flights: then each flies alone.
        if !with_store(env, |store| store.is_aloft(hash, leader, now_us())).unwrap_or(false) {
            return Ok(());
        }
    }
}

/// What a leader leaves for those who wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// An answer that is not kept.
    Answer {
        /// It.
        answer: Answer,
        /// Who gave it.
        provider: String,
    },
    /// Moderation blocks it.
    Blocked {
        /// Request or answer.
        stage: Stage,
        /// Why.
        categories: Vec<String>,
    },
    /// The provider failed.
    Failed {
        /// How.
        fault: Fault,
        /// When it said that it would be back, in milliseconds.
        retry_after_ms: Option<u64>,
    },
}

impl Note {
    /// What is told of a failure, if anything is.
    pub fn of(error: &Error) -> Option<Self> {
        match error {
            Error::Provider { fault: Fault::Timeout | Fault::Cancelled, .. } => None,
            Error::Provider { fault, retry_after, .. } => {
                let retry_after_ms = retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
                Some(Self::Failed { fault: *fault, retry_after_ms })
            }
            Error::Blocked { stage, categories, .. } => {
                Some(Self::Blocked { stage: *stage, categories: categories.clone() })
            }
            _ => None,
        }
    }

    /// As the store keeps it.
    pub fn encode(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    /// Reads it back.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}
