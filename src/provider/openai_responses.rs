//! OpenAI's Responses interface: `POST {base_url}/responses`.
//!
//! What naive readers lose: the answer is the concatenation of the `output_text` parts of all `message` items; reasoning
//! and tool items may come first; a refusal is a part of its own; a message may be a mere comment (`phase`); a 200 may say
//! that the call failed. Only what is needed is parsed, borrowed from the body; the rest may have any shape.
//! Source: OpenAI's interface description, and the types of its Python client 3.54.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{Answer, Call, Endpoint, Event, Failure, Finish, HttpCall, Reader, Step, Usage as Count};
use crate::error::Fault;

/// Grows with each change to [`body`] or to what [`decode`] reads: cached answers of another version are misses.
pub const WIRE_VERSION: u32 = 1;

/// The JSON body. `store` is false: nothing of ours is kept on the other side.
pub fn body(call: &Call) -> Value {
    let input = match call.messages.as_slice() {
        [only] if only.role == super::Role::User => json!(only.content),
        messages => json!(messages),
    };
    let mut body = json!({ "model": call.model, "input": input, "store": false });
    if let Some(system) = &call.system {
        body["instructions"] = json!(system);
    }
    if let Some(max_tokens) = call.max_tokens {
        body["max_output_tokens"] = json!(max_tokens);
    }
    if let Some(temperature) = call.temperature {
        body["temperature"] = json!(temperature);
    }
    body
}

/// The HTTP request. The policy's own headers come last and so replace ours where they have the same name.
pub fn encode(call: &Call, _stream: bool, to: &Endpoint<'_>) -> HttpCall {
    let json = || "application/json".to_owned();
    let ours = [("content-type".to_owned(), json()), ("accept".to_owned(), json())];
    HttpCall {
        url: format!("{}/responses", to.base_url),
        headers: ours.into_iter().chain(to.headers.iter().cloned()).collect(),
        secret_header: to.key.map(|key| ("authorization".to_owned(), bearer(key))),
        body: body(call).to_string().into_bytes(),
    }
}

/// The header's value, in a string of exactly its size: one that had to grow or shrink would leave a copy of the key behind.
fn bearer(key: &SecretString) -> SecretString {
    let key = key.expose_secret();
    let mut value = String::with_capacity("Bearer ".len() + key.len());
    value.push_str("Bearer ");
    value.push_str(key);
    SecretString::from(value)
}

/// Reads an answer. A body without `usage` counts as no tokens: the answer is worth more than its bill.
pub fn decode(status: u16, body: &[u8]) -> Result<Answer, Failure> {
    match status {
        200..=299 => Ok(answer(body)?),
        _ => Err(refused(status, body).into()),
    }
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow)]
    error: Option<Problem<'a>>,
    #[serde(borrow)]
    incomplete_details: Option<Incomplete<'a>>,
    #[serde(borrow)]
    output: Option<Vec<Item<'a>>>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Problem<'a> {
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Incomplete<'a> {
    #[serde(borrow)]
    reason: Option<Cow<'a, str>>,
}

/// An item of the output. What is not a message may have fields of these names with any content, so they stay unread.
#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    phase: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

/// A part of a message, likewise.
#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    refusal: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
struct Usage {
    input_tokens: Option<u64>,
    input_tokens_details: Option<InputDetails>,
    output_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct InputDetails {
    cached_tokens: Option<u64>,
}

/// JSON of the right shape, or an answer that cannot be read.
fn parse<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, Fault> {
    serde_json::from_str(json).map_err(|_| Fault::Invalid)
}

/// A string that has to be there.
fn string(json: Option<&RawValue>) -> Result<Cow<'_, str>, Fault> {
    #[derive(Deserialize)]
    struct Borrowed<'a>(#[serde(borrow)] Cow<'a, str>);
    parse::<Borrowed<'_>>(json.ok_or(Fault::Invalid)?.get()).map(|string| string.0)
}

