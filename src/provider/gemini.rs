//! Google's Gemini: `POST {base_url}/models/{model}:generateContent`, and `:streamGenerateContent?alt=sse`.
//!
//! The model stands in the path. A blocked prompt is a 200 without candidates; thoughts are parts like any other, marked as
//! such, and are counted apart. Each event of a stream is a response with a part of the text; there is no end mark, and the
//! finish reason makes the answer whole.
//! Source: Google's description of the Gemini API, and the types of its Python client 3.4.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::draft::{Draft, End};
use super::wire::{self, KeyHeader, Str, parse, tokens};
use super::{Answer, Call, Endpoint, Event, Failure, HttpCall, Reader, Role, Step, Usage as Count, errors};
use crate::error::Fault;

/// Grows with each change to [`body`] or to what [`decode`] reads: cached answers of another version are misses.
pub const WIRE_VERSION: u32 = 1;

/// What need not be encoded in a segment of a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The JSON body.
pub fn body(call: &Call) -> Value {
    let is_system = |role: Role| role == Role::System;
    let part = |text: &str| json!({ "text": text });
    let of_conversation =
        call.messages.iter().filter(|message| is_system(message.role)).map(|message| &message.content);
    let system: Vec<Value> = call.system.iter().chain(of_conversation).map(|text| part(text)).collect();
    let contents: Vec<Value> = call
        .messages
        .iter()
        .filter(|message| !is_system(message.role))
        .map(|message| {
            let role = if message.role == Role::Assistant { "model" } else { "user" };
            json!({ "role": role, "parts": [part(&message.content)] })
        })
        .collect();
    let mut body = json!({ "contents": contents });
    if !system.is_empty() {
        body["systemInstruction"] = json!({ "parts": system });
    }
    let mut config = Map::new();
    if let Some(max_tokens) = call.max_tokens {
        config.insert("maxOutputTokens".to_owned(), json!(max_tokens));
    }
    if let Some(temperature) = call.temperature {
        config.insert("temperature".to_owned(), json!(temperature));
    }
    if let Some(schema) = &call.schema {
        config.insert("responseMimeType".to_owned(), json!("application/json"));
        config.insert("responseJsonSchema".to_owned(), schema.clone());
    }
    if !config.is_empty() {
        body["generationConfig"] = Value::Object(config);
    }
    body
}

/// The HTTP request. A model's name cannot leave its segment of the path.
pub fn encode(call: &Call, stream: bool, to: &Endpoint<'_>) -> HttpCall {
    let name = call.model.strip_prefix("models/").unwrap_or(&call.model);
    let method = if stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
    // A segment of dots alone would be taken for a step in the path; followed by a colon it is not.
    let path = format!("/models/{}:{method}", utf8_percent_encode(name, SEGMENT));
    wire::post(to, &path, KeyHeader::Bare("x-goog-api-key"), stream, &body(call))
}

/// Reads an answer.
pub fn decode(status: u16, body: &[u8]) -> Result<Answer, Failure> {
    if !(200..=299).contains(&status) {
        return Err(errors::refused(status, body));
    }
    let mut draft = Draft::default();
    take(wire::utf8(body)?, &mut draft)?;
    draft.finish().map_err(|failure| match failure.fault {
        Fault::Incomplete => Fault::Invalid.into(),
        _ => failure,
    })
}

/// A whole answer, or a part of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    candidates: Option<Vec<Candidate<'a>>>,
    #[serde(borrow)]
    prompt_feedback: Option<Feedback<'a>>,
    usage_metadata: Option<Usage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback<'a> {
    #[serde(borrow)]
    block_reason: Option<Str<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    index: Option<u64>,
    #[serde(borrow)]
    content: Option<Content<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    parts: Option<Vec<Part<'a>>>,
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
    thought: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    prompt_token_count: Option<u64>,
    cached_content_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
}

impl From<Usage> for Count {
    fn from(usage: Usage) -> Self {
        let said = tokens(usage.candidates_token_count);
        let thought = tokens(usage.thoughts_token_count);
        Self {
            tokens_in: tokens(usage.prompt_token_count),
            tokens_in_cached: tokens(usage.cached_content_token_count),
            tokens_out: said.saturating_add(thought),
            tokens_reasoning: thought,
        }
    }
}

/// Adds to a draft what a response holds of the first candidate.
fn take(json: &str, draft: &mut Draft) -> Result<(), Failure> {
    let response: Response<'_> = parse(json)?;
    if errors::is_error(response.error) {
        return Err(errors::reported(json));
    }
    if let Some(usage) = response.usage_metadata {
        draft.usage = usage.into();
    }
    if response.prompt_feedback.is_some_and(|feedback| feedback.block_reason.is_some()) {
        return Err(Fault::ContentRefused.into());
    }
    let candidates = response.candidates.into_iter().flatten();
    for candidate in candidates.filter(|candidate| candidate.index.unwrap_or(0) == 0) {
        let parts = candidate.content.and_then(|content| content.parts).into_iter().flatten();
        for part in parts.filter(|part| part.thought != Some(true)) {
            draft.push(part.text.as_deref().unwrap_or_default());
        }
        match candidate.finish_reason.as_deref() {
            None | Some("" | "FINISH_REASON_UNSPECIFIED") => {}
            Some("STOP") => draft.end(End::STOP),
            Some("MAX_TOKENS") => draft.end(End::LENGTH),
            Some("SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE") => {
                draft.end(End::FILTER);
            }
            Some(_) => draft.end(End::STOPPED),
        }
    }
    Ok(())
}

/// Folds a stream.
#[derive(Debug, Default)]
pub struct StreamReader {
    draft: Draft,
}

impl Reader for StreamReader {
    fn event(&mut self, event: &Event<'_>) -> Result<Step, Failure> {
        let before = self.draft.text().len();
        take(event.data, &mut self.draft)?;
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
