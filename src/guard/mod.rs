//! May a call run, and with what: arithmetic and rules that do no I/O.

pub mod breaker;
pub mod budget;
pub mod rate;
pub mod redact;
