//! OpenAI's Responses interface: `POST {base_url}/responses`.
//!
//! What naive readers lose: the answer is the concatenation of the `output_text` parts of all `message` items; reasoning
//! and tool items may come first; a refusal is a part of its own; a message may be a mere comment (`phase`); a 200 may say
//! that the call failed, and a stream too. Only what is needed is parsed, borrowed from the body; the rest may have any shape.
//! Source: OpenAI's interface description, and the types of its Python client 3.54.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{Draft, End};
use super::wire::{self, parse, string, tokens};
use super::{Answer, Call, Endpoint, Event, Failure, HttpCall, Reader, Step, Usage as Count, errors, structured};
use crate::error::Fault;

/// Grows with each change to [`body`] or to what [`decode`] reads: cached answers of another version are misses.
pub const WIRE_VERSION: u32 = 2;

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
    if let Some(schema) = &call.schema {
        let (name, strict) = (structured::NAME, structured::is_strict(schema));
        let format = json!({ "type": "json_schema", "name": name, "schema": schema, "strict": strict });
        body["text"] = json!({ "format": format });
    }
    body
}

/// The HTTP request.
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
        200..=299 => response(wire::utf8(body)?)?.finish(),
        _ => Err(errors::refused(status, body)),
    }
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
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

impl From<Usage> for Count {
    fn from(usage: Usage) -> Self {
        Self {
            tokens_in: tokens(usage.input_tokens),
            tokens_in_cached: tokens(usage.input_tokens_details.and_then(|details| details.cached_tokens)),
            tokens_out: tokens(usage.output_tokens),
            tokens_reasoning: tokens(usage.output_tokens_details.and_then(|details| details.reasoning_tokens)),
        }
    }
}

/// Reads a whole response into a draft that has ended.
fn response(json: &str) -> Result<Draft, Failure> {
    let response: Response<'_> = parse(json)?;
    let mut draft = Draft::default();
    draft.usage = response.usage.map(Count::from).unwrap_or_default();
    let reason = response.incomplete_details.as_ref().and_then(|details| details.reason.as_deref());
    let failed = errors::is_error(response.error);
    if failed && !response.error.is_some_and(|error| error.get().starts_with('{')) {
        return Err(Fault::Invalid.into());
    }
    draft.end(match response.status.as_deref() {
        Some("completed") => End::STOP,
        Some("incomplete") => match reason {
            Some("content_filter") => End::FILTER,
            Some("max_output_tokens") => End::LENGTH,
            _ => End::CUT,
        },
        None if !failed => End::STOP,
        Some("failed") | None => return Err(errors::reported(response.error.map_or("{}", RawValue::get))),
        Some(_) => return Err(Fault::Invalid.into()),
    });
    text(&response.output.unwrap_or_default(), &mut draft)?;
    Ok(draft)
}

/// The text of the messages that are the answer: the final answer where one is marked as such, else what is not marked as
/// a comment, else what there is. A refusal stands for all of it.
fn text(output: &[Item<'_>], draft: &mut Draft) -> Result<(), Fault> {
    let mut messages = Vec::new();
    for item in output.iter().filter(|item| item.kind == "message") {
        let phase = item.phase.filter(|phase| phase.get() != "null").map(|phase| string(Some(phase))).transpose()?;
        let parts: Vec<Part<'_>> = parse(item.content.ok_or(Fault::Invalid)?.get())?;
        messages.push((phase, parts));
    }
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
    if refusal.trim().is_empty() {
        draft.push(&text)
    } else {
        draft.refuse(&refusal)
    }
    Ok(())
}

/// Folds a stream. Its last event holds the whole response, which counts; what was told before must be the same text.
#[derive(Debug, Default)]
pub struct StreamReader {
    /// The text that was passed on.
    told: String,
    /// The items that are comments, by their place in the output.
    comments: Vec<u64>,
    response: Draft,
}

#[derive(Deserialize)]
struct StreamEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    output_index: Option<u64>,
    #[serde(borrow)]
    delta: Option<&'a RawValue>,
    #[serde(borrow)]
    item: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
}

impl Reader for StreamReader {
    fn event(&mut self, event: &Event<'_>) -> Result<Step, Failure> {
        if event.data == "[DONE]" {
            return Ok(Step::Nothing);
        }
        let parsed: StreamEvent<'_> = parse(event.data)?;
        match parsed.kind.as_ref() {
            "response.output_text.delta" | "response.refusal.delta" => {
                let delta = string(parsed.delta)?;
                if delta.is_empty() || parsed.output_index.is_some_and(|index| self.comments.contains(&index)) {
                    return Ok(Step::Nothing);
                }
                self.told.push_str(&delta);
                Ok(Step::Delta(delta.into_owned()))
            }
            "response.output_item.added" => {
                let item: Item<'_> = parse(parsed.item.ok_or(Fault::Invalid)?.get())?;
                let is_comment = item.phase.is_some_and(|phase| phase.get() == "\"commentary\"");
                self.comments.extend(parsed.output_index.filter(|_| is_comment));
                Ok(Step::Nothing)
            }
            "response.completed" | "response.incomplete" => {
                self.response = response(parsed.response.ok_or(Fault::Invalid)?.get())?;
                let told = self.told.len();
                if !self.response.text().starts_with(&self.told) {
                    return Err(Fault::Invalid.into());
                }
                Ok(match self.response.since(told) {
                    Step::Nothing => Step::Over,
                    // Comments that stand for the answer, because there is no other.
                    rest => rest,
                })
            }
            "response.failed" => {
                let failed: Response<'_> = parse(parsed.response.ok_or(Fault::Invalid)?.get())?;
                self.response.usage = failed.usage.map(Count::from).unwrap_or_default();
                Err(errors::reported(failed.error.map_or("{}", RawValue::get)))
            }
            "error" => Err(errors::reported(event.data)),
            _ => Ok(Step::Nothing),
        }
    }

    fn is_complete(&self) -> bool {
        self.response.is_ended()
    }

    fn finish(&mut self) -> Result<Answer, Failure> {
        self.response.finish()
    }

    fn usage(&self) -> Count {
        self.response.usage
    }
}

#[cfg(test)]
mod tests;
