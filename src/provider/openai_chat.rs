//! Chat Completions, `POST {base_url}/chat/completions`: OpenAI's, and that of the servers that are compatible with it
//! (Ollama, llama.cpp, vLLM, Azure, Mistral, Groq and many more).
//!
//! They are compatible in what everybody uses. What differs is told by the host where the request is concerned, and taken
//! as it comes where the answer is: `content` may be a list of parts (Mistral), the usage may stand in `x_groq`, an event
//! may come without choices (Azure's first, everybody's last with the usage), or hold an error after a 200. An answer ends
//! with its `finish_reason`; `[DONE]` only ends the stream.
//! Source: OpenAI's interface description, the types of its Python client 3.54, the guides of the others.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{Draft, End};
use super::wire::{self, Str, host, is_azure, parse, string, tokens, utf8};
use super::{Answer, Call, Endpoint, Event, Failure, HttpCall, Reader, Step, Usage as Count, errors, structured};
use crate::error::Fault;

/// Grows with each change to [`body`] or to what [`decode`] reads: cached answers of another version are misses.
pub const WIRE_VERSION: u32 = 1;

/// The JSON body. `max_tokens` goes as `max_completion_tokens` to OpenAI and Azure, whose newer models take nothing else,
/// and as `max_tokens` to all others, some of which know nothing else.
pub fn body(call: &Call, base_url: &str) -> Value {
    let system = call.system.iter().map(|system| json!({ "role": "system", "content": system }));
    let messages: Vec<_> = system.chain(call.messages.iter().map(|message| json!(message))).collect();
    let mut body = json!({ "model": call.model, "messages": messages });
    if let Some(max_tokens) = call.max_tokens {
        let host = host(base_url);
        let is_openai = host == "api.openai.com" || is_azure(&host);
        body[if is_openai { "max_completion_tokens" } else { "max_tokens" }] = json!(max_tokens);
    }
    if let Some(temperature) = call.temperature {
        body["temperature"] = json!(temperature);
    }
    if let Some(schema) = &call.schema {
        let strict = structured::is_strict(schema);
        let format = json!({ "name": structured::NAME, "schema": schema, "strict": strict });
        body["response_format"] = json!({ "type": "json_schema", "json_schema": format });
    }
    body
}

/// The HTTP request. A stream asks for the usage, except from Mistral, which sends it unasked and refuses the question.
pub fn encode(call: &Call, stream: bool, to: &Endpoint<'_>) -> HttpCall {
    let mut body = body(call, to.base_url);
    if stream {
        body["stream"] = json!(true);
        if !host(to.base_url).ends_with(".mistral.ai") {
            body["stream_options"] = json!({ "include_usage": true });
        }
    }
    wire::post(to, "/chat/completions", wire::openai_key(to.base_url), stream, &body)
}

/// Reads an answer: the first choice. A body without `usage` counts as no tokens.
pub fn decode(status: u16, body: &[u8]) -> Result<Answer, Failure> {
    match status {
        200..=299 => {
            let mut draft = Draft::default();
            read(utf8(body)?, &mut draft)?;
            // A body that is whole needs no reason to end.
            if !draft.is_ended() {
                draft.end(End::STOP);
            }
            draft.finish()
        }
        _ => Err(errors::refused(status, body)),
    }
}

/// A whole answer, or one chunk of a stream: they differ in the name of what a choice holds.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    object: Option<Str<'a>>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
    usage: Option<Usage>,
    x_groq: Option<Groq>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    index: Option<u64>,
    #[serde(borrow)]
    delta: Option<Message<'a>>,
    #[serde(borrow)]
    message: Option<Message<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    refusal: Option<Str<'a>>,
}

/// A part of a list of content. What is not text may have any shape.
#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Groq {
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens: Option<u64>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
}

/// Reads a whole answer or the next chunk into the draft.
fn read(json: &str, draft: &mut Draft) -> Result<(), Failure> {
    let chunk: Chunk<'_> = parse(json)?;
    if let Some(usage) = chunk.usage.or(chunk.x_groq.and_then(|groq| groq.usage)) {
        draft.usage = usage.count();
    }
    if chunk.error.is_some() || chunk.object.as_deref() == Some("error") {
        return Err(errors::reported(json));
    }
    for choice in chunk.choices.iter().flatten().filter(|choice| choice.index.unwrap_or(0) == 0) {
        if let Some(message) = choice.delta.as_ref().or(choice.message.as_ref()) {
            message.read(draft)?;
        }
        if let Some(reason) = &choice.finish_reason {
            draft.end(ending(reason)?);
        }
    }
    Ok(())
}

impl Message<'_> {
    fn read(&self, draft: &mut Draft) -> Result<(), Fault> {
        match self.content {
            None => {}
            Some(list) if list.get().starts_with('[') => {
                let parts: Vec<Part<'_>> = parse(list.get())?;
                for part in parts.iter().filter(|part| &*part.kind == "text") {
                    draft.push(&string(part.text)?);
                }
            }
            text => draft.push(&string(text)?),
        }
        if let Some(refusal) = &self.refusal {
            draft.refuse(refusal);
        }
        Ok(())
    }
}

/// Why it ended. Servers have reasons of their own for an ordinary end, so what is unknown is one.
fn ending(reason: &str) -> Result<End, Fault> {
    Ok(match reason {
        "length" | "max_tokens" => End::LENGTH,
        "model_length" => End::CONTEXT,
        "content_filter" => End::FILTER,
        "error" | "insufficient_system_resource" => return Err(Fault::Unavailable),
        _ => End::STOP,
    })
}

impl Usage {
    fn count(&self) -> Count {
        let reasoning = self.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens);
        Count {
            tokens_in: tokens(self.prompt_tokens),
            tokens_in_cached: tokens(self.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens)),
            tokens_out: tokens(self.completion_tokens),
            tokens_reasoning: tokens(reasoning),
        }
    }
}

/// Folds a stream.
#[derive(Debug, Default)]
pub struct StreamReader {
    draft: Draft,
}

impl Reader for StreamReader {
    fn event(&mut self, event: &Event<'_>) -> Result<Step, Failure> {
        if event.data == "[DONE]" {
            return Ok(Step::Over);
        }
        let start = self.draft.text().len();
        read(event.data, &mut self.draft)?;
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
