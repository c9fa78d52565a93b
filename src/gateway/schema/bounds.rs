//! What a client's schema may cost: its size, its depth, and how far it unfolds.
//!
//! Validation follows references. A schema that refers to itself has no bound, and a few hundred definitions that each name
//! the next one twice unfold to more than anybody can count: so references must end, and the whole is counted unfolded.

use serde_json::Value;

const MAX_BYTES: usize = 16 * 1024;
const MAX_LEVELS: usize = 10;
const MAX_PROPERTIES: usize = 200;
/// Schemas, with every reference followed.
const MAX_UNFOLDED: usize = 5_000;

const DRAFTS: [&str; 3] = [
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema",
];

/// Keywords that change what a reference means, or need more than the schema.
const REFUSED: [&str; 6] = ["$id", "id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef"];

/// The path within the schema, and what is wrong there.
type Problem = (String, String);

/// Whether a schema stays within bounds.
pub(super) fn check(root: &Value) -> Result<(), Problem> {
    if root.to_string().len() > MAX_BYTES {
        return Err((String::new(), format!("must have at most {MAX_BYTES} bytes as JSON")));
    }
    if root["type"] != "object" {
        return Err((".type".to_owned(), "must be \"object\": providers give nothing else".to_owned()));
    }
    let mut walk = Walk { root, unfolded: 0, properties: 0, following: Vec::new() };
    walk.schema(root, "", 1)
}

struct Walk<'s> {
    root: &'s Value,
    unfolded: usize,
    properties: usize,
    /// The references that lead here.
    following: Vec<&'s str>,
}

impl<'s> Walk<'s> {
    fn schema(&mut self, schema: &'s Value, path: &str, level: usize) -> Result<(), Problem> {
        let wrong = |path: &str, problem: String| Err((path.to_owned(), problem));
        self.unfolded += 1;
        if self.unfolded > MAX_UNFOLDED {
            return wrong("", "is too large once its references are followed".to_owned());
        }
        if level > MAX_LEVELS {
            return wrong(path, format!("is deeper than {MAX_LEVELS} levels"));
        }
        // What is no object is a boolean, or is refused by the meta-schema.
        let Value::Object(keywords) = schema else { return Ok(()) };
        for (keyword, value) in keywords {
            let at = format!("{path}.{keyword}");
            match keyword.as_str() {
                "$schema" if !DRAFTS.contains(&value.as_str().unwrap_or_default().trim_end_matches('#')) => {
                    return wrong(&at, "must be one of the drafts 2020-12, 2019-09 and 7".to_owned());
                }
                "$ref" => self.reference(value, &at, level)?,
                "properties" | "patternProperties" | "dependentSchemas" => {
                    for (name, schema) in value.as_object().into_iter().flatten() {
                        self.properties += usize::from(keyword != "dependentSchemas");
                        if self.properties > MAX_PROPERTIES {
                            return wrong("", format!("must have at most {MAX_PROPERTIES} properties in all"));
                        }
                        self.schema(schema, &format!("{at}.{name}"), level + 1)?;
                    }
                }
                "items"
                | "additionalItems"
                | "unevaluatedItems"
                | "contains"
                | "prefixItems"
                | "additionalProperties"
                | "unevaluatedProperties"
                | "propertyNames"
                | "allOf"
                | "anyOf"
                | "oneOf"
                | "not"
                | "if"
                | "then"
                | "else" => match value {
                    Value::Array(schemas) => {
                        for (i, schema) in schemas.iter().enumerate() {
                            self.schema(schema, &format!("{at}[{i}]"), level + 1)?;
                        }
                    }
                    schema => self.schema(schema, &at, level + 1)?,
                },
                refused if REFUSED.contains(&refused) => return wrong(&at, "is not supported".to_owned()),
                _ => {}
            }
        }
        Ok(())
    }

    fn reference(&mut self, target: &'s Value, at: &str, level: usize) -> Result<(), Problem> {
        let wrong = |problem: &str| Err((at.to_owned(), problem.to_owned()));
        let Some(pointer) = target.as_str().and_then(|target| target.strip_prefix('#')) else {
            return wrong("must refer to a place in the schema itself, such as #/$defs/name");
        };
        if pointer.is_empty() || self.following.contains(&pointer) {
            return wrong("must not lead back to itself");
        }
        let Some(schema) = self.root.pointer(pointer) else { return wrong("leads nowhere") };
        self.following.push(pointer);
        self.schema(schema, at, level + 1)?;
        self.following.pop();
        Ok(())
    }
}
