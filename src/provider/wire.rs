//! What all formats share on the wire: the request around a body, and reading JSON that is only partly known.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Endpoint, HttpCall};
use crate::error::Fault;

/// How a format carries the key where the endpoint says nothing else.
#[derive(Debug, Clone, Copy)]
pub(super) enum KeyHeader {
    /// `authorization: Bearer KEY`.
    Bearer,
    /// The bare key, in this header.
    Bare(&'static str),
}

/// A POST of `body`. The policy's own headers come last and so replace ours where they have the same name.
pub(super) fn post(to: &Endpoint<'_>, path: &str, key: KeyHeader, stream: bool, body: &Value) -> HttpCall {
    let accept = if stream { "text/event-stream" } else { "application/json" };
    let kind = ("content-type".to_owned(), "application/json".to_owned());
    let mut call = get(to, path, key);
    call.headers.splice(..1, [kind, ("accept".to_owned(), accept.to_owned())]);
    HttpCall { body: body.to_string().into_bytes(), ..call }
}

/// A call without a body, to be sent as a GET, or as a POST that says all in its path.
pub(super) fn get(to: &Endpoint<'_>, path: &str, key: KeyHeader) -> HttpCall {
    let ours = [("accept".to_owned(), "application/json".to_owned())];
    let secret_header = to.key.map(|secret| match (to.key_header, key) {
        (Some(name), _) => (name.to_owned(), secret.clone()),
        (None, KeyHeader::Bare(name)) => (name.to_owned(), secret.clone()),
        (None, KeyHeader::Bearer) => ("authorization".to_owned(), bearer(secret)),
    });
    HttpCall {
        url: url(to.base_url, path),
        headers: ours.into_iter().chain(to.headers.iter().cloned()).collect(),
        secret_header,
        body: Vec::new(),
    }
}

/// What a provider calls something of ours, if it is a name that may stand in a path.
pub(super) fn id(text: &str) -> Result<String, Fault> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=200).contains(&text.len()) && text.bytes().all(fits) { Ok(text.to_owned()) } else { Err(Fault::Invalid) }
}

/// The header's value, in a string of exactly its size: one that had to grow or shrink would leave a copy of the key behind.
fn bearer(key: &SecretString) -> SecretString {
    let key = key.expose_secret();
    let mut value = String::with_capacity("Bearer ".len() + key.len());
    value.push_str("Bearer ");
    value.push_str(key);
    SecretString::from(value)
}

/// The path, which may have a query, below the base URL, whose own query stays at the end.
pub(super) fn url(base: &str, path: &str) -> String {
    let Some((base, query)) = base.split_once('?') else { return format!("{base}{path}") };
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{}{path}{joint}{query}", base.trim_end_matches('/'))
}

/// Whether a URL is on the same scheme, host and port as a base URL, all of them spelled alike.
pub(super) fn is_same_place(other: &str, base: &str) -> bool {
    let place = |url: &str| {
        let (scheme, rest) = url.split_once("://")?;
        let authority = rest.split(['/', '?', '#', '\\']).next()?;
        Some((scheme.to_ascii_lowercase(), authority.to_ascii_lowercase()))
    };
    place(other).is_some_and(|other| Some(other) == place(base))
}

/// The host of a base URL in lower case, without the port; empty where there is none.
pub(super) fn host(base: &str) -> String {
    let rest = base.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether Azure serves it: OpenAI's formats, but the key in `api-key`.
pub(super) fn is_azure(host: &str) -> bool {
    [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"]
        .iter()
        .any(|end| host.ends_with(end))
}

/// How OpenAI's formats carry the key to this host.
pub(super) fn openai_key(base: &str) -> KeyHeader {
    if is_azure(&host(base)) { KeyHeader::Bare("api-key") } else { KeyHeader::Bearer }
}

/// A body as text.
pub(super) fn utf8(body: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(body).map_err(|_| Fault::Invalid)
}

/// JSON of the right shape, or an answer that cannot be read.
pub(super) fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Fault> {
    serde_json::from_str(json).map_err(|_| Fault::Invalid)
}

/// A string that has to be there.
pub(super) fn string(json: Option<&RawValue>) -> Result<Cow<'_, str>, Fault> {
    parse::<Str<'_>>(json.ok_or(Fault::Invalid)?.get()).map(|string| string.0)
}

/// A string, borrowed where it has no escapes, also inside an `Option` or a list.
#[derive(Debug, Deserialize)]
pub(super) struct Str<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

impl std::ops::Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// A count of tokens, where there is one.
pub(super) fn tokens(count: Option<u64>) -> u32 {
    u32::try_from(count.unwrap_or(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_in_the_base_url_stays_behind_the_path() {
        let cases = [
            ("https://x/v1", "/responses", "https://x/v1/responses"),
            ("https://x/openai?api-version=1", "/responses", "https://x/openai/responses?api-version=1"),
            ("https://x/openai/?a=1&b=2", "/responses", "https://x/openai/responses?a=1&b=2"),
            ("https://x/v1?a=1", "/models/m:go?alt=sse", "https://x/v1/models/m:go?alt=sse&a=1"),
        ];
        for (base, path, expected) in cases {
            assert_eq!(url(base, path), expected);
        }
    }

    #[test]
    fn azure_is_told_by_the_end_of_the_host_and_by_nothing_else() {
        for base in [
            "https://me.openai.azure.com/openai/v1",
            "https://ME.OpenAI.Azure.com:443/openai?api-version=1",
            "https://me.cognitiveservices.azure.com/x",
            "https://me.services.ai.azure.com/models",
        ] {
            assert!(matches!(openai_key(base), KeyHeader::Bare("api-key")), "{base}");
        }
        for base in [
            "https://api.openai.com/v1",
            "https://openai.azure.com.evil.example/v1",
            "https://x.example/me.openai.azure.com",
            "https://me.openai.azure.com@x.example/v1",
            "https://x.example?.openai.azure.com",
            "me.openai.azure.com",
        ] {
            assert!(matches!(openai_key(base), KeyHeader::Bearer), "{base}");
        }
    }
}
