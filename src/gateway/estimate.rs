//! How many tokens a text has, as long as no provider has counted: one for every four bytes, which is near enough for prose.

/// The tokens of so many bytes; a started one counts.
pub fn tokens(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(4)).unwrap_or(u32::MAX)
}