/// Reads the body of a 2xx.
fn answer(body: &[u8]) -> Result<Answer, Fault> {
    let body = std::str::from_utf8(body).map_err(|_| Fault::Invalid)?;
    let response: Response<'_> = parse(body)?;
    let reason = response.incomplete_details.as_ref().and_then(|details| details.reason.as_deref());
    let ending = match response.status.as_deref() {
        Some("completed") => Finish::Stop,
        Some("incomplete") if reason == Some("content_filter") => Finish::ContentFilter,
        Some("incomplete") => Finish::Length,
        Some("failed") => return Err(failed(response.error.as_ref())),
        None if response.error.is_some() => return Err(failed(response.error.as_ref())),
        None => Finish::Stop,
        Some(_) => return Err(Fault::Invalid),
    };
    let (text, refused) = text(&response.output.unwrap_or_default())?;
    if text.trim().is_empty() {
        return Err(match (ending, reason) {
            (Finish::Length, Some("max_output_tokens")) => Fault::Exhausted,
            (Finish::ContentFilter, _) => Fault::Rejected,
            _ => Fault::Invalid,
        });
    }
    let usage = response.usage.unwrap_or_default();
    let tokens = |count: Option<u64>| u32::try_from(count.unwrap_or(0)).unwrap_or(u32::MAX);
    Ok(Answer {
        text,
        finish: if refused { Finish::Refusal } else { ending },
        usage: Count {
            tokens_in: tokens(usage.input_tokens),
            tokens_in_cached: tokens(usage.input_tokens_details.and_then(|details| details.cached_tokens)),
            tokens_out: tokens(usage.output_tokens),
            tokens_reasoning: 0,
        },
    })
}

/// The text of the messages that are the answer, and whether it is a refusal.
fn text(output: &[Item<'_>]) -> Result<(String, bool), Fault> {
    let mut messages = Vec::new();
    for item in output.iter().filter(|item| item.kind == "message") {
        let phase = item.phase.map(|phase| string(Some(phase))).transpose()?;
        let parts: Vec<Part<'_>> = parse(item.content.ok_or(Fault::Invalid)?.get())?;
        messages.push((phase, parts));
    }
    // The final answer where one is marked as such, else what is not marked as a comment, else what there is.
    for wanted in
        [|phase: Option<&str>| phase == Some("final_answer"), |phase: Option<&str>| phase != Some("commentary")]
    {
        if messages.iter().any(|(phase, _)| wanted(phase.as_deref())) {
            messages.retain(|(phase, _)| wanted(phase.as_deref()));
        }
    }
    let (mut text, mut refusal) = (String::new(), String::new());
    for part in messages.iter().flat_map(|(_, parts)| parts) {
        match part.kind.as_ref() {
            "output_text" => text.push_str(&string(part.text)?),
            "refusal" => refusal.push_str(&string(part.refusal)?),
            _ => {}
        }
    }
    if refusal.trim().is_empty() { Ok((text, false)) } else { Ok((refusal, true)) }
}

/// What a 200 means that says `failed`.
fn failed(error: Option<&Problem<'_>>) -> Fault {
    match error.and_then(|error| error.code.as_deref()).unwrap_or_default() {
        "rate_limit_exceeded" => Fault::Busy,
        code if is_permanent(code) => Fault::NoCredit,
        code if code.starts_with("invalid_") || code.contains("image") || code.contains("policy") => Fault::Rejected,
        _ => Fault::Unavailable,
    }
}

/// What a status other than 2xx means.
fn refused(status: u16, body: &[u8]) -> Fault {
    match status {
        401 | 403 => Fault::Auth,
        402 => Fault::NoCredit,
        429 if error_names(body).iter().any(|name| is_permanent(name)) => Fault::NoCredit,
        429 => Fault::Busy,
        408 | 409 => Fault::Unavailable,
        400..=499 => Fault::Rejected,
        500..=599 => Fault::Unavailable,
        _ => Fault::Redirect,
    }
}

/// `error.code` and `error.type`, where they are strings.
fn error_names(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    ["/error/code", "/error/type"].iter().filter_map(|path| body.pointer(path)?.as_str()).map(str::to_owned).collect()
}

/// A limit that does not pass by itself.
fn is_permanent(code: &str) -> bool {
    matches!(
        code,
        "insufficient_quota" | "credit_balance_exhausted" | "billing_hard_limit_reached" | "billing_not_active"
    ) || code.ends_with("spend_limit_exceeded")
        || code.ends_with("usage_limit_exceeded")
}

/// Folds a stream.
#[derive(Debug, Default)]
pub struct StreamReader;

impl Reader for StreamReader {
    fn event(&mut self, _event: &Event<'_>) -> Result<Step, Failure> {
        Err(Fault::Invalid.into())
    }

    fn is_complete(&self) -> bool {
        false
    }

    fn finish(&mut self) -> Result<Answer, Failure> {
        Err(Fault::Incomplete.into())
    }

    fn usage(&self) -> Count {
        Count::default()
    }
}

#[cfg(test)]
mod tests;
