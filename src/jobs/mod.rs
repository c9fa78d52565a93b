//! What a job keeps of what it was asked and answered: texts without private values, those sealed beside them, and when work
//! that failed is tried again. No I/O.

mod backoff;
mod kept;
mod seal;

pub use backoff::wait;
pub use kept::{Kept, Unreadable};
pub use seal::{SealKey, open, seal};
