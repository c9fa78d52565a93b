//! An answer on its way: the pieces of a stream, or the parts of a whole answer, folded by the same rules.
//!
//! Whole and streamed answers of a format go through one of these, so they cannot come to differ.

use super::{Answer, Failure, Finish, Step, Usage};
use crate::error::Fault;

/// The text so far, how it ended, and what it used.
#[derive(Debug, Default)]
pub struct Draft {
    text: String,
    refused: bool,
    end: Option<End>,
    /// What the provider has counted so far.
    pub(super) usage: Usage,
}

/// Why the model stopped, and what that means if it wrote nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    finish: Finish,
    blank: Fault,
}

impl End {
    /// It was done. Nothing written: an answer that breaks the format.
    pub(super) const STOP: Self = Self { finish: Finish::Stop, blank: Fault::Invalid };
    /// It reached `max_tokens`. Nothing written: it used them up.
    pub(super) const LENGTH: Self = Self { finish: Finish::Length, blank: Fault::Exhausted };
    /// The context is full. Nothing written: the request filled it.
    pub(super) const CONTEXT: Self = Self { finish: Finish::Length, blank: Fault::ContextLength };
    /// It stopped early, for no reason that is known here.
    pub(super) const CUT: Self = Self { finish: Finish::Length, blank: Fault::Invalid };
    /// A filter cut it off. Nothing written: the content is refused.
    pub(super) const FILTER: Self = Self { finish: Finish::ContentFilter, blank: Fault::ContentRefused };
    /// The provider stopped it and does not say why.
    pub(super) const STOPPED: Self = Self { finish: Finish::ContentFilter, blank: Fault::Invalid };
    /// The model declined.
    pub(super) const REFUSAL: Self = Self { finish: Finish::Refusal, blank: Fault::ContentRefused };
}

impl Draft {
    /// More of the answer.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// More of a refusal. It makes the whole answer one.
    pub(super) fn refuse(&mut self, text: &str) {
        self.refused |= !text.trim().is_empty();
        self.text.push_str(text);
    }

    /// Why it ended; the last reason counts.
    pub(super) fn end(&mut self, end: End) {
        self.end = Some(end);
    }

    /// Ends as another one did.
    pub(super) fn end_like(&mut self, other: &Self) {
        self.end = other.end;
    }

    /// Whether it has ended.
    pub(super) const fn is_ended(&self) -> bool {
        self.end.is_some()
    }

    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What came behind `start`, a length that [`Draft::text`] had before.
    pub(super) fn since(&self, start: usize) -> Step {
        match self.text.get(start..) {
            Some(more) if !more.is_empty() => Step::Delta(more.to_owned()),
            _ => Step::Nothing,
        }
    }

    /// The answer. [`Fault::Incomplete`] if it has not ended; what a blank one means depends on how it ended.
    pub(super) fn finish(&mut self) -> Result<Answer, Failure> {
        let end = self.end.ok_or(Fault::Incomplete)?;
        if self.text.trim().is_empty() {
            return Err(end.blank.into());
        }
        let finish = if self.refused { Finish::Refusal } else { end.finish };
        Ok(Answer { text: std::mem::take(&mut self.text), finish, usage: self.usage })
    }
}
