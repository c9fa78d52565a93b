//! Standard Webhooks, as OpenAI and Svix have it: an HMAC over `id.timestamp.body`, in Base64.

use base64::prelude::{BASE64_STANDARD, Engine};
use secrecy::SecretString;

use super::claim::{Claim, Signature, name, other_version, time};
use super::key::Key;
use super::{Headers, MAX_SIGNATURES, Reason, Scheme};
use crate::signing::mac;

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

/// The three headers of an event that goes out, signed with a secret. `None` if the secret holds no key.
pub fn sign(secret: &SecretString, id: &str, time_s: i64, body: &[u8]) -> Option<[(&'static str, String); 3]> {
    let key = Key::read(Scheme::Standard, secret)?;
    let time = time_s.to_string();
    let signed = [id.as_bytes(), b".", time.as_bytes(), b".", body].concat();
    let signature = format!("v1,{}", BASE64_STANDARD.encode(mac::tag(key.bytes(), &signed)));
    let [id_name, time_name, signature_name] = NAMES[0];
    Some([(id_name, id.to_owned()), (time_name, time), (signature_name, signature)])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_is_signed_as_the_standard_has_it() {
        // The published vector of standardwebhooks.com.
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into();
        let headers =
            sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#).expect("a key");
        assert_eq!(headers[2], ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=".to_owned()));
        assert_eq!((headers[0].0, headers[1].1.as_str()), ("webhook-id", "1614265330"));
        assert_eq!(sign(&"".into(), "msg_1", 0, b""), None);
    }
}
