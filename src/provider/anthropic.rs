//! Anthropic's Messages: `POST {base_url}/messages`, where `base_url` ends with `/v1`.
//!
//! The version is pinned: a newer one refuses `temperature`. `max_tokens` must be there, so a call without one asks for
//! [`DEFAULT_MAX_TOKENS`]. Temperatures go to 1 only; what is above counts as 1, since a request may not fail by the
//! provider that it is routed to. System messages inside the conversation join the `system` field. Messages of one role
//! may follow each other. Thinking is no part of the answer.
//! Source: Anthropic's interface description, and the types of its Python client 2.12.

pub(super) mod batch;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{Draft, End};
use super::wire::{self, KeyHeader, Str, parse, string, tokens, utf8};
use super::{Answer, Call, Endpoint, Event, Failure, HttpCall, Reader, Step, Usage as Count, errors, structured};
use crate::error::Fault;

/// Grows with each change to [`body`] or to what [`decode`] reads: cached answers of another version are misses.
pub const WIRE_VERSION: u32 = 1;

/// The most tokens that an answer may have where the call does not say. Every model of theirs can write that much.
pub const DEFAULT_MAX_TOKENS: u32 = 4096;

const VERSION: &str = "2023-06-01";

/// The JSON body.
pub fn body(call: &Call) -> Value {
    let (system, messages) = call.split_system();
    let mut body = json!({
        "model": call.model,
        "max_tokens": call.max_tokens.unwrap_or(DEFAULT_MAX_TOKENS),
        "messages": messages,
    });
    if let Some(system) = system {
        body["system"] = json!(system);
    }
    if let Some(temperature) = call.temperature {
        body["temperature"] = json!(temperature.min(1.0));
    }
    if let Some(schema) = &call.schema {
        let schema = structured::for_anthropic(schema);
        body["output_config"] = json!({ "format": { "type": "json_schema", "schema": schema } });
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
    http.headers.insert(0, ("anthropic-version".into(), VERSION.into()));
    http
}

/// Reads an answer. A body without `usage` counts as no tokens.
pub fn decode(status: u16, body: &[u8]) -> Result<Answer, Failure> {
    match status {
        200..=299 => whole(utf8(body)?),
        _ => Err(errors::refused(status, body)),
    }
}

/// A whole message, or what begins a stream.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<Vec<Block<'a>>>,
    #[serde(borrow)]
    stop_reason: Option<Str<'a>>,
    usage: Option<Usage>,
}

/// A block of content, or a delta of one. What is not text may have any shape.
#[derive(Deserialize)]
struct Block<'a> {
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
}

/// A count, which in a stream replaces the one before it, field by field.
#[derive(Debug, Default, Deserialize)]
struct Usage {
    input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    output_tokens_details: Option<OutputDetails>,
}

#[derive(Debug, Deserialize)]
struct OutputDetails {
    thinking_tokens: Option<u64>,
}

impl Usage {
    fn update(&mut self, newer: Self) {
        self.input_tokens = newer.input_tokens.or(self.input_tokens);
        self.cache_creation_input_tokens = newer.cache_creation_input_tokens.or(self.cache_creation_input_tokens);
        self.cache_read_input_tokens = newer.cache_read_input_tokens.or(self.cache_read_input_tokens);
        self.output_tokens = newer.output_tokens.or(self.output_tokens);
        self.output_tokens_details = newer.output_tokens_details.or(self.output_tokens_details.take());
    }

    fn count(&self) -> Count {
        let input = [self.input_tokens, self.cache_creation_input_tokens, self.cache_read_input_tokens];
        Count {
            tokens_in: input.into_iter().map(tokens).fold(0, u32::saturating_add),
            tokens_in_cached: tokens(self.cache_read_input_tokens),
            tokens_out: tokens(self.output_tokens),
            tokens_reasoning: tokens(self.output_tokens_details.as_ref().and_then(|details| details.thinking_tokens)),
        }
    }
}

/// Reads the body of a 2xx.
fn whole(json: &str) -> Result<Answer, Failure> {
    let message: Message<'_> = parse(json)?;
    if message.error.is_some() {
        return Err(errors::reported(json));
    }
    let mut draft = Draft::default();
    draft.usage = message.usage.unwrap_or_default().count();
    for block in message.content.iter().flatten().filter(|block| &*block.kind == "text") {
        draft.push(&string(block.text)?);
    }
    draft.end(message.stop_reason.as_deref().map_or(End::STOP, ending));
    draft.finish()
}

/// Why it ended. New reasons for an ordinary end come now and then, so what is unknown is one.
fn ending(reason: &str) -> End {
    match reason {
        "max_tokens" => End::LENGTH,
        "model_context_window_exceeded" => End::CONTEXT,
        "refusal" => End::REFUSAL,
        _ => End::STOP,
    }
}

/// An event. Fields have a meaning only in the events that are looked at, so they stay unread until then.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Str<'a>>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    content_block: Option<&'a RawValue>,
    #[serde(borrow)]
    delta: Option<&'a RawValue>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    stop_reason: Option<Str<'a>>,
}

/// Folds a stream.
#[derive(Debug, Default)]
pub struct StreamReader {
    draft: Draft,
    usage: Usage,
}

impl Reader for StreamReader {
    fn event(&mut self, event: &Event<'_>) -> Result<Step, Failure> {
        let line: Line<'_> = parse(event.data)?;
        let start = self.draft.text().len();
        match line.kind.as_deref().unwrap_or(event.name) {
            "message_start" => {
                let message: Message<'_> = parse(line.message.ok_or(Fault::Invalid)?.get())?;
                self.count(message.usage);
            }
            "content_block_start" => self.block(line.content_block, "text")?,
            "content_block_delta" => self.block(line.delta, "text_delta")?,
            "message_delta" => {
                let delta: Delta<'_> = parse(line.delta.ok_or(Fault::Invalid)?.get())?;
                self.count(line.usage.map(|usage| parse(usage.get())).transpose()?);
                if let Some(reason) = &delta.stop_reason {
                    self.draft.end(ending(reason));
                }
            }
            "message_stop" => return Ok(Step::Over),
            "error" => return Err(errors::reported(event.data)),
            _ => {}
        }
        Ok(self.draft.since(start))
    }

    fn draft(&self) -> &Draft {
        &self.draft
    }

    fn draft_mut(&mut self) -> &mut Draft {
        &mut self.draft
    }
}

impl StreamReader {
    fn count(&mut self, newer: Option<Usage>) {
        self.usage.update(newer.unwrap_or_default());
        self.draft.usage = self.usage.count();
    }

    fn block(&mut self, block: Option<&RawValue>, kind: &str) -> Result<(), Fault> {
        let block: Block<'_> = parse(block.ok_or(Fault::Invalid)?.get())?;
        if &*block.kind == kind {
            self.draft.push(&string(block.text)?);
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests;
