//! Stripe: an HMAC over `t.body`, in hex, with the time beside it in one header.

use super::claim::{Claim, other_version, time};
use super::{Headers, MAX_SIGNATURES, Reason};
use crate::hex;

/// What the header claims: `t=…,v1=…,v1=…`. Keys that this version does not know are left out.
pub fn read<'a>(headers: &Headers<'a>) -> Result<Claim<'a>, Reason> {
    let (mut written, mut signatures) = (None, Vec::new());
    for (i, entry) in headers.single("stripe-signature")?.split(',').enumerate() {
        if i > MAX_SIGNATURES {
            return Err(Reason::TooLarge);
        }
        match entry.split_once('=').ok_or(Reason::Malformed)? {
            ("t", _) if written.is_some() => return Err(Reason::Malformed),
            ("t", value) => written = Some(value),
            ("v1", value) => signatures.push(hex::decode_lower(value).ok_or(Reason::Malformed)?),
            (version, _) => other_version(version)?,
        }
    }
    let written = written.ok_or(Reason::Malformed)?;
    let timestamp = Some(time(written)?);
    Ok(Claim { id: None, event_type: None, timestamp, before_body: vec![written], signatures })
}
