//! How many tokens a text has, by its size: for when no provider has counted them, or before one could.

use crate::provider::{Call, Usage};

/// The output that is assumed for a request without `max_tokens`.
pub const USUAL_TOKENS_OUT: u32 = 500;

/// One token for every four bytes, rounded up: what English averages in the providers' own tokenizers. Languages of
/// several bytes a character come out higher, as they do there.
pub fn tokens(text_bytes: usize) -> u32 {
    u32::try_from(text_bytes.div_ceil(4)).unwrap_or(u32::MAX)
}

/// The tokens of what a call sends.
pub fn tokens_of(call: &Call) -> u32 {
    let system = call.system.as_ref().map_or(0, String::len);
    tokens(call.messages.iter().map(|message| message.content.len()).sum::<usize>() + system)
}

/// The tokens of a call that nobody has answered yet.
pub fn usage_of(call: &Call) -> Usage {
    Usage { tokens_in: tokens_of(call), tokens_out: call.max_tokens.unwrap_or(USUAL_TOKENS_OUT), ..Usage::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_started_token_counts_and_no_text_has_none() {
        assert_eq!([0, 1, 4, 5].map(tokens), [0, 1, 1, 2]);
        assert_eq!(tokens(usize::MAX), u32::MAX);
    }
}
