//! OpenAI's Responses interface: `POST {base_url}/responses`.
//!
//! What naive readers lose: the answer is the concatenation of the parts of all `message` items; reasoning and tool items
//! may come first; a refusal is a part of its own; a message may be a mere comment (`phase`); a 200 may say that the call
//! failed. Only what is needed is parsed, borrowed from the body; the rest may have any shape.
//! Source: OpenAI's interface description, and the types of its Python client 3.54.

pub mod background;
pub(super) mod stream;

pub use stream::StreamReader;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{Draft, End};
use super::wire::{self, Str, parse, string, tokens, utf8};
use super::{Answer, Call, Endpoint, Failure, HttpCall, Role, Usage as Count, errors, structured};
use crate::error::Fault;

/// Grows with each change to [`body`] or to what [`decode`] reads: cached answers of another version are misses.
pub const WIRE_VERSION: u32 = 2;

/// The JSON body. `store` is false: nothing of ours is kept on the other side.
pub fn body(call: &Call) -> Value {
    let input = match call.messages.as_slice() {
        [only] if only.role == Role::User => json!(only.content),
        // The type may be left out, but then llama.cpp takes no turn of the assistant's for a message.
        messages => messages
            .iter()
            .map(|turn| json!({ "type": "message", "role": turn.role, "content": turn.content }))
            .collect(),
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
    if let Some(schema) = &call.schema {
        let strict = structured::is_strict(schema);
        body["text"] = json!({
            "format": { "type": "json_schema", "name": structured::NAME, "schema": schema, "strict": strict }
        });
    }
    body
}

/// The HTTP request. Azure's hosts get the key in `api-key`.
pub fn encode(call: &Call, stream: bool, to: &Endpoint<'_>) -> HttpCall {
    let mut body = body(call);
    if stream {
        body["stream"] = json!(true);
    }
    wire::post(to, "/responses", wire::openai_key(to.base_url), stream, &body)
}

/// Reads an answer. A body without `usage` counts as no tokens: the answer is worth more than its bill.
pub fn decode(status: u16, body: &[u8]) -> Result<Answer, Failure> {
    match status {
        200..=299 => {
            let mut draft = Draft::default();
            parse::<Response<'_>>(utf8(body)?)?.read(&mut draft)?;
            draft.finish()
        }
        _ => Err(errors::refused(status, body)),
    }
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    status: Option<Str<'a>>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    incomplete_details: Option<Incomplete<'a>>,
    #[serde(borrow)]
    output: Option<Vec<Item<'a>>>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Incomplete<'a> {
    #[serde(borrow)]
    reason: Option<Str<'a>>,
}

/// An item of the output. What is not a message may have fields of these names with any content, so they stay unread.
#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    phase: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

/// A part of a message, likewise.
#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    refusal: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Usage {
    input_tokens: Option<u64>,
    input_tokens_details: Option<InputDetails>,
    output_tokens: Option<u64>,
    output_tokens_details: Option<OutputDetails>,
}

#[derive(Deserialize)]
struct InputDetails {
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct OutputDetails {
    reasoning_tokens: Option<u64>,
}

impl Response<'_> {
    /// Reads it into an empty draft, the usage first: it counts also where there is no answer.
    fn read(&self, draft: &mut Draft) -> Result<(), Failure> {
        if let Some(usage) = &self.usage {
            draft.usage = usage.count();
        }
        if self.error.is_some_and(|error| !error.get().starts_with('{')) {
            return Err(Fault::Invalid.into());
        }
        let reason = self.incomplete_details.as_ref().and_then(|details| details.reason.as_deref());
        draft.end(match self.status.as_deref() {
            Some("completed") => End::STOP,
            Some("incomplete") if reason == Some("content_filter") => End::FILTER,
            Some("incomplete") if reason == Some("max_output_tokens") => End::LENGTH,
            Some("incomplete") => End::CUT,
            None if self.error.is_none() => End::STOP,
            None | Some("failed") => return Err(errors::reported(self.error.map_or("{}", RawValue::get))),
            Some(_) => return Err(Fault::Invalid.into()),
        });
        self.read_text(draft).map_err(Failure::from)
    }

    /// Reads the messages that are the answer: all but the comments, and those too where there is nothing else.
    fn read_text(&self, draft: &mut Draft) -> Result<(), Fault> {
        let mut messages = Vec::new();
        for item in self.output.iter().flatten().filter(|item| &*item.kind == "message") {
            let parts: Vec<Part<'_>> = parse(item.content.ok_or(Fault::Invalid)?.get())?;
            messages.push((item.is_comment()?, parts));
        }
        if messages.iter().any(|(is_comment, _)| !is_comment) {
            messages.retain(|(is_comment, _)| !is_comment);
        }
        for part in messages.iter().flat_map(|(_, parts)| parts) {
            match &*part.kind {
                "output_text" => draft.push(&string(part.text)?),
                "refusal" => draft.refuse(&string(part.refusal)?),
                _ => {}
            }
        }
        Ok(())
    }
}

impl Item<'_> {
    fn is_comment(&self) -> Result<bool, Fault> {
        Ok(match self.phase {
            Some(phase) => string(Some(phase))? == "commentary",
            None => false,
        })
    }
}

impl Usage {
    fn count(&self) -> Count {
        Count {
            tokens_in: tokens(self.input_tokens),
            tokens_in_cached: tokens(self.input_tokens_details.as_ref().and_then(|details| details.cached_tokens)),
            tokens_out: tokens(self.output_tokens),
            tokens_reasoning: tokens(self.output_tokens_details.as_ref().and_then(|details| details.reasoning_tokens)),
        }
    }
}

#[cfg(test)]
mod tests;
