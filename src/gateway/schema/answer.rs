//! A model's text held against a schema, and what to say to the model when it does not fit.

use std::fmt::Write;

use jsonschema::ValidationError;
use serde_json::Value as Json;

use super::Schema;
use crate::provider::{Call, Message, Role};

/// More than any model writes. A longer text is not looked at.
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// Bytes of the answer times patterns, likewise: the worst pattern takes some 8 seconds for it.
const MAX_PATTERN_WORK: usize = 1 << 20;
const MAX_DEPTH: usize = 64;
/// Parts of the answer times schemas: beyond it, what is wrong is not listed, since each of them may be one error of
/// some 400 bytes.
const MAX_DETAILED_WORK: usize = 50_000;
const MAX_ERRORS: usize = 5;
const MAX_ERROR_CHARS: usize = 160;
const MAX_COMPLAINT_CHARS: usize = 500;
/// What of a bad answer the model gets to see again.
const MAX_REPEATED_BYTES: usize = 32 << 10;

const ASK_AGAIN: &str = "Answer again with the corrected JSON only: one object that satisfies the schema, without Markdown \
                         and without any other text.";

/// Why an answer does not satisfy a schema, in at most 500 characters, for the model only: it may quote names out of the
/// answer, so it goes to no log and to no end user.
#[derive(Clone, PartialEq, Eq)]
pub struct Complaint(String);

impl Complaint {
    fn new(text: &str) -> Self {
        Self(clipped(text, MAX_COMPLAINT_CHARS))
    }

    /// The text for the model.
    pub fn for_model(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Complaint(…)")
    }
}

impl Schema {
    /// Reads an answer: JSON, which may stand in one Markdown code fence, that satisfies the schema.
    ///
    /// # Errors
    /// What to tell the model: see [`repair`].
    pub fn validate(&self, text: &str) -> Result<Json, Complaint> {
        if text.len() > MAX_ANSWER_BYTES || text.len() * self.0.cost.patterns > MAX_PATTERN_WORK {
            return Err(Complaint::new("The answer is too long."));
        }
        let value: Json = serde_json::from_str(unfence(text))
            .map_err(|error| Complaint::new(&format!("The answer is not JSON: {error}.")))?;
        let size = Size::of(&value);
        if size.depth > MAX_DEPTH {
            return Err(Complaint::new(&format!("The answer is nested deeper than {MAX_DEPTH} levels.")));
        }
        if self.0.validator.is_valid(&value) {
            return Ok(value);
        }
        Err(self.complain(&value, size.parts))
    }

    fn complain(&self, value: &Json, parts: usize) -> Complaint {
        let mut text = "The answer does not satisfy the schema".to_owned();
        if parts.saturating_mul(self.0.cost.schemas) > MAX_DETAILED_WORK {
            text.push('.');
            return Complaint::new(&text);
        }
        text.push(':');
        for error in self.0.validator.iter_errors(value).take(MAX_ERRORS) {
            text.push_str("\n- ");
            text.push_str(&clipped(&describe(&error), MAX_ERROR_CHARS));
        }
        Complaint::new(&text)
    }
}

fn describe(error: &ValidationError<'_>) -> String {
    let path = error.instance_path().as_str();
    format!("{}: {}", if path.is_empty() { "the root" } else { path }, error.masked())
}

/// How large a JSON value is.
struct Size {
    depth: usize,
    parts: usize,
}

impl Size {
    /// The parser has bounded the depth at 128 already.
    fn of(value: &Json) -> Self {
        let inner = |children: &mut dyn Iterator<Item = &Json>| {
            children.map(Self::of).fold(Self { depth: 1, parts: 1 }, |sum, child| Self {
                depth: sum.depth.max(child.depth + 1),
                parts: sum.parts + child.parts,
            })
        };
        match value {
            Json::Array(list) => inner(&mut list.iter()),
            Json::Object(map) => inner(&mut map.values()),
            _ => Self { depth: 0, parts: 1 },
        }
    }
}

/// The text inside of a Markdown code fence that holds all of `text`; else `text`, trimmed.
pub fn unfence(text: &str) -> &str {
    let text = text.trim();
    let inside = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```")).and_then(|fenced| {
        let (language, inside) = fenced.split_once('\n')?;
        language.trim().bytes().all(|b| b.is_ascii_alphanumeric()).then(|| inside.trim())
    });
    inside.unwrap_or(text)
}

/// The call that asks for a better answer: the conversation, the bad answer, and what is wrong with it.
pub fn repair(call: &Call, answer: &str, complaint: &Complaint) -> Call {
    let mut repaired = call.clone();
    let request = format!("{}\n\n{ASK_AGAIN}", complaint.for_model());
    let answer = prefix(answer.trim(), MAX_REPEATED_BYTES).trim_end();
    match repaired.messages.last_mut() {
        // Some providers want the roles to take turns, and none takes a blank message.
        Some(last) if answer.is_empty() => {
            // Writing to a String cannot fail.
            let _ = write!(last.content, "\n\n{request}");
        }
        _ => repaired.messages.extend([
            Message { role: Role::Assistant, content: answer.to_owned() },
            Message { role: Role::User, content: request },
        ]),
    }
    repaired
}

/// At most `max_bytes` of a text, whole characters only.
fn prefix(text: &str, max_bytes: usize) -> &str {
    let end = (0..=max_bytes.min(text.len())).rev().find(|&i| text.is_char_boundary(i));
    &text[..end.unwrap_or(0)]
}

/// At most `max_chars` characters of a text; an ellipsis stands for the rest.
fn clipped(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some(_) => text.chars().take(max_chars - 1).chain(['…']).collect(),
    }
}
