//! Puts values back into a text that comes in pieces, wherever the cuts are.
//!
//! What is held back is the beginning of a placeholder at the end of what came so far, and no more than the longest
//! placeholder has bytes.

use super::Vault;
use super::names::MAX_PLACEHOLDER_BYTES;
use std::fmt;

/// Restores a stream. Made by [`Vault::restorer`].
pub struct Restorer<'v> {
    vault: &'v Vault,
    json: bool,
    /// Empty, or begins with the `[` of a placeholder that is not yet whole.
    held: String,
}

impl<'v> Restorer<'v> {
    pub(super) fn new(vault: &'v Vault, json: bool) -> Self {
        Self { vault, json, held: String::new() }
    }

    /// Takes the next piece; gives what is certain by now.
    pub fn push(&mut self, piece: &str) -> String {
        if self.vault.is_empty() {
            return piece.to_owned();
        }
        let text = std::mem::take(&mut self.held) + piece;
        let mut out = String::with_capacity(text.len());
        let rest = self.vault.restore_into(&mut out, &text, self.json);
        let (certain, held) = rest.split_at(self.vault.begun(rest).unwrap_or(rest.len()));
        debug_assert!(held.len() < MAX_PLACEHOLDER_BYTES);
        out.push_str(certain);
        held.clone_into(&mut self.held);
        out
    }

    /// The stream has ended: gives what was held back.
    pub fn finish(self) -> String {
        self.held
    }

    /// The stream starts over: what was held back is forgotten.
    pub fn reset(&mut self) {
        self.held.clear();
    }
}

impl fmt::Debug for Restorer<'_> {
    /// Nothing that was read: it is a caller's answer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Restorer").field("held_bytes", &self.held.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use crate::guard::redact::Redactor;

    #[test]
    fn only_what_may_be_a_placeholder_is_held_back() {
        let mut vault = Redactor::default().vault();
        vault.redact("ann@example.com");
        let mut restorer = vault.restorer(false);
        assert_eq!(restorer.push("to [EM"), "to ");
        assert_eq!(restorer.push("AIL_1"), "");
        assert_eq!(restorer.push("] or [x"), "ann@example.com or [x");
        assert_eq!(restorer.push(" [EMAIL"), " ");
        assert_eq!(restorer.push("[EMAIL_"), "[EMAIL");
        assert_eq!(restorer.finish(), "[EMAIL_");
    }

    #[test]
    fn a_stream_that_starts_over_forgets_what_was_held() {
        let mut vault = Redactor::default().vault();
        vault.redact("ann@example.com");
        let mut restorer = vault.restorer(false);
        restorer.push("[EMAIL");
        restorer.reset();
        assert_eq!(restorer.push("_1] [EMAIL_1]"), "_1] ann@example.com");
        assert_eq!(restorer.finish(), "");
    }
}
