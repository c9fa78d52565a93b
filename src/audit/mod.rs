//! What is kept about calls: who, what for, how long, how much. Never a prompt, never an answer.

mod figures;
mod histogram;
mod line;
mod prometheus;
mod quiet;
mod record;
mod rotate;
mod watch;

pub use figures::{Figures, Latency, Sums};
pub use histogram::Histogram;
pub use line::{Journal, LogTarget, write_line};
pub use prometheus::{Exposition, Unit};
pub(crate) use quiet::Quiet;
pub use record::Record;
pub use watch::Watch;
