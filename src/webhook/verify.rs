//! The one way in: bounds, secrets, headers, time, signature, and only then a look at the payload.

use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::claim::{Claim, Signature};
use super::event::Event;
use super::key::Key;
use super::{Headers, MAX_BODY_BYTES, Reason, Scheme, Source, Verified, github, plain, standard, stripe};
use crate::hex;

type HmacSha256 = Hmac<Sha256>;

/// Verifies the raw bytes of a body against what its headers claim, at `now_s` seconds since the epoch.
///
/// # Errors
/// The [`Reason`] why it is not accepted.
pub fn verify(source: &Source<'_>, body: &[u8], headers: &Headers<'_>, now_s: i64) -> Result<Verified, Reason> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Reason::TooLarge);
    }
    let scheme = source.scheme;
    let keys: Vec<Key> = source.secrets.iter().filter_map(|secret| Key::read(scheme, secret)).collect();
    if keys.is_empty() {
        return Err(Reason::NoSecret);
    }
    let claim = match scheme {
        Scheme::Standard => standard::read(headers)?,
        Scheme::Stripe => stripe::read(headers)?,
        Scheme::Github => github::read(headers)?,
        Scheme::Hex => plain::read(headers)?,
    };
    if let Some(timestamp) = claim.timestamp {
        check_time(timestamp, now_s, source.tolerance_s)?;
    }
    let mark = signature_that_holds(&keys, &claim, body).ok_or(Reason::Mismatch)?;
    Ok(accept(scheme, &claim, body, mark))
}

fn check_time(timestamp: i64, now_s: i64, tolerance_s: u32) -> Result<(), Reason> {
    match timestamp.abs_diff(now_s) {
        apart if apart <= u64::from(tolerance_s) => Ok(()),
        _ if timestamp < now_s => Err(Reason::Stale),
        _ => Err(Reason::Future),
    }
}

/// Tries every key with every signature, also after one has matched, each in constant time.
fn signature_that_holds(keys: &[Key], claim: &Claim<'_>, body: &[u8]) -> Option<Signature> {
    let mut holds = None;
    for key in keys {
        let made = sign(key, &claim.before_body, body);
        for signature in &claim.signatures {
            if made == CtOutput::new((*signature).into()) {
                holds = Some(*signature);
            }
        }
    }
    holds
}

fn sign(key: &Key, before_body: &[&str], body: &[u8]) -> CtOutput<HmacSha256> {
    let mut mac = HmacSha256::new_from_slice(key.bytes()).expect("HMAC takes a key of any length");
    for part in before_body {
        mac.update(part.as_bytes());
        mac.update(b".");
    }
    mac.update(body);
    mac.finalize()
}

