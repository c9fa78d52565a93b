//! A browser's token: `aisp1.<payload>.<code>`, both in base64url without padding.
//!
//! A page's visitors can read what is in it, so it holds no secret, opens few routes for ten minutes at most, and only for
//! pages of one origin. The payload is JSON with short keys; the code is HMAC-SHA256 over all that stands before the last
//! dot, under the key HMAC-SHA256(secret, "aisp token v1"). Verifying takes no database: what revokes tokens before their
//! time is the epoch, which the site counts up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Reason;
use super::mac::{self, MAX_KEYS, Tag};

/// The longest life of a token, in seconds.
pub const MAX_LIFE_S: i64 = 600;

/// By how much the clocks of a site's own servers may differ, in seconds.
const SKEW_S: i64 = 60;
const MAX_BYTES: usize = 1024;
const PREFIX: &str = "aisp1.";
const PURPOSE: &[u8] = b"aisp token v1";

/// What a token's calls may take together; `None` for as much as there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// Tokens of the models, in and out.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Millionths of a US dollar.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub microusd: Option<u64>,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// What its calls are counted under.
    #[serde(rename = "i")]
    pub id: String,
    /// The routes that it opens.
    #[serde(rename = "r")]
    pub routes: Vec<String>,
    /// The models that it may ask; none for all that the policy allows.
    #[serde(rename = "m")]
    pub models: Vec<String>,
    /// Whose pages may use it: `https://example.com`.
    #[serde(rename = "o")]
    pub origin: String,
    /// The first second in which it is over, since the epoch.
    #[serde(rename = "e")]
    pub expires_s: i64,
    /// The epoch in which it was minted.
    #[serde(rename = "v")]
    pub epoch: u64,
    /// The site that it belongs to.
    #[serde(rename = "s")]
    pub site: String,
    /// Whom its calls count as: a session, a visitor.
    #[serde(rename = "u")]
    pub sub: String,
    /// What its calls may take.
    #[serde(rename = "b", default)]
    pub budget: Allowance,
}

/// What a token must fit.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The request's `Origin` header; `None` if it has none.
    pub origin: Option<&'a str>,
    /// The route that is called.
    pub route: &'a str,
    /// The site that is called.
    pub site: &'a str,
    /// The epoch of now.
    pub epoch: u64,
}

/// The key of tokens, which is not the secret itself.
fn derived(secret: &[u8]) -> Zeroizing<Tag> {
    Zeroizing::new(mac::tag(secret, PURPOSE))
}

/// Mints a token; `None` if it would be longer than a header should be, 1 KiB.
pub fn mint(claims: &Claims, secret: &[u8]) -> Option<String> {
    // Strings, numbers and lists always serialise.
    let payload = serde_json::to_vec(claims).ok()?;
    let signed = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(payload));
    let tag = mac::tag(derived(secret).as_slice(), signed.as_bytes());
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag));
    (token.len() <= MAX_BYTES).then_some(token)
}

/// Verifies a token under the live secrets: its code first, then what it says.
///
/// # Errors
/// [`Reason::Malformed`], [`Reason::Mismatch`] (also of another site), [`Reason::Expired`], [`Reason::Future`],
/// [`Reason::Epoch`], [`Reason::Origin`], [`Reason::Route`].
pub fn verify(token: &str, secrets: &[&[u8]], expected: &Expected<'_>, now_s: i64) -> Result<Claims, Reason> {
    let (signed, payload, tag) = split(token).ok_or(Reason::Malformed)?;
    let derived: Vec<_> = secrets.iter().filter(|secret| !secret.is_empty()).map(|secret| derived(secret)).collect();
    let keys: Vec<&[u8]> = derived.iter().map(|key| key.as_slice()).collect();
    if !mac::holds(&keys, MAX_KEYS, signed.as_bytes(), &tag) {
        return Err(Reason::Mismatch);
    }
    let claims = read(payload).ok_or(Reason::Malformed)?;
    let left_s = claims.expires_s.saturating_sub(now_s);
    let checks = [
        (left_s > 0, Reason::Expired),
        (left_s <= MAX_LIFE_S + SKEW_S, Reason::Future),
        (claims.epoch == expected.epoch, Reason::Epoch),
        (claims.site == expected.site, Reason::Mismatch),
        (expected.origin == Some(claims.origin.as_str()), Reason::Origin),
        (claims.routes.iter().any(|route| route == expected.route), Reason::Route),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, reason)) => Err(reason),
        None => Ok(claims),
    }
}

