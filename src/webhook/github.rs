//! GitHub: an HMAC over the body alone, in hex. Id and type of the event stand in headers that nobody signs: a body that was
//! caught could come again under another id. So it is named by its digest, and its type is only what somebody says.

use super::claim::{Claim, name};
use super::{Headers, Reason};
use crate::hex;

/// What the headers claim. The older `x-hub-signature`, with SHA-1, is never read.
pub fn read<'a>(headers: &Headers<'a>) -> Result<Claim<'a>, Reason> {
    let signature = headers.single("x-hub-signature-256")?.strip_prefix("sha256=").and_then(hex::decode_lower);
    let signatures = vec![signature.ok_or(Reason::Malformed)?];
    name(headers.single("x-github-delivery")?)?;
    let event_type = headers.optional("x-github-event")?.map(name).transpose()?;
    Ok(Claim { id: None, event_type, timestamp: None, before_body: Vec::new(), signatures })
}
