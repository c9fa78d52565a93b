//! GitHub: an HMAC over the body alone, in hex. Id and type of the event stand in headers that nobody signs.

use super::claim::{Claim, name};
use super::{Headers, Reason, hex};

/// What the headers claim. The older `x-hub-signature`, with SHA-1, is never read.
pub fn read<'a>(headers: &Headers<'a>) -> Result<Claim<'a>, Reason> {
    let signature = headers.single("x-hub-signature-256")?.strip_prefix("sha256=").and_then(hex::lower);
    let signatures = vec![signature.ok_or(Reason::Malformed)?];
    let id = Some(name(headers.single("x-github-delivery")?)?);
    let event_type = headers.optional("x-github-event")?.map(name).transpose()?;
    Ok(Claim { id, event_type, timestamp: None, before_body: Vec::new(), signatures })
}
