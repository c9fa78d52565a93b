//! What is asked: the client's array, checked against the policy and brought into one form.
//!
//! Two requests that mean the same must become equal here, because everything after this compares bytes.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::{IsNormalized, is_nfc_quick};

use super::fields::{Fields, Flaw, Item};
use super::models::Model;
use super::moderation::Stages;
use super::policy::{MAX_TIMEOUT_MS, MAX_TTL_S, Policy};
use super::schema::Schema;
use super::value::Value;
use crate::error::Error;
use crate::provider::{Call, Message, Role};

/// The array as the client sent it: right types, nothing more.
#[derive(Debug, Default)]
pub struct RawRequest<'a> {
    prompt: Option<&'a str>,
    messages: Option<Vec<(&'a str, &'a str)>>,
    system: Option<&'a str>,
    model: Option<&'a str>,
    max_tokens: Option<i64>,
    temperature: Option<f64>,
    cache: bool,
    cache_ttl: Option<i64>,
    tags: Vec<&'a str>,
    timeout_ms: Option<i64>,
    schema: Option<Schema>,
    restart: bool,
    pack: bool,
    moderate: Stages,
}

/// A request that may run.
#[derive(Debug, Clone, PartialEq)]
pub struct Request<'p, 'a> {
    /// The model it names, or the policy's default.
    pub model: &'p Model<'a>,
    /// What is asked of the model, under the model's public name.
    pub call: Call,
    /// Whether a kept answer will do, and whether this one may be kept.
    pub cache: bool,
    /// For how long the client would keep the answer, in seconds.
    pub cache_ttl_s: Option<u32>,
    /// Labels to invalidate the answer by.
    pub tags: Vec<String>,
    /// A deadline shorter than the policy's.
    pub timeout_ms: Option<u32>,
    /// What the answer must satisfy.
    pub schema: Option<Schema>,
    /// Whether a stream that breaks may begin again.
    pub restart: bool,
    /// Whether it may share a call with others of its batch.
    pub pack: bool,
    /// What of the call is held against moderation: all that the policy wants, and what the client wants beyond it.
    pub moderate: Stages,
}

const MAX_MESSAGES: usize = 200;
const MAX_TAGS: usize = 16;
/// The longest label of an answer.
pub const MAX_TAG_BYTES: usize = 100;

impl<'a> RawRequest<'a> {
    /// Reads the argument `$request`.
    pub fn read(value: &Value<'a>) -> Result<Self, Flaw> {
        let mut fields = Fields::of(value)?;
        let raw = Self {
            prompt: fields.string("prompt")?,
            messages: fields.list("messages")?.map(|list| list.iter().map(read_message).collect()).transpose()?,
            system: fields.string("system")?,
            model: fields.string("model")?,
            max_tokens: fields.int("max_tokens", 1, 1_000_000)?,
            temperature: fields.float("temperature", 0.0, 2.0)?,
            cache: fields.bool("cache")?.unwrap_or(true),
            cache_ttl: fields.int("cache_ttl", 1, MAX_TTL_S)?,
            tags: fields.list("tags")?.unwrap_or_default().iter().map(Item::string).collect::<Result<_, _>>()?,
            timeout_ms: fields.int("timeout_ms", 1, MAX_TIMEOUT_MS)?,
            schema: fields.item("schema").map(|item| Schema::read(&item)).transpose()?,
            restart: fields.bool("restart")?.unwrap_or(false),
            pack: fields.bool("pack")?.unwrap_or(false),
            moderate: Stages::read(&mut fields, "moderate")?.unwrap_or_default(),
        };
        fields.not_yet("idempotency_key")?;
        fields.finish()?;
        Ok(raw)
    }

