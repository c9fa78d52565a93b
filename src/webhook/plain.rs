//! The scheme `hex`, for senders of one's own: an HMAC over the body alone, in hex. A replay is known by its body alone.

use super::claim::Claim;
use super::{Headers, Reason};
use crate::hex;

/// What the header claims.
pub fn read<'a>(headers: &Headers<'a>) -> Result<Claim<'a>, Reason> {
    let signature = hex::decode(headers.single("x-aisig")?).ok_or(Reason::Malformed)?;
    Ok(Claim { id: None, event_type: None, timestamp: None, before_body: Vec::new(), signatures: vec![signature] })
}
