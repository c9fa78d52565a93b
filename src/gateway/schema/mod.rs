//! Structured output: the client's JSON Schema, and whether an answer satisfies it.
//!
//! The schema is untrusted and is run against texts that its author can bring a model to write, so it is bounded in every
//! direction before it is compiled ([`rules`]), and its patterns run on an engine that cannot backtrack.

mod answer;
mod convert;
mod path;
mod place;
mod rules;
#[cfg(test)]
mod tests;
mod texts;

use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::LocationSegment;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value as Json;

pub use answer::{Complaint, repair, unfence};
use path::Path;
pub use texts::{each_text, loosen};

use super::fields::{Flaw, Item};

/// The most bytes that a schema has as JSON.
const MAX_BYTES: usize = 16 << 10;
/// How deep arrays of any kind may be nested in a schema.
const MAX_JSON_DEPTH: usize = 32;
/// What a compiled pattern may take. It is also the factor of the time that a text takes to match.
const MAX_PATTERN_PROGRAM_BYTES: usize = 128 << 10;

/// A schema that may run. Clones share it.
#[derive(Clone)]
pub struct Schema(Arc<Compiled>);

struct Compiled {
    value: Json,
    bytes: Vec<u8>,
    validator: Validator,
    cost: rules::Cost,
}

impl Schema {
    /// Reads and compiles the request's key `schema`: an array that describes a JSON Schema of the drafts 2020-12,
    /// 2019-09 or 7. Formats are asserted.
    ///
    /// # Errors
    /// What is no schema, is past a bound or uses what is not supported; the path leads to it. No value is quoted, only
    /// names of keys.
    pub fn read(item: &Item<'_, '_>) -> Result<Self, Flaw> {
        let mut path = Path::at(item.path());
        let value = convert::to_json(item.value(), &mut path)?;
        let bytes = value.to_string().into_bytes();
        if bytes.len() > MAX_BYTES {
            return Err(too_large(&path));
        }
        let cost = rules::check(&value, &mut path)?;
        let validator = compile(&value).map_err(|error| refusal(path, &error))?;
        Ok(Self(Arc::new(Compiled { value, bytes, validator, cost })))
    }

    /// The schema as JSON, its keys in the client's order.
    pub fn value(&self) -> &Json {
        &self.0.value
    }

    /// What a fingerprint is made of. The order of keys is part of it: models write properties in the schema's order.
    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes == other.0.bytes
    }
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Schema").field(&self.0.value).finish()
    }
}

fn too_large(path: &Path) -> Flaw {
    path.flaw_of_all(format!("must have at most {MAX_BYTES} bytes as JSON"))
}

/// Every `$ref` is a pointer into the schema itself, so its own name (`$id`) has no meaning but could take that of a
/// meta-schema: it is left out here.
fn compile(value: &Json) -> Result<Validator, ValidationError<'static>> {
    let nameless = value.as_object().filter(|map| map.contains_key("$id")).map(|map| {
        let mut map = map.clone();
        map.shift_remove("$id");
        Json::Object(map)
    });
    let patterns =
        PatternOptions::regex().size_limit(MAX_PATTERN_PROGRAM_BYTES).dfa_size_limit(MAX_PATTERN_PROGRAM_BYTES);
    jsonschema::options()
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(patterns)
        .build(nameless.as_ref().unwrap_or(value))
}

/// The flaw for a schema that the validator's own meta-schema or compiler refuses.
fn refusal(mut path: Path, error: &ValidationError<'_>) -> Flaw {
    for segment in error.instance_path() {
        match segment {
            LocationSegment::Property(name) => path.key(&name),
            LocationSegment::Index(index) => path.index(index),
        };
    }
    match error.kind() {
        ValidationErrorKind::Format { format } if format == "regex" => {
            path.flaw("must be a regular expression without look-around and back-references, and of moderate size")
        }
        // These may quote what the client wrote.
        ValidationErrorKind::PropertyNames { .. } | ValidationErrorKind::Referencing(_) => {
            path.flaw("is not valid JSON Schema")
        }
        _ => path.flaw(format!("is not valid JSON Schema: {}", error.masked())),
    }
}
