//! The places that serve models: those that a policy describes, and those that need no description.

use super::fields::{Fields, Flaw, Item};
use super::models::Price;
use super::policy::MAX_TIMEOUT_MS;
use crate::provider::Kind;
use crate::upstream::check_header;

/// A place that serves models.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider<'a> {
    /// Its name in routes, results and the log.
    pub name: &'a str,
    /// What it speaks.
    pub kind: Kind,
    /// Where it is, without a trailing slash.
    pub base_url: &'a str,
    /// The name of the variable or constant that holds the key; `None` for a server that wants none.
    pub key_env: Option<&'a str>,
    /// The header that carries the bare key, where it is not the one of the wire format.
    pub key_header: Option<&'a str>,
    /// Headers to add to every call.
    pub headers: Vec<(String, String)>,
    /// What its models cost, by its own names for them.
    pub prices: Vec<(&'a str, Price)>,
    /// How long it may be silent before it is left for the next of the route; `None` for a third of the deadline.
    pub timeout_ms: Option<u32>,
}

/// OpenAI.
pub const OPENAI: &str = "openai";
/// Anthropic.
pub const ANTHROPIC: &str = "anthropic";
/// Google.
pub const GOOGLE: &str = "google";

/// Name, format, place, and the variable that holds the key.
const BUILT_IN: [(&str, Kind, &str, Option<&str>); 4] = [
    (OPENAI, Kind::OpenaiResponses, "https://api.openai.com/v1", Some("OPENAI_API_KEY")),
    (ANTHROPIC, Kind::Anthropic, "https://api.anthropic.com/v1", Some("ANTHROPIC_API_KEY")),
    (GOOGLE, Kind::Gemini, "https://generativelanguage.googleapis.com/v1beta", Some("GEMINI_API_KEY")),
    ("ollama", Kind::OpenaiChat, "http://127.0.0.1:11434/v1", None),
];

/// Whether a provider of this name needs no description.
pub fn is_built_in(name: &str) -> bool {
    BUILT_IN.iter().any(|(built_in, ..)| *built_in == name)
}

/// The built-in provider of this name.
pub fn built_in(name: &str) -> Option<Provider<'static>> {
    let (name, kind, base_url, key_env) = BUILT_IN.iter().find(|(built_in, ..)| *built_in == name).copied()?;
    let (key_header, headers, prices, timeout_ms) = (None, Vec::new(), Vec::new(), None);
    Some(Provider { name, kind, base_url, key_env, key_header, headers, prices, timeout_ms })
}

/// Reads `providers`, each as it is in the policy's `environment`; without any, the built-in ones.
pub fn read<'a>(policy: &mut Fields<'_, 'a>) -> Result<Vec<Provider<'a>>, Flaw> {
    let environment = policy.string("environment")?.unwrap_or_default();
    let listed = policy.named("providers")?.unwrap_or_default();
    if listed.is_empty() {
        return Ok(BUILT_IN.iter().filter_map(|(name, ..)| built_in(name)).collect());
    }
    listed.into_iter().map(|(name, item)| read_one(name, &item, environment)).collect()
}

fn read_one<'a>(name: &'a str, item: &Item<'_, 'a>, environment: &str) -> Result<Provider<'a>, Flaw> {
    if !is_name(name) {
        return Err(item.flaw("must have a name of 1 to 100 printable characters"));
    }
    let mut fields = item.fields()?;
    let known = built_in(name);
    let kind = match (fields.string("kind")?, &known) {
        (Some(kind), _) => Kind::named(kind).ok_or_else(|| {
            let names = Kind::ALL.map(Kind::name).join(", ");
            fields.flaw("kind", format!("must be one of {names}"))
        })?,
        (None, Some(known)) => known.kind,
        (None, None) => return Err(fields.flaw("kind", "must be given")),
    };
    let (mut base_url, mut key_env) = place(&mut fields)?;
    for (name, item) in fields.named("environments")?.unwrap_or_default() {
        let mut special = item.fields()?;
        let (url, key) = place(&mut special)?;
        special.finish()?;
        if name == environment {
            (base_url, key_env) = (url.or(base_url), key.or(key_env));
        }
    }
    let base_url = base_url.or(known.as_ref().map(|known| known.base_url));
    let base_url = base_url.ok_or_else(|| fields.flaw("base_url", "must be given"))?;
    let key_header = fields.string("key_header")?;
    if let Some(problem) = key_header.and_then(|header| check_header(header, "").err()) {
        return Err(fields.flaw("key_header", problem));
    }
    let headers = read_headers(&mut fields)?;
    let prices = fields.named("prices")?.unwrap_or_default();
    let prices = prices.into_iter().map(|(model, item)| Ok((model, Price::read(item.fields()?)?)));
    let prices = prices.collect::<Result<_, _>>()?;
    let timeout_ms = fields.int("timeout_ms", 1, MAX_TIMEOUT_MS)?.map(|ms| ms as u32);
    fields.finish()?;
    let key_env = key_env.or(known.and_then(|known| known.key_env));
    Ok(Provider { name, kind, base_url, key_env, key_header, headers, prices, timeout_ms })
}

/// What differs between staging and production: where it is, and the name of its key.
fn place<'a>(fields: &mut Fields<'_, 'a>) -> Result<(Option<&'a str>, Option<&'a str>), Flaw> {
    let base_url = fields.string("base_url")?.map(|url| url.trim_end_matches('/'));
    let key_env = fields.string("key_env")?;
    if key_env.is_some_and(|name| !is_variable(name)) {
        return Err(fields.flaw("key_env", "must be the name of an environment variable or constant, never a key"));
    }
    Ok((base_url, key_env))
}

fn read_headers(provider: &mut Fields<'_, '_>) -> Result<Vec<(String, String)>, Flaw> {
    let mut headers = Vec::new();
    for (name, item) in provider.named("headers")?.unwrap_or_default() {
        let value = item.string()?;
        check_header(name, value).map_err(|problem| item.flaw(problem))?;
        headers.push((name.to_owned(), value.to_owned()));
    }
    Ok(headers)
}

/// A name that may stand in a log and on a screen.
pub fn is_name(name: &str) -> bool {
    (1..=100).contains(&name.len()) && !name.chars().any(char::is_control)
}

/// The name of a variable, which a key pasted by mistake rarely is. A SAPI's environment also holds what the client sent,
/// under names that begin with `HTTP_`.
pub fn is_variable(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && name.len() <= 128
        && !name.starts_with("HTTP_")
}