    /// Holds the request against the policy and normalises its texts.
    pub fn admit<'p>(self, policy: &'p Policy<'a>) -> Result<Request<'p, 'a>, Error> {
        let model = self.model.unwrap_or(policy.default_model);
        let model = policy.model(model).ok_or_else(|| unlisted(policy))?;
        let max = policy.max_prompt_chars;
        let messages = match (self.prompt, self.messages) {
            (Some(_), Some(_)) => return Err(Error::invalid("prompt and messages exclude each other.")),
            (Some(prompt), None) => {
                vec![Message { role: Role::User, content: normalise("prompt", prompt, max)? }]
            }
            (None, Some(list)) => conversation(&list, max)?,
            (None, None) => return Err(Error::invalid("prompt is missing.")),
        };
        let system = match self.system.filter(|s| !s.trim().is_empty()) {
            Some(system) => Some(normalise("system", system, max)?),
            None => None,
        };
        let call = Call {
            model: model.name.to_owned(),
            system,
            messages,
            max_tokens: self.max_tokens.map(|n| n as u32),
            temperature: self.temperature,
            schema: self.schema.as_ref().map(|schema| schema.value().clone()),
        };
        Ok(Request {
            model,
            call,
            cache: self.cache,
            cache_ttl_s: self.cache_ttl.map(|n| n as u32),
            tags: check_tags(&self.tags)?,
            timeout_ms: self.timeout_ms.map(|n| n as u32),
            schema: self.schema,
            restart: self.restart,
            pack: self.pack,
            moderate: self.moderate.union(policy.moderation.stages),
        })
    }
}

fn unlisted(policy: &Policy<'_>) -> Error {
    let names: Vec<_> = policy.models.iter().map(|m| m.name).take(20).collect();
    Error::invalid(format!("model must be one of {}.", names.join(", ")))
}

fn read_message<'a>(item: &Item<'_, 'a>) -> Result<(&'a str, &'a str), Flaw> {
    let mut fields = item.fields()?;
    let role = fields.string("role")?.ok_or_else(|| fields.flaw("role", "must be given"))?;
    let content = fields.string("content")?.ok_or_else(|| fields.flaw("content", "must be given"))?;
    fields.finish()?;
    Ok((role, content))
}

/// A conversation: known roles, nothing blank, the user last; all of it together within the bound.
fn conversation(list: &[(&str, &str)], max: usize) -> Result<Vec<Message>, Error> {
    if list.is_empty() || list.len() > MAX_MESSAGES {
        return Err(Error::invalid(format!("messages must hold 1 to {MAX_MESSAGES} messages, {} given.", list.len())));
    }
    let mut left = max;
    let mut messages = Vec::with_capacity(list.len());
    for (i, (role, content)) in list.iter().enumerate() {
        let role = match *role {
            "system" => Role::System,
            "user" => Role::User,
            "assistant" => Role::Assistant,
            _ => return Err(Error::invalid(format!("messages[{i}].role must be system, user or assistant."))),
        };
        let content = normalise(&format!("messages[{i}].content"), content, max)?;
        left = left
            .checked_sub(content.chars().count())
            .ok_or_else(|| Error::invalid(format!("messages must have at most {max} characters together.")))?;
        messages.push(Message { role, content });
    }
    if messages.last().is_some_and(|m| m.role != Role::User) {
        return Err(Error::invalid("messages must end with a message of the role user."));
    }
    Ok(messages)
}

/// Trims, turns CRLF and CR into LF, composes to Unicode NFC, and counts: 1 to `max` characters.
fn normalise(field: &str, text: &str, max: usize) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(format!("{field} must not be blank.")));
    }
    // A character has at most four bytes, and composing shortens a text to no less than a third (UAX #15): what is longer
    // than this need not be normalised to be refused.
    let too_long = |n: usize| Err(Error::invalid(format!("{field} must have at most {max} characters, {n} given.")));
    if text.len() > max.saturating_mul(12) {
        return too_long(text.chars().count());
    }
    let unix = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    // ASCII is composed already, and has a byte a character.
    let composed = match unix.is_ascii() || is_nfc_quick(unix.chars()) == IsNormalized::Yes {
        true => unix,
        false => unix.nfc().collect(),
    };
    let count = if composed.is_ascii() { composed.len() } else { composed.chars().count() };
    match count {
        n if n > max => too_long(n),
        _ => Ok(composed),
    }
}

