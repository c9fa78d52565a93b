//! What becomes of a job when its worker leaves it, and what is kept of one while a provider works on it.

use super::NewJob;
use crate::store::{Arrival, Claim};

/// What becomes of a job when its worker leaves it.
#[derive(Debug, Clone, Copy)]
pub enum Parting<'a> {
    /// Back to the queue, not before `run_us`, because of `error` if anything went wrong.
    Queue {
        /// In microseconds since the epoch.
        run_us: i64,
        /// In the gateway's vocabulary.
        error: Option<&'a str>,
    },
    /// A provider works on it; it is claimed again when it is due, or before that if the provider tells of its end.
    Wait(Wait<'a>),
    /// It has ended: `done` if all its items are, else `failed`. Items still open fail with `error`.
    End {
        /// In the gateway's vocabulary; `None` if all went well.
        error: Option<&'a str>,
        /// Until when it is kept for somebody to look at, in microseconds since the epoch.
        keep_us: i64,
        /// Told to the inbox in the same transaction.
        event: Option<&'a Arrival<'a>>,
        /// Enqueued in the same transaction.
        next: Option<&'a NewJob<'a>>,
    },
}

/// How a job waits.
#[derive(Debug, Clone, Copy)]
pub struct Wait<'a> {
    /// When it is looked after at the latest, in microseconds since the epoch.
    pub due_us: i64,
    /// What else the gateway wants to know of the job from now on.
    pub about: &'a [u8],
    /// What the provider calls its work, and will call it when it tells of its end.
    pub token: &'a str,
    /// Why the last look brought nothing, in the gateway's vocabulary.
    pub error: Option<&'a str>,
    /// The items that have just been sent. Those that waited before wait on.
    pub parked: &'a [Parked<'a>],
}

/// An item that a provider has taken. Nobody sees its aborted record, and what was reserved for it stays so, while the wait may
/// go on.
#[derive(Debug, Clone, Copy)]
pub struct Parked<'a> {
    /// The item's place in the job.
    pub n: u32,
    /// What the gateway needs in order to settle the call.
    pub call: &'a [u8],
    /// The call's record.
    pub uid: &'a str,
    /// What was reserved for it.
    pub claims: &'a [Claim],
    /// When the call counts as abandoned, in microseconds since the epoch.
    pub until_us: i64,
}
