//! Work that a provider takes now and answers later.

use super::{Answer, Failure};

/// What became of a request that may be answered later.
#[derive(Debug, PartialEq, Eq)]
pub enum Placed {
    /// The provider works on it, and calls it this: a name that may stand in a path.
    Later(String),
    /// It has answered at once.
    Now(Answer),
}

/// How work stands that was placed before.
#[derive(Debug, PartialEq, Eq)]
pub enum Look {
    /// The provider works on it.
    Running,
    /// It has ended.
    Ended(Result<Answer, Failure>),
}