/// What is signed, the payload in it, and the code over it.
fn split(token: &str) -> Option<(&str, &str, Tag)> {
    let rest = (token.len() <= MAX_BYTES).then(|| token.strip_prefix(PREFIX))??;
    let (payload, tag) = rest.split_once('.')?;
    let signed = &token[..PREFIX.len() + payload.len()];
    Some((signed, payload, URL_SAFE_NO_PAD.decode(tag).ok()?.try_into().ok()?))
}

fn read(payload: &str) -> Option<Claims> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_764_000_000;

    fn claims() -> Claims {
        let text = str::to_owned;
        let (routes, models) = (vec![text("/infer")], vec![text("gpt-4o-mini")]);
        let (origin, site, sub) = (text("https://example.com"), text("1"), text("visitor:7"));
        let budget = Allowance { tokens: Some(500), microusd: None };
        Claims { id: text("a1"), routes, models, origin, expires_s: NOW + 300, epoch: 3, site, sub, budget }
    }

    const EXPECTED: Expected<'_> =
        Expected { origin: Some("https://example.com"), route: "/infer", site: "1", epoch: 3 };

    fn refused(token: &str, expected: Expected<'_>, now_s: i64) -> Option<Reason> {
        verify(token, &[b"secret"], &expected, now_s).err()
    }

    #[test]
    fn a_token_says_what_it_was_minted_with_under_any_live_secret() {
        let token = mint(&claims(), b"secret").expect("a short token");
        assert_eq!(verify(&token, &[b"new", b"secret"], &EXPECTED, NOW), Ok(claims()));
        assert_eq!(verify(&token, &[b"other", b""], &EXPECTED, NOW), Err(Reason::Mismatch));
        assert_eq!(verify(&token, &[], &EXPECTED, NOW), Err(Reason::Mismatch));
    }

    #[test]
    fn its_last_second_is_the_one_before_it_expires() {
        let token = mint(&claims(), b"secret").expect("a short token");
        assert_eq!(refused(&token, EXPECTED, NOW + 299), None);
        assert_eq!(refused(&token, EXPECTED, NOW + 300), Some(Reason::Expired));
        assert_eq!(refused(&token, EXPECTED, NOW - 360), None);
        assert_eq!(refused(&token, EXPECTED, NOW - 361), Some(Reason::Future));
        assert_eq!(refused(&token, EXPECTED, i64::MIN), Some(Reason::Future));
    }

    #[test]
    fn it_is_good_for_one_origin_its_routes_its_site_and_its_epoch() {
        let token = mint(&claims(), b"secret").expect("a short token");
        let refused = |expected| refused(&token, expected, NOW);
        for origin in [
            None,
            Some("null"),
            Some("http://example.com"),
            Some("https://example.com:8443"),
            Some("https://example.com/"),
        ] {
            assert_eq!(refused(Expected { origin, ..EXPECTED }), Some(Reason::Origin), "{origin:?}");
        }
        assert_eq!(refused(Expected { route: "/infer/stream", ..EXPECTED }), Some(Reason::Route));
        assert_eq!(refused(Expected { epoch: 4, ..EXPECTED }), Some(Reason::Epoch));
        assert_eq!(refused(Expected { site: "2", ..EXPECTED }), Some(Reason::Mismatch));
    }

    #[test]
    fn the_bare_secret_signs_no_token() {
        let token = mint(&claims(), b"secret").expect("a short token");
        let (signed, _) = token.rsplit_once('.').expect("a dot");
        let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac::tag(b"secret", signed.as_bytes())));
        assert_eq!(refused(&forged, EXPECTED, NOW), Some(Reason::Mismatch));
    }

    #[test]
    fn a_token_that_is_no_header_is_not_minted() {
        assert_eq!(mint(&Claims { sub: "x".repeat(900), ..claims() }, b"secret"), None);
    }
}
