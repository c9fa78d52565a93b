//! Bytes on the wire: one HTTP client a process, one deadline over all attempts, streams as they come, and
//! a guard on where all of it may go.

mod body;
mod client;
mod egress;
mod exchange;
mod lines;
mod resolver;
mod retry;
mod roots;
mod sse;
mod stream;
mod watch;

pub use client::close;
pub use egress::Allowed;
pub use exchange::{Opened, Response, check_header, get, open, post};
pub use lines::lines;
pub use resolver::{check_target, without_signals};
pub use retry::{Delay, Next, next};
pub use roots::check_ca_file;
pub use stream::Stream;
pub use ureq::http::HeaderMap;
pub use watch::Watch;

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
