//! OpenAI's Chat Completions, `POST {base_url}/chat/completions`, and with it every server that is compatible: Ollama,
//! llama.cpp, vLLM, Azure, Mistral, Groq and others.
//!
//! They differ in what they leave out. The count of a stream comes in a last chunk without choices, or with the finish reason,
//! or in a field of the server's own, or not at all; the end mark may be missing. A finish reason is what makes an answer
//! whole. Only the first choice is asked for and read.
//! Source: OpenAI's interface description, and those of Mistral, Groq and Azure.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::draft::{Draft, End};
use super::wire::{self, Str, parse, tokens};
use super::{Answer, Call, Endpoint, Event, Failure, HttpCall, Reader, Step, Usage as Count, errors, structured};
use crate::error::Fault;

/// Grows with each change to [`body`] or to what [`decode`] reads: cached answers of another version are misses.
pub const WIRE_VERSION: u32 = 1;

/// The JSON body as compatible servers take it.
pub fn body(call: &Call) -> Value {
    let system = call.system.iter().map(|text| json!({ "role": "system", "content": text }));
    let messages: Vec<Value> = system.chain(call.messages.iter().map(|message| json!(message))).collect();
    let mut body = json!({ "model": call.model, "messages": messages });
    if let Some(max_tokens) = call.max_tokens {
        body["max_tokens"] = json!(max_tokens);
    }
    if let Some(temperature) = call.temperature {
        body["temperature"] = json!(temperature);
    }
    if let Some(schema) = &call.schema {
        let (name, strict) = (structured::NAME, structured::is_strict(schema));
        let schema = json!({ "name": name, "schema": schema, "strict": strict });
        body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
    }
    body
}

/// The HTTP request. OpenAI itself, and Azure, have another name for `max_tokens`, which reasoning models insist on and
/// compatible servers do not know.
pub fn encode(call: &Call, stream: bool, to: &Endpoint<'_>) -> HttpCall {
    let mut body = body(call);
    let host = wire::host(to.base_url);
    if let Some(max_tokens) = call.max_tokens.filter(|_| host == "api.openai.com" || wire::is_azure(&host))
        && let Some(body) = body.as_object_mut()
    {
        body.shift_remove("max_tokens");
        body.insert("max_completion_tokens".to_owned(), json!(max_tokens));
    }
    if stream {
        body["stream"] = json!(true);
        body["stream_options"] = json!({ "include_usage": true });
    }
    wire::post(to, "/chat/completions", wire::openai_key(to.base_url), stream, &body)
}

/// Reads an answer. A body without `usage` counts as no tokens: the answer is worth more than its bill.
pub fn decode(status: u16, body: &[u8]) -> Result<Answer, Failure> {
    if !(200..=299).contains(&status) {
        return Err(errors::refused(status, body));
    }
    let mut draft = Draft::default();
    let parsed: Chunk<'_> = parse(wire::utf8(body)?)?;
    take(&parsed, &mut draft)?;
    // Some servers say nothing of how a whole answer ended.
    if !draft.is_ended() && parsed.choices.as_ref().is_some_and(|choices| !choices.is_empty()) {
        draft.end(End::STOP);
    }
    draft.finish().map_err(|failure| match failure.fault {
        Fault::Incomplete => Fault::Invalid.into(),
        _ => failure,
    })
}

/// A whole answer, or a chunk of a stream.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    choices: Option<Vec<Choice<'a>>>,
    usage: Option<Usage>,
    /// Where Groq counts a stream.
    x_groq: Option<OfGroq>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    index: Option<u64>,
    #[serde(borrow)]
    message: Option<Said<'a>>,
    #[serde(borrow)]
    delta: Option<Said<'a>>,
    #[serde(borrow)]
    finish_reason: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    content: Option<Content<'a>>,
    #[serde(borrow)]
    refusal: Option<Str<'a>>,
}

/// A text, or, from Mistral's reasoning models, a list of parts.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Parts(#[serde(borrow)] Vec<Part<'a>>),
}

#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct OfGroq {
    usage: Option<Usage>,
}

#[derive(Deserialize, Clone)]
struct Usage {
    prompt_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens: Option<u64>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize, Clone)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

#[derive(Deserialize, Clone)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
}

impl From<&Usage> for Count {
    fn from(usage: &Usage) -> Self {
        Self {
            tokens_in: tokens(usage.prompt_tokens),
            tokens_in_cached: tokens(usage.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens)),
            tokens_out: tokens(usage.completion_tokens),
            tokens_reasoning: tokens(
                usage.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens),
            ),
        }
    }
}

/// Adds to a draft what an answer or a chunk holds of the first choice.
fn take(chunk: &Chunk<'_>, draft: &mut Draft) -> Result<(), Failure> {
    if let Some(error) = chunk.error.filter(|_| errors::is_error(chunk.error)) {
        return Err(errors::reported(&format!("{{\"error\":{}}}", error.get())));
    }
    let of_groq = || chunk.x_groq.as_ref().and_then(|groq| groq.usage.as_ref());
    if let Some(usage) = chunk.usage.as_ref().or_else(of_groq) {
        draft.usage = usage.into();
    }
    for choice in chunk.choices.iter().flatten().filter(|choice| choice.index.unwrap_or(0) == 0) {
        if let Some(said) = choice.message.as_ref().or(choice.delta.as_ref()) {
            match &said.content {
                Some(Content::Text(text)) => draft.push(text),
                Some(Content::Parts(parts)) => parts
                    .iter()
                    .filter(|part| part.kind == "text")
                    .for_each(|part| draft.push(part.text.as_deref().unwrap_or_default())),
                None => {}
            }
            if let Some(refusal) = &said.refusal {
                draft.refuse(refusal);
            }
        }
        if let Some(reason) = choice.finish_reason.as_deref().filter(|reason| !reason.is_empty()) {
            draft.end(match reason {
                "length" | "model_length" => End::LENGTH,
                "content_filter" => End::FILTER,
                // Nobody offers tools here, so a call of one is no answer unless text came with it.
                _ => End::STOP,
            });
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
        if event.data.trim() == "[DONE]" {
            return Ok(Step::Over);
        }
        let before = self.draft.text().len();
        take(&parse(event.data)?, &mut self.draft)?;
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
