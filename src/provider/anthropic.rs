//! Anthropic's Messages interface: `POST {base_url}/messages`.
//!
//! The version is pinned, because a later one refuses sampling parameters. `max_tokens` is required, so a call without one
//! gets a default; instructions stand apart from the conversation; thinking is no answer. The input is counted in three
//! parts: read, written to the cache, read from it. A stream can fail after a 200.
//! Source: Anthropic's interface description, and the types of its Python client 2.12.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, json};

use super::draft::{Draft, End};
use super::wire::{self, KeyHeader, parse, tokens};
use super::{Answer, Call, Endpoint, Event, Failure, HttpCall, Reader, Role, Step, Usage as Count, errors, structured};
use crate::error::Fault;

/// Grows with each change to [`body`] or to what [`decode`] reads: cached answers of another version are misses.
pub const WIRE_VERSION: u32 = 1;

const VERSION: &str = "2023-06-01";
/// The `max_tokens` of a call that has none.
const MAX_TOKENS: u32 = 4_096;

/// The JSON body. A temperature above 1 goes out as 1, the most that there is here.
pub fn body(call: &Call) -> Value {
    let is_system = |role: Role| role == Role::System;
    let of_conversation =
        call.messages.iter().filter(|message| is_system(message.role)).map(|message| &message.content);
    let system: Vec<&str> = call.system.iter().chain(of_conversation).map(String::as_str).collect();
    let messages: Vec<Value> =
        call.messages.iter().filter(|message| !is_system(message.role)).map(|message| json!(message)).collect();
    let mut body = json!({
        "model": call.model, "max_tokens": call.max_tokens.unwrap_or(MAX_TOKENS), "messages": messages,
    });
    if !system.is_empty() {
        body["system"] = json!(system.join("\n\n"));
    }
    if let Some(temperature) = call.temperature {
        body["temperature"] = json!(temperature.min(1.0));
    }
    if let Some(schema) = &call.schema {
        let format = json!({ "type": "json_schema", "schema": structured::for_anthropic(schema) });
        body["output_config"] = json!({ "format": format });
    }
    body
}

/// The HTTP request.
pub fn encode(call: &Call, stream: bool, to: &Endpoint<'_>) -> HttpCall {
    let mut body = body(call);
    if stream {
        body["stream"] = json!(true);
    }
    let mut http = wire::post(to, "/messages", KeyHeader::Bare("x-api-key"), stream, &body);
    // First, so that a header of the policy's own replaces it.
    http.headers.insert(0, ("anthropic-version".to_owned(), VERSION.to_owned()));
    http
}

/// Reads an answer.
pub fn decode(status: u16, body: &[u8]) -> Result<Answer, Failure> {
    if !(200..=299).contains(&status) {
        return Err(errors::refused(status, body));
    }
    let body = wire::utf8(body)?;
    let message: Message<'_> = parse(body)?;
    if message.kind.as_deref() == Some("error") {
        return Err(errors::reported(body));
    }
    let mut draft = Draft::default();
    for block in message.content.ok_or(Fault::Invalid)? {
        if block.kind == "text" {
            draft.push(&block.text.ok_or(Fault::Invalid)?);
        }
    }
    count(message.usage.as_ref(), &mut draft);
    let reason = message.stop_reason.ok_or(Fault::Invalid)?;
    stop(&reason, &mut draft);
    draft.finish()
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    content: Option<Vec<Block<'a>>>,
    #[serde(borrow)]
    stop_reason: Option<Cow<'a, str>>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
}

/// Takes a count over; what it does not name stays as it was, because a stream counts the input first and the output last.
fn count(usage: Option<&Usage>, draft: &mut Draft) {
    let Some(usage) = usage else { return };
    if let Some(read) = usage.input_tokens {
        let cached = usage.cache_read_input_tokens;
        let all =
            read.saturating_add(usage.cache_creation_input_tokens.unwrap_or(0)).saturating_add(cached.unwrap_or(0));
        draft.usage.tokens_in = tokens(Some(all));
        draft.usage.tokens_in_cached = tokens(cached);
    }
    if usage.output_tokens.is_some() {
        draft.usage.tokens_out = tokens(usage.output_tokens);
    }
}

fn stop(reason: &str, draft: &mut Draft) {
    draft.end(match reason {
        "max_tokens" => End::LENGTH,
        "model_context_window_exceeded" => End::CONTEXT,
        "refusal" => End::REFUSAL,
        _ => End::STOP,
    });
}

/// Folds a stream.
#[derive(Debug, Default)]
pub struct StreamReader {
    draft: Draft,
}

#[derive(Deserialize)]
struct StreamEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    message: Option<Message<'a>>,
    #[serde(borrow)]
    content_block: Option<Block<'a>>,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    text: Option<String>,
    #[serde(borrow)]
    stop_reason: Option<Cow<'a, str>>,
}

impl Reader for StreamReader {
    fn event(&mut self, event: &Event<'_>) -> Result<Step, Failure> {
        let parsed: StreamEvent<'_> = parse(event.data)?;
        let before = self.draft.text().len();
        match parsed.kind.as_ref() {
            "message_start" => {
                count(parsed.message.as_ref().ok_or(Fault::Invalid)?.usage.as_ref(), &mut self.draft);
            }
            "content_block_start" => {
                let block = parsed.content_block.ok_or(Fault::Invalid)?;
                if block.kind == "text" {
                    self.draft.push(block.text.as_deref().unwrap_or_default());
                }
            }
            "content_block_delta" => {
                let delta = parsed.delta.ok_or(Fault::Invalid)?;
                if delta.kind.as_deref() == Some("text_delta") {
                    self.draft.push(&delta.text.ok_or(Fault::Invalid)?);
                }
            }
            "message_delta" => {
                count(parsed.usage.as_ref(), &mut self.draft);
                if let Some(reason) = parsed.delta.and_then(|delta| delta.stop_reason) {
                    stop(&reason, &mut self.draft);
                }
            }
            "message_stop" => return Ok(Step::Over),
            "error" => return Err(errors::reported(event.data)),
            _ => {}
        }
        Ok(self.draft.since(before))
    }

    fn is_complete(&self) -> bool {
        self.draft.is_ended()
    }

    fn finish(&mut self) -> Result<Answer, Failure> {
        self.draft.finish()
    }

    fn usage(&self) -> Count {
        self.draft.usage
    }
}

#[cfg(test)]
mod tests;