/// What is known of a webhook whose signature holds.
fn accept(scheme: Scheme, claim: &Claim<'_>, body: &[u8], mark: Signature) -> Verified {
    let Event { id, event_type } = if scheme == Scheme::Github { Event::default() } else { Event::of(body) };
    let id = claim.id.map(str::to_owned).or(id).unwrap_or_else(|| hex::encode(&Sha256::digest(body)));
    let event_type = claim.event_type.map(str::to_owned).or(event_type);
    Verified { id, event_type, timestamp: claim.timestamp, scheme, mark }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDARD_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const STANDARD: [(&str, &str); 3] = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    const STANDARD_BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn verify_with(
        scheme: Scheme,
        secrets: &[&str],
        headers: &[(&str, &str)],
        body: &[u8],
        now_s: i64,
    ) -> Result<Verified, Reason> {
        let secrets: Vec<_> = secrets.iter().map(|secret| (*secret).into()).collect();
        let headers = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        verify(&Source { scheme, secrets: &secrets, tolerance_s: 300 }, body, &headers, now_s)
    }

    fn standard(headers: &[(&str, &str)], now_s: i64) -> Result<Verified, Reason> {
        verify_with(Scheme::Standard, &[STANDARD_SECRET], headers, STANDARD_BODY, now_s)
    }

    #[test]
    fn the_vector_of_standard_webhooks_holds_within_its_tolerance() {
        let verified = standard(&STANDARD, 1_614_265_330).expect("the published vector");
        assert_eq!(verified.id, "msg_p5jXN8AQM9LWM0D4loKWxJek");
        assert_eq!((verified.timestamp, verified.event_type), (Some(1_614_265_330), None));
        assert!(standard(&STANDARD, 1_614_265_630).is_ok() && standard(&STANDARD, 1_614_265_030).is_ok());
        assert_eq!(standard(&STANDARD, 1_614_265_631), Err(Reason::Stale));
        assert_eq!(standard(&STANDARD, 1_614_265_029), Err(Reason::Future));
        assert_eq!(
            (standard(&STANDARD, i64::MAX), standard(&STANDARD, i64::MIN)),
            (Err(Reason::Stale), Err(Reason::Future))
        );
    }

    #[test]
    fn svix_may_call_the_headers_by_its_own_names_but_not_mix_them() {
        let svix = STANDARD.map(|(name, value)| (name.replace("webhook", "svix"), value));
        let named: Vec<_> = svix.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert!(standard(&named, 1_614_265_330).is_ok());
        let mixed = [named[0], STANDARD[1], STANDARD[2]];
        assert_eq!(standard(&mixed, 1_614_265_330), Err(Reason::MissingHeader));
    }

    #[test]
    fn any_signature_of_any_secret_will_do() {
        let good = STANDARD[2].1;
        let other = format!("v1,{}=", "A".repeat(43));
        for list in [format!("v1a,x {other} {good}"), format!("{good}{}", format!(" {other}").repeat(15))] {
            let headers = [STANDARD[0], STANDARD[1], (STANDARD[2].0, &list)];
            assert!(standard(&headers, 1_614_265_330).is_ok(), "{list}");
        }
        for secrets in [["another", STANDARD_SECRET], [STANDARD_SECRET, "another"], ["whsec_broken", STANDARD_SECRET]] {
            assert!(verify_with(Scheme::Standard, &secrets, &STANDARD, STANDARD_BODY, 1_614_265_330).is_ok());
        }
        assert_eq!(
            verify_with(Scheme::Standard, &["another"], &STANDARD, STANDARD_BODY, 1_614_265_330),
            Err(Reason::Mismatch)
        );
    }

    #[test]
    fn the_vector_of_github_holds() {
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let headers =
            [("X-Hub-Signature-256", signature), ("X-GitHub-Delivery", "72d3162e"), ("X-GitHub-Event", "push")];
        let secrets = ["It's a Secret to Everybody"];
        let verified =
            verify_with(Scheme::Github, &secrets, &headers, b"Hello, World!", 0).expect("the published vector");
        let digest = "dffd6021bb2bd5b0af676290809ec3a53191dd81c7f70a4b28688a362182986f";
        assert_eq!((verified.id.as_str(), verified.event_type.as_deref()), (digest, Some("push")));
        assert_eq!(
            verify_with(Scheme::Github, &secrets, &headers[..1], b"Hello, World!", 0),
            Err(Reason::MissingHeader)
        );
    }

    #[test]
    fn a_webhook_as_stripe_documents_it_holds() {
        // Made by Python's hmac: time and body joined by a full stop, under the whole of `whsec_…`.
        let body = b"{\"id\": \"evt_test_webhook\", \"object\": \"event\", \"type\": \"plan.created\"}";
        let header = "t=1492774577,v1=b76280097d4a31a661639045e9b4823a1ff74b242493887ff3f525d570c0e99e,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39";
        let of = |header: &str| {
            verify_with(Scheme::Stripe, &["whsec_test_secret"], &[("Stripe-Signature", header)], body, 1_492_774_577)
        };
        let verified = of(header).expect("a good signature");
        assert_eq!((verified.id.as_str(), verified.event_type.as_deref()), ("evt_test_webhook", Some("plan.created")));
        assert!(of(&header.replace("v1=", &format!("v1={},v1=", "0".repeat(64)))).is_ok());
        assert_eq!(of(&header.replace("v1=", "v2=")), Err(Reason::Mismatch));
        assert_eq!(of(&format!("{header},t=1492774577")), Err(Reason::Malformed));
    }

    #[test]
    fn a_body_without_an_id_is_known_by_its_digest_and_its_mark() {
        let hex = |body: &[u8], signature: &str| {
            let verified = verify_with(Scheme::Hex, &["key"], &[("X-AISig", signature)], body, 0);
            verified.map(|verified| (verified.id, hex::encode(&verified.mark)))
        };
        // The vector of Wikipedia's article on HMAC.
        let signature = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        let body = b"The quick brown fox jumps over the lazy dog";
        let digest = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592";
        let known = Ok((digest.to_owned(), signature.to_owned()));
        assert_eq!(hex(body, signature), known);
        assert_eq!(hex(body, &signature.to_uppercase()), known);
    }
}
