//! Single-flight: of equal calls at the same time, in any number of processes, one asks the provider and the others wait.
//!
//! A flight belongs to the call that leads it for as long as its lease runs; the leader renews it while it works. An engine
//! that can tell that the leader is dead need not wait for that. Once it
//! has landed, those who waited find its answer in the cache, or the note that it left for them.

use super::Hash;

/// How a call takes part in flights.
#[derive(Debug, Clone, Copy)]
pub struct Boarding<'a> {
    /// How long its lease runs if it becomes the leader, in microseconds.
    pub lease_us: i64,
    /// The uid of the leader it has waited for: its note is for this call too.
    pub awaited: Option<&'a str>,
}

/// The end of a flight.
#[derive(Debug, Clone, Copy)]
pub struct Landing<'a> {
    /// The answer's name.
    pub hash: &'a Hash,
    /// What those who wait are told, where the cache does not have it: in the gateway's own encoding. Without it, and
    /// without a cached answer, one of them takes over.
    pub note: Option<&'a [u8]>,
}
