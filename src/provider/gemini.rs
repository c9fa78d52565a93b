//! Google's Gemini: `POST {base_url}/models/{model}:generateContent`, where `base_url` ends with `/v1beta`.
//!
//! An answer is the text of the first candidate's parts, without those that are thoughts; a blocked prompt has none. A
//! stream is a sequence of such answers, has no end mark, and may name a reason to end in each of them. System messages
//! inside the conversation join the `systemInstruction`.
//! Source: Google's interface description, and the types of its Python client 3.4.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{Draft, End};
use super::wire::{self, KeyHeader, Str, parse, tokens, utf8};
use super::{Answer, Call, Endpoint, Event, Failure, HttpCall, Reader, Role, Step, Usage as Count, errors};
use crate::error::Fault;

/// Grows with each change to [`body`] or to what [`decode`] reads: cached answers of another version are misses.
pub const WIRE_VERSION: u32 = 1;

/// All that is not unreserved (RFC 3986), so that a model's name cannot leave its place in the path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The JSON body, the same for whole and streamed answers.
pub fn body(call: &Call) -> Value {
    let (system, messages) = call.split_system();
    let content = |message: &&super::Message| {
        let role = if message.role == Role::Assistant { "model" } else { "user" };
        json!({ "role": role, "parts": [{ "text": message.content }] })
    };
    let mut body = json!({ "contents": messages.iter().map(content).collect::<Vec<_>>() });
    if let Some(system) = system {
        body["systemInstruction"] = json!({ "parts": [{ "text": system }] });
    }
    if let Some(max_tokens) = call.max_tokens {
        body["generationConfig"]["maxOutputTokens"] = json!(max_tokens);
    }
    if let Some(temperature) = call.temperature {
        body["generationConfig"]["temperature"] = json!(temperature);
    }
    if let Some(schema) = &call.schema {
        body["generationConfig"]["responseMimeType"] = json!("application/json");
        body["generationConfig"]["responseJsonSchema"] = schema.clone();
    }
    body
}

/// The HTTP request. The model stands in the path, with or without Google's own prefix `models/`.
pub fn encode(call: &Call, stream: bool, to: &Endpoint<'_>) -> HttpCall {
    let model = call.model.strip_prefix("models/").unwrap_or(&call.model);
    let model = utf8_percent_encode(model, SEGMENT);
    let verb = if stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
    wire::post(to, &format!("/models/{model}:{verb}"), KeyHeader::Bare("x-goog-api-key"), stream, &body(call))
}

/// Reads an answer: the first candidate. A body without `usageMetadata` counts as no tokens.
pub fn decode(status: u16, body: &[u8]) -> Result<Answer, Failure> {
    match status {
        200..=299 => {
            let mut reader = StreamReader::default();
            reader.read(utf8(body)?)?;
            // A body that is whole needs no reason to end.
            if !reader.draft.is_ended() {
                reader.draft.end(End::STOP);
            }
            reader.draft.finish()
        }
        _ => Err(errors::refused(status, body)),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Chunk<'a> {
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
    text: Option<Str<'a>>,
    thought: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback<'a> {
    #[serde(borrow)]
    block_reason: Option<Str<'a>>,
}

/// A count, which in a stream replaces the one before it, field by field.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    prompt_token_count: Option<u64>,
    cached_content_token_count: Option<u64>,
    candidates_token_count: Option<u64>,
    thoughts_token_count: Option<u64>,
}

impl Usage {
    fn update(&mut self, newer: &Self) {
        self.prompt_token_count = newer.prompt_token_count.or(self.prompt_token_count);
        self.cached_content_token_count = newer.cached_content_token_count.or(self.cached_content_token_count);
        self.candidates_token_count = newer.candidates_token_count.or(self.candidates_token_count);
        self.thoughts_token_count = newer.thoughts_token_count.or(self.thoughts_token_count);
    }

    fn count(&self) -> Count {
        Count {
            tokens_in: tokens(self.prompt_token_count),
            tokens_in_cached: tokens(self.cached_content_token_count),
            tokens_out: tokens(self.candidates_token_count).saturating_add(tokens(self.thoughts_token_count)),
            tokens_reasoning: tokens(self.thoughts_token_count),
        }
    }
}

/// Why it ended; nothing for a reason that is none. What a reason of tools means for an answer is that there is none.
fn ending(reason: &str) -> Result<Option<End>, Fault> {
    Ok(Some(match reason {
        "FINISH_REASON_UNSPECIFIED" => return Ok(None),
        "STOP" => End::STOP,
        "MAX_TOKENS" => End::LENGTH,
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE" => End::FILTER,
        reason
            if reason.starts_with("MALFORMED_") || reason.ends_with("TOOL_CALL") || reason.ends_with("TOOL_CALLS") =>
        {
            return Err(Fault::Invalid);
        }
        _ => End::STOPPED,
    }))
}

/// Folds a stream.
#[derive(Debug, Default)]
pub struct StreamReader {
    draft: Draft,
    usage: Usage,
}

impl StreamReader {
    /// Reads a whole answer or the next chunk.
    fn read(&mut self, json: &str) -> Result<(), Failure> {
        let chunk: Chunk<'_> = parse(json)?;
        if let Some(usage) = &chunk.usage_metadata {
            self.usage.update(usage);
            self.draft.usage = self.usage.count();
        }
        if chunk.error.is_some() {
            return Err(errors::reported(json));
        }
        let blocked = chunk.prompt_feedback.and_then(|feedback| feedback.block_reason);
        if blocked.is_some_and(|reason| &*reason != "BLOCKED_REASON_UNSPECIFIED") {
            return Err(Fault::ContentRefused.into());
        }
        for candidate in chunk.candidates.iter().flatten().filter(|candidate| candidate.index.unwrap_or(0) == 0) {
            let parts = candidate.content.iter().flat_map(|content| content.parts.iter().flatten());
            for text in parts.filter(|part| part.thought != Some(true)).filter_map(|part| part.text.as_deref()) {
                self.draft.push(text);
            }
            if let Some(end) = candidate.finish_reason.as_deref().map(ending).transpose()?.flatten() {
                self.draft.end(end);
            }
        }
        Ok(())
    }
}

impl Reader for StreamReader {
    fn event(&mut self, event: &Event<'_>) -> Result<Step, Failure> {
        let start = self.draft.text().len();
        self.read(event.data)?;
        Ok(self.draft.since(start))
    }

    fn draft(&self) -> &Draft {
        &self.draft
    }

    fn draft_mut(&mut self) -> &mut Draft {
        &mut self.draft
    }
}

#[cfg(test)]
pub(super) mod tests;
