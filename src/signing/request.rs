//! Version 2 of the signature on a request: `X-AISP-Signature: v2;k=<client>;t=<unix>;n=<nonce>;s=<hex>`.
//!
//! `<hex>` is HMAC-SHA256 over nine lines, each with a line feed behind it, also the last:
//!
//!     aisp-v2                the version
//!     POST                   the method, in capitals
//!     example.com:8443       the host as in the `Host` header, in small letters; the scheme's own port is left out
//!     /wp-json/x             the path as in the request line, nothing decoded
//!     ?a=b                   the query as in the request line, with its question mark; empty where there is none
//!     1764000000             the time, ten digits
//!     8f14e45fceea167a       the nonce, 16 to 64 of `A-Z a-z 0-9 _ -`, never used twice
//!     shop                   the client, 1 to 64 of `a-z 0-9 . _ -`
//!     e3b0c442…              SHA-256 of the body, 64 hex digits
//!
//! No part can hold a line feed, so no two requests have the same lines; `two_requests_never_have_the_same_lines` in
//! `tests/signing.rs` holds this. The header has this one form: no spaces, no other order, no other letters.

use sha2::{Digest, Sha256};

use super::Reason;
use super::host::is_host;
use super::mac::{self, MAX_KEYS, Tag};
use crate::hex;

/// The header's name.
pub const HEADER: &str = "X-AISP-Signature";
/// How far a signature's time may lie from now, both ways, in seconds.
pub const TOLERANCE_S: i64 = 300;

/// The longest header that is looked at. The longest that can be valid has 216 bytes.
const MAX_HEADER_BYTES: usize = 512;
const MAX_TARGET_BYTES: usize = 8 * 1024;

/// Which part of a request has no form that can be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Part {
    Method,
    Target,
    Host,
}

/// What is signed of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    method: String,
    host: String,
    path: &'a str,
    query: &'a str,
    body: &'a [u8],
}

impl<'a> Request<'a> {
    /// A request by its method, its target (`/path?query`, or a whole URL), its host (`None` for the URL's) and its body.
    pub fn new(method: &str, target: &'a str, host: Option<&str>, body: &'a [u8]) -> Result<Self, Part> {
        let method = method.to_ascii_uppercase();
        if !(1..=16).contains(&method.len()) || !method.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(Part::Method);
        }
        if target.len() > MAX_TARGET_BYTES || !target.bytes().all(|b| b.is_ascii_graphic() && b != b'#') {
            return Err(Part::Target);
        }
        let (of_url, target) = if target.starts_with('/') {
            (None, target)
        } else {
            let (host, target) = split_url(target).ok_or(Part::Target)?;
            (Some(host), target)
        };
        let host = host.map(str::to_ascii_lowercase).or(of_url).filter(|host| is_host(host)).ok_or(Part::Host)?;
        let (path, query) = target.split_at(target.find('?').unwrap_or(target.len()));
        Ok(Self { method, host, path: if path.is_empty() { "/" } else { path }, query, body })
    }

    /// The nine lines.
    pub fn lines(&self, stamp: &Stamp<'_>) -> String {
        let digest: Tag = Sha256::digest(self.body).into();
        let Self { method, host, path, query, .. } = self;
        let Stamp { client, nonce, time_s } = stamp;
        format!("aisp-v2\n{method}\n{host}\n{path}\n{query}\n{time_s}\n{nonce}\n{client}\n{}\n", hex::encode(&digest))
    }
}

/// The host and the rest of an absolute URL.
fn split_url(url: &str) -> Option<(String, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let own_port = match scheme.to_ascii_lowercase().as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let (host, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = host.to_ascii_lowercase();
    // No address ends in its port's digits alone: within brackets the colon is not the last one before a `]`.
    let bare = host.strip_suffix(own_port).map(str::to_owned);
    Some((bare.unwrap_or(host), target))
}

/// Who signed, when, and under which nonce. Its parts have the form that the header wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp<'h> {
    client: &'h str,
    nonce: &'h str,
    time_s: i64,
}

impl<'h> Stamp<'h> {
    /// A stamp, if its parts have their form.
    pub fn new(client: &'h str, nonce: &'h str, time_s: i64) -> Option<Self> {
        let is_nonce = (16..=64).contains(&nonce.len())
            && nonce.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        let has_ten_digits = (1_000_000_000..=9_999_999_999).contains(&time_s);
        (is_client(client) && is_nonce && has_ten_digits).then_some(Self { client, nonce, time_s })
    }

    /// The client's name.
    pub const fn client(&self) -> &'h str {
        self.client
    }

    /// The nonce: whoever accepts the request must refuse the next one of this client that has it.
    pub const fn nonce(&self) -> &'h str {
        self.nonce
    }

    /// When it was signed, in seconds since the epoch.
    pub const fn time_s(&self) -> i64 {
        self.time_s
    }
}

/// Whether this may be a client's name.
pub fn is_client(name: &str) -> bool {
    let fits = |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    (1..=64).contains(&name.len()) && name.bytes().all(fits)
}

