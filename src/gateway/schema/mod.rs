//! Structured output: the JSON Schema that a request asks its answer to satisfy.
//!
//! Every provider is told of it in its own way, but none is believed: the answer is validated here. One that does not
//! satisfy it goes back to the model once, with what is wrong. A schema comes from a client, so it is bounded, its patterns
//! run in linear time, and it refers to nothing outside of itself.

mod bounds;
mod convert;

use std::fmt;
use std::sync::Arc;

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use super::value::{Flaw, Item};
use crate::provider::{Call, Message, Role};

/// A schema that was accepted.
#[derive(Clone)]
pub struct Schema {
    value: Value,
    validator: Arc<Validator>,
}

/// What is wrong with an answer, in words for the model. They may quote the answer: no log and no caller sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint(String);

/// The errors that a model is told of, and how long their text may be.
const MAX_ERRORS: usize = 5;
const MAX_COMPLAINT: usize = 500;
/// How much of a bad answer goes back.
const MAX_ANSWER: usize = 32 * 1024;
/// What one pattern may take of memory when it is compiled.
const MAX_PATTERN_BYTES: usize = 256 * 1024;

impl Schema {
    /// Reads the request's `schema`.
    pub fn read(item: &Item<'_, '_>) -> Result<Self, Flaw> {
        let value = convert::to_json(item)?;
        bounds::check(&value).map_err(|(path, problem)| item.flaw_at(&path, problem))?;
        let patterns = PatternOptions::regex().size_limit(MAX_PATTERN_BYTES).dfa_size_limit(MAX_PATTERN_BYTES);
        let options = jsonschema::options().with_pattern_options(patterns).should_validate_formats(true);
        let validator = options.build(&value).map_err(|error| {
            // Where it is, but not what the library says of it: that would quote the schema.
            let path = error.instance_path().as_str().replace('/', ".");
            item.flaw_at(&path, "is not valid JSON Schema")
        })?;
        Ok(Self { value, validator: Arc::new(validator) })
    }

    /// As JSON, with its keys in the order that they came in: models write properties in that order.
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// What of it belongs to a fingerprint.
    pub fn bytes(&self) -> Vec<u8> {
        self.value.to_string().into_bytes()
    }

    /// The value that an answer encodes, if it satisfies the schema. A Markdown fence around it is no part of it.
    pub fn validate(&self, answer: &str) -> Result<Value, Complaint> {
        let value: Value = serde_json::from_str(unfenced(answer))
            .map_err(|error| Complaint(format!("It is not JSON: {}", bounded(&error.to_string(), MAX_COMPLAINT))))?;
        if self.validator.is_valid(&value) {
            return Ok(value);
        }
        let told =
            self.validator.iter_errors(&value).take(MAX_ERRORS).map(|error| match error.instance_path().as_str() {
                "" => error.to_string(),
                path => format!("{path}: {error}"),
            });
        Err(Complaint(bounded(&told.collect::<Vec<_>>().join("; "), MAX_COMPLAINT).to_owned()))
    }

    /// The call that asks the model to mend its answer.
    pub fn repair(&self, call: &Call, answer: &str, complaint: &Complaint) -> Call {
        let answer = bounded(answer, MAX_ANSWER);
        let demand = format!(
            "Your answer does not satisfy the JSON Schema that it has to. {} Answer again, with nothing but JSON that does.",
            complaint.0
        );
        let mut call = call.clone();
        if !answer.trim().is_empty() {
            call.messages.push(Message { role: Role::Assistant, content: answer.to_owned() });
        }
        call.messages.push(Message { role: Role::User, content: demand });
        call
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schema").field(&self.value).finish()
    }
}

/// The text without the fence that models like to put around JSON.
fn unfenced(answer: &str) -> &str {
    let answer = answer.trim();
    let Some(inner) = answer.strip_prefix("```").and_then(|rest| rest.strip_suffix("```")) else { return answer };
    inner.strip_prefix("json").or_else(|| inner.strip_prefix("JSON")).unwrap_or(inner).trim()
}

/// The beginning of a text, in whole characters.
fn bounded(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests;
