//! What a webhook says about itself before anybody believes it, and the forms that all schemes share.

use super::{MAX_NAME_BYTES, Reason};

/// A signature as bytes.
pub type Signature = [u8; 32];

/// What the headers claim.
pub struct Claim<'a> {
    /// The event's id, where a header has it.
    pub id: Option<&'a str>,
    /// The event's type, where a header has it.
    pub event_type: Option<&'a str>,
    /// When it was signed.
    pub timestamp: Option<i64>,
    /// What is signed before the body, each followed by a full stop.
    pub before_body: Vec<&'a str>,
    /// The signatures, any of which may hold. None if all are of other versions.
    pub signatures: Vec<Signature>,
}

/// A time: ten digits, so that there is one way to write it.
pub fn time(text: &str) -> Result<i64, Reason> {
    let is_time = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_time { text.parse().map_err(|_| Reason::Malformed) } else { Err(Reason::Malformed) }
}

/// A name that may stand in a key, in a log and on a screen: visible ASCII.
pub fn is_name(text: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The name that a header holds.
pub fn name(text: &str) -> Result<&str, Reason> {
    if is_name(text) { Ok(text) } else { Err(Reason::Malformed) }
}

/// The word before a signature that this version does not know: `v2`. One with a space in it is two headers in one.
pub fn other_version(text: &str) -> Result<(), Reason> {
    let is_word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_word { Ok(()) } else { Err(Reason::Malformed) }
}