/// Signs a request: the header's value.
pub fn sign(request: &Request<'_>, stamp: &Stamp<'_>, key: &[u8]) -> String {
    let Stamp { client, nonce, time_s } = stamp;
    let tag = mac::tag(key, request.lines(stamp).as_bytes());
    format!("v2;k={client};t={time_s};n={nonce};s={}", hex::encode(&tag))
}

/// A header that has the right form. Nothing of it is true yet.
#[derive(Debug, Clone, Copy)]
pub struct Header<'h> {
    stamp: Stamp<'h>,
    tag: Tag,
}

impl<'h> Header<'h> {
    /// Reads the header's value.
    ///
    /// # Errors
    /// [`Reason::Malformed`].
    pub fn read(text: &'h str) -> Result<Self, Reason> {
        let parse = || {
            let rest = (text.len() <= MAX_HEADER_BYTES).then_some(text)?.strip_prefix("v2;k=")?;
            let (client, rest) = rest.split_once(";t=")?;
            let (time, rest) = rest.split_once(";n=")?;
            let (nonce, tag) = rest.split_once(";s=")?;
            let is_time = time.len() == 10 && time.bytes().all(|b| b.is_ascii_digit());
            let stamp = Stamp::new(client, nonce, is_time.then(|| time.parse().ok())??)?;
            Some(Self { stamp, tag: hex::decode_lower(tag)? })
        };
        parse().ok_or(Reason::Malformed)
    }

    /// Whose signature it claims to be.
    pub const fn client(&self) -> &'h str {
        self.stamp.client
    }

    /// Verifies the signature under live keys. The time may lie `tolerance_s` from `now_s`, both ways and inclusive.
    ///
    /// # Errors
    /// [`Reason::Stale`], [`Reason::Future`], [`Reason::Mismatch`].
    pub fn verify(
        self,
        request: &Request<'_>,
        keys: &[&[u8]],
        now_s: i64,
        tolerance_s: i64,
    ) -> Result<Stamp<'h>, Reason> {
        match now_s.saturating_sub(self.stamp.time_s) {
            age_s if age_s > tolerance_s => return Err(Reason::Stale),
            age_s if age_s < -tolerance_s => return Err(Reason::Future),
            _ => {}
        }
        let held = mac::holds(keys, MAX_KEYS, request.lines(&self.stamp).as_bytes(), &self.tag);
        if held { Ok(self.stamp) } else { Err(Reason::Mismatch) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_764_000_000;

    fn request() -> Request<'static> {
        Request::new("post", "https://Example.com:443/a?b=c", None, b"{}").expect("a request")
    }

    #[test]
    fn the_lines_are_as_documented() {
        let stamp = Stamp::new("shop", "0123456789abcdef", NOW).expect("a stamp");
        assert_eq!(
            request().lines(&stamp),
            "aisp-v2\nPOST\nexample.com\n/a\n?b=c\n1764000000\n0123456789abcdef\nshop\n\
             44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\n"
        );
    }

    #[test]
    fn a_url_says_its_host_without_the_port_of_its_scheme() {
        let of =
            |target, host| Request::new("GET", target, host, b"").map(|r| format!("{} {} {}", r.host, r.path, r.query));
        assert_eq!(of("http://h:80/p?", None).as_deref(), Ok("h /p ?"));
        assert_eq!(of("http://h:443", None).as_deref(), Ok("h:443 / "));
        assert_eq!(of("https://h?q?", None).as_deref(), Ok("h / ?q?"));
        assert_eq!(of("https://[::443]/", None).as_deref(), Ok("[::443] / "));
        assert_eq!(of("HTTPS://H/", Some("Other:443")).as_deref(), Ok("other:443 / "));
        assert_eq!(of("//h/p", Some("h")).as_deref(), Ok("h //h/p "));
        for wrong in ["", "p", "ftp://h/", "https://h/#f", "/a b", "/ä", "/a\nb", "/\0", "https:/h", "mailto:a"] {
            assert_eq!(of(wrong, Some("h")), Err(Part::Target), "{wrong}");
        }
        for wrong in ["https://u@h/", "https:///p", "https://h:99999/", "https://h:/"] {
            assert_eq!(of(wrong, None), Err(Part::Host), "{wrong}");
        }
        assert_eq!(of("/", None), Err(Part::Host));
        assert_eq!(Request::new("GE T", "/", Some("h"), b""), Err(Part::Method));
    }

    #[test]
    fn the_tolerance_is_inclusive_both_ways() {
        let stamp = Stamp::new("shop", "0123456789abcdef", NOW).expect("a stamp");
        let header = sign(&request(), &stamp, b"key");
        let at = |now_s| Header::read(&header)?.verify(&request(), &[b"key"], now_s, TOLERANCE_S).map(|s| s.time_s);
        assert_eq!((at(NOW + 300), at(NOW - 300)), (Ok(NOW), Ok(NOW)));
        assert_eq!((at(NOW + 301), at(NOW - 301)), (Err(Reason::Stale), Err(Reason::Future)));
        assert_eq!((at(i64::MAX), at(i64::MIN)), (Err(Reason::Stale), Err(Reason::Future)));
    }
}
