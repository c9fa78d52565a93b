//! Standard Webhooks, as OpenAI and Svix have it: an HMAC over `id.timestamp.body`, in Base64.

use base64::prelude::{BASE64_STANDARD, Engine};

use super::claim::{Claim, Signature, name, other_version, time};
use super::{Headers, MAX_SIGNATURES, Reason};

/// The three headers. Svix has them under names of its own too, which count only where the standard's are not there.
const NAMES: [[&str; 3]; 2] =
    [["webhook-id", "webhook-timestamp", "webhook-signature"], ["svix-id", "svix-timestamp", "svix-signature"]];

/// What the headers claim.
pub fn read<'a>(headers: &Headers<'a>) -> Result<Claim<'a>, Reason> {
    let is_standard = NAMES[0].iter().any(|name| headers.has(name));
    let [id, timestamp, signature] = if is_standard || !headers.has(NAMES[1][0]) { NAMES[0] } else { NAMES[1] };
    let id = name(headers.single(id)?)?;
    if id.contains('.') {
        // It would be unclear where the id ends in what is signed.
        return Err(Reason::Malformed);
    }
    let written = headers.single(timestamp)?;
    let timestamp = Some(time(written)?);
    let signatures = signatures(headers.single(signature)?)?;
    Ok(Claim { id: Some(id), event_type: None, timestamp, before_body: vec![id, written], signatures })
}

/// `v1,<base64> v1,<base64> …`; those of other versions are left out.
fn signatures(list: &str) -> Result<Vec<Signature>, Reason> {
    let mut signatures = Vec::new();
    for (i, entry) in list.split(' ').enumerate() {
        if i == MAX_SIGNATURES {
            return Err(Reason::TooLarge);
        }
        match entry.split_once(',').ok_or(Reason::Malformed)? {
            ("v1", coded) => {
                let bytes = BASE64_STANDARD.decode(coded).map_err(|_| Reason::Malformed)?;
                signatures.push(bytes.try_into().map_err(|_| Reason::Malformed)?);
            }
            (version, _) => other_version(version)?,
        }
    }
    Ok(signatures)
}
