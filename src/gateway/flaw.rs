//! What is wrong with an argument, and where.

use crate::error::Error;

/// What is wrong with an argument, and where: the path of keys, and the rest of the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    path: String,
    problem: String,
    is_dangling: bool,
}

impl Flaw {
    /// A flaw at `path`: `problem` completes the sentence.
    pub(super) fn new(path: &str, problem: impl Into<String>) -> Self {
        Self { path: path.to_owned(), problem: problem.into(), is_dangling: false }
    }

    /// The same flaw in a map that stands at `path`.
    pub(super) fn below(self, path: &str) -> Self {
        let rest = if self.path.is_empty() { String::new() } else { format!(".{}", self.path) };
        Self { path: format!("{path}{rest}"), ..self }
    }

    /// The same flaw: a name that is given here stands nowhere else.
    pub(super) fn dangling(self) -> Self {
        Self { is_dangling: true, ..self }
    }

    /// Whether a name is given here that stands nowhere else.
    pub(super) const fn is_dangling(&self) -> bool {
        self.is_dangling
    }

    /// Where it is; empty for the argument as a whole.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong: the rest of a sentence.
    pub(super) fn problem(&self) -> &str {
        &self.problem
    }

    /// The sentence in PHP's own style, as in
    /// `aisp_infer(): Argument #1 ($request) key "max_tokens" must be of type int, string given`.
    pub fn sentence(&self, function: &str, position: u8, argument: &str) -> String {
        let key = if self.path.is_empty() { String::new() } else { format!(" key \"{}\"", self.path) };
        format!("{function}(): Argument #{position} (${argument}){key} {}", self.problem)
    }

    /// The error for an argument that comes from a client.
    pub fn in_request(&self, function: &str) -> Error {
        Error::invalid(self.sentence(function, 1, "request"))
    }
}
