//! What is kept about calls: who, what for, how long, how much. Never a prompt, never an answer.

mod record;

pub use record::Record;
