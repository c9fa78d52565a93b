//! Bytes on the wire: one HTTP client a process, one deadline over all attempts, and a guard on where they may go.

mod client;
mod egress;
mod resolver;
mod retry;
mod roots;

pub use client::{Response, check_header, close, post};
pub use egress::Allowed;
pub use retry::{Attempt, Delay, GaveUp, Tries, run};
pub use roots::check_ca_file;

use std::time::Duration;

/// How this machine reaches providers: the php.ini entries of the same names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Net {
    /// The longest that one connection may take to stand.
    pub connect_timeout: Duration,
    /// The largest answer, decoded.
    pub max_response_bytes: u64,
    /// Hosts for which plain http and non-public addresses are permitted.
    pub allowed: Allowed,
    /// A PEM file of the certificate authorities to trust instead of Mozilla's.
    pub ca_file: Option<String>,
}