fn check_tags(tags: &[&str]) -> Result<Vec<String>, Error> {
    if tags.len() > MAX_TAGS {
        return Err(Error::invalid(format!("tags must hold at most {MAX_TAGS} tags, {} given.", tags.len())));
    }
    let fits = |tag: &str| (1..=MAX_TAG_BYTES).contains(&tag.len()) && !tag.chars().any(|c| c.is_control());
    if let Some(i) = tags.iter().position(|tag| !fits(tag)) {
        return Err(Error::invalid(format!(
            "tags[{i}] must have 1 to {MAX_TAG_BYTES} bytes without control characters."
        )));
    }
    let mut tags: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).collect();
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn admit(json: &serde_json::Value) -> Result<Vec<Message>, String> {
        let (value, none) = (Value::from(json), Value::empty());
        let policy = Policy::read(&none).expect("the default policy is valid");
        let raw = RawRequest::read(&value).map_err(|flaw| flaw.sentence("aisp_infer", 1, "request"))?;
        raw.admit(&policy).map(|r| r.call.messages).map_err(|e| e.to_string())
    }

    fn refusal(json: &serde_json::Value) -> String {
        admit(json).expect_err("the request is bad")
    }

    #[test]
    fn a_prompt_has_1_to_8000_characters_after_trimming() {
        assert_eq!(refusal(&json!({})), "prompt is missing.");
        assert_eq!(refusal(&json!({"prompt": " \r\n\u{a0}"})), "prompt must not be blank.");
        assert!(admit(&json!({"prompt": format!("  {}  ", "é".repeat(8_000))})).is_ok());
        assert_eq!(
            refusal(&json!({"prompt": "x".repeat(8_001)})),
            "prompt must have at most 8000 characters, 8001 given."
        );
        assert!(refusal(&json!({"prompt": "x".repeat(1_000_000)})).contains("1000000 given"));
    }

    #[test]
    fn a_decomposed_text_is_counted_as_it_is_composed() {
        assert!(admit(&json!({"prompt": "e\u{301}".repeat(8_000)})).is_ok());
    }

    #[test]
    fn texts_that_mean_the_same_become_equal() {
        let plain = admit(&json!({"prompt": "caf\u{e9}\nau lait"}));
        assert_eq!(plain, admit(&json!({"prompt": "  cafe\u{301}\r\nau lait\t"})));
        assert_eq!(plain, admit(&json!({"messages": [{"role": "user", "content": "caf\u{e9}\rau lait"}]})));
    }

    #[test]
    fn what_is_not_listed_or_out_of_range_is_named() {
        assert!(refusal(&json!({"prompt": "x", "model": "gpt-99"})).starts_with("model must be one of gpt-4o-mini, "));
        assert!(
            refusal(&json!({"prompt": "x", "temperature": 2.5})).contains("\"temperature\" must be between 0 and 2")
        );
        assert!(refusal(&json!({"prompt": "x", "max_tokens": 0})).contains("\"max_tokens\" must be between 1"));
        assert!(refusal(&json!({"prompt": "x", "promt": 1})).contains("\"promt\" is not known"));
        assert!(refusal(&json!({"prompt": 5})).contains("\"prompt\" must be of type string, int given"));
        assert!(refusal(&json!({"prompt": "x", "tags": ["a".repeat(1 << 20)]})).starts_with("tags[0] must"));
    }

    #[test]
    fn a_client_may_ask_for_more_moderation_than_the_policy_and_never_for_less() {
        let stages = |asked: serde_json::Value, allowed: serde_json::Value| {
            let (request, policy) = (json!({"prompt": "x", "moderate": asked}), json!({"moderate": allowed}));
            let (request, policy) = (Value::from(&request), Value::from(&policy));
            let policy = Policy::read(&policy).expect("valid");
            let request = RawRequest::read(&request).expect("valid").admit(&policy).expect("admitted");
            (request.moderate.input, request.moderate.output)
        };
        assert_eq!(stages(json!(null), json!(null)), (false, false));
        assert_eq!(stages(json!("input"), json!(null)), (true, false));
        assert_eq!(stages(json!("none"), json!("both")), (true, true));
        assert_eq!(stages(json!("output"), json!("input")), (true, true));
        assert!(
            refusal(&json!({"prompt": "x", "moderate": "all"})).contains("\"moderate\" must be one of none, input")
        );
        assert!(refusal(&json!({"prompt": "x", "moderate": true})).contains("\"moderate\" must be of type string"));
    }

    #[test]
    fn a_conversation_ends_with_the_user() {
        let messages = json!({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]});
        assert!(refusal(&messages).contains("end with"));
        let long = json!({"messages": [{"role": "user", "content": "a".repeat(5_000)}, {"role": "user", "content": "b".repeat(5_000)}]});
        assert!(refusal(&long).contains("8000 characters together"));
    }
}
