//! What a client may ask of a schema: bounds that keep the work of a validation small, whatever the model answers.
//!
//! Every part of an answer is held against each schema that reaches its place, so the work is the size of the answer
//! times the size of the schema with every `$ref` written out. That size is bounded here, and is finite because a
//! `$ref` may not lead back to itself (which Anthropic and Gemini refuse as well). Patterns run in time that is linear
//! in the text; their number and size bound the factor.

use serde_json::Value as Json;

use super::path::Path;
use super::place::{Place, REFUSED};
use crate::gateway::fields::Flaw;

const MAX_LEVELS: usize = 10;
const MAX_PROPERTIES: usize = 200;
const MAX_SCHEMAS: usize = 1_000;
const MAX_PATTERNS: usize = 20;
const MAX_PATTERN_BYTES: usize = 500;

/// What every part of an answer may have to be held against, with each `$ref` written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Schemas.
    pub schemas: usize,
    /// Patterns; a byte of text costs each of them up to some 8 µs.
    pub patterns: usize,
}

/// Holds a schema against the rules.
///
/// # Errors
/// The first rule that it breaks.
pub fn check(root: &Json, path: &mut Path) -> Result<Cost, Flaw> {
    if root.get("type").and_then(Json::as_str) != Some("object") {
        path.key("type");
        return Err(path.flaw("must be \"object\": every provider wants an object at the root"));
    }
    let cost = Cost { schemas: 0, patterns: 0 };
    let mut walk = Walk { root, path, trail: vec![""], cost, properties: 0, patterns: 0 };
    walk.schema(root, 1)?;
    Ok(walk.cost)
}

struct Walk<'s, 'p> {
    root: &'s Json,
    path: &'p mut Path,
    /// The pointers of the root and of every `$ref` on the way here.
    trail: Vec<&'s str>,
    cost: Cost,
    /// These are counted once, where they are written.
    properties: usize,
    patterns: usize,
}

impl<'s> Walk<'s, '_> {
    fn schema(&mut self, schema: &'s Json, level: usize) -> Result<(), Flaw> {
        if level > MAX_LEVELS {
            return Err(self.path.flaw(format!("must not be nested deeper than {MAX_LEVELS} schemas")));
        }
        self.cost.schemas += 1;
        if self.cost.schemas > MAX_SCHEMAS {
            let problem = format!("must have at most {MAX_SCHEMAS} schemas, counted again for each $ref to them");
            return Err(self.path.flaw_of_all(problem));
        }
        let Json::Object(keywords) = schema else { return Ok(()) };
        for (keyword, value) in keywords {
            let mark = self.path.key(keyword);
            self.keyword(keyword, value, level)?;
            self.path.back(mark);
        }
        Ok(())
    }

    fn keyword(&mut self, keyword: &str, value: &'s Json, level: usize) -> Result<(), Flaw> {
        match keyword {
            "$ref" => return self.reference(value, level),
            "$schema" | "$id" => return self.identity(keyword, value, level),
            "pattern" => return self.pattern(value.as_str().unwrap_or_default()),
            keyword if REFUSED.contains(&keyword) => return Err(self.path.flaw("is not supported")),
            _ => {}
        }
        match (Place::of(keyword), value) {
            (Place::Schema | Place::OneOrMany, Json::Object(_)) => self.schema(value, level + 1),
            (Place::Schemas | Place::OneOrMany, Json::Array(schemas)) => {
                for (i, schema) in schemas.iter().enumerate() {
                    let mark = self.path.index(i);
                    self.schema(schema, level + 1)?;
                    self.path.back(mark);
                }
                Ok(())
            }
            (Place::Named, Json::Object(schemas)) => {
                for (name, schema) in schemas {
                    let mark = self.path.key(name);
                    match keyword {
                        "properties" => self.property()?,
                        "patternProperties" => self.pattern(name)?,
                        _ => {}
                    }
                    self.schema(schema, level + 1)?;
                    self.path.back(mark);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Only the root may say which draft it is and what it is called.
    fn identity(&self, keyword: &str, value: &Json, level: usize) -> Result<(), Flaw> {
        let problem = match (keyword, value) {
            _ if level > 1 => "is only allowed at the root",
            ("$schema", Json::String(uri)) if is_known_draft(uri) => return Ok(()),
            ("$schema", _) => "must be that of JSON Schema 2020-12, 2019-09 or draft 7",
            (_, Json::String(_)) => return Ok(()),
            _ => "must be of type string",
        };
        Err(self.path.flaw(problem))
    }

    fn property(&mut self) -> Result<(), Flaw> {
        self.properties += usize::from(!self.is_behind_a_reference());
        if self.properties > MAX_PROPERTIES {
            return Err(self.path.flaw_of_all(format!("must have at most {MAX_PROPERTIES} properties in all")));
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &str) -> Result<(), Flaw> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(self.path.flaw(format!("must be a pattern of at most {MAX_PATTERN_BYTES} bytes")));
        }
        self.cost.patterns += 1;
        self.patterns += usize::from(!self.is_behind_a_reference());
        if self.patterns > MAX_PATTERNS {
            return Err(self.path.flaw_of_all(format!("must have at most {MAX_PATTERNS} patterns in all")));
        }
        Ok(())
    }

    /// What stands behind a `$ref` is also met on the way to it, and then counted.
    fn is_behind_a_reference(&self) -> bool {
        self.trail.len() > 1
    }

    fn reference(&mut self, value: &'s Json, level: usize) -> Result<(), Flaw> {
        let target = value.as_str().and_then(|reference| reference.strip_prefix('#'));
        let Some((pointer, schema)) = target.and_then(|pointer| Some((pointer, find(self.root, pointer)?))) else {
            return Err(self.path.flaw("must name a schema in here, such as \"#/$defs/address\""));
        };
        if self.trail.contains(&pointer) {
            return Err(self.path.flaw("must not lead back to where it stands: recursive schemas are not supported"));
        }
        self.trail.push(pointer);
        self.schema(schema, level + 1)?;
        self.trail.pop();
        Ok(())
    }
}

fn is_known_draft(uri: &str) -> bool {
    let uri = uri.strip_suffix('#').unwrap_or(uri);
    [
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft-07/schema",
    ]
    .contains(&uri)
}

/// The schema at a JSON pointer (RFC 6901), if every step of it leads to where a schema stands. Percent-encoding is not
/// read, so that no pointer means one place here and another one elsewhere.
fn find<'s>(root: &'s Json, pointer: &str) -> Option<&'s Json> {
    if pointer.is_empty() {
        return Some(root);
    }
    let mut schema = root;
    let mut steps = pointer.strip_prefix('/')?.split('/');
    if pointer.contains('%') {
        return None;
    }
    while let Some(keyword) = steps.next() {
        let value = schema.get(keyword)?;
        schema = match (Place::of(keyword), value) {
            (Place::Schema | Place::OneOrMany, Json::Object(_) | Json::Bool(_)) => value,
            (Place::Schemas | Place::OneOrMany, Json::Array(list)) => list.get(steps.next()?.parse::<usize>().ok()?)?,
            (Place::Named, Json::Object(map)) => map.get(&steps.next()?.replace("~1", "/").replace("~0", "~"))?,
            _ => return None,
        };
    }
    Some(schema)
}
