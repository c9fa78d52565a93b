//! What providers make of a JSON Schema: each constrains the model by a subset of its own.
//!
//! OpenAI has a strict mode for schemas that keep its rules and a lenient one for all others. Anthropic refuses what it does
//! not know, so such keywords move into the description, where the model may heed them. Gemini takes the schema as it is.
//! None of this decides whether an answer is right: it is held against the caller's own schema.
//! Sources: OpenAI's and Anthropic's guides to structured outputs, and the schema transformation of Anthropic's Python client.

use serde_json::{Map, Value, json};

/// The name under which a schema goes to OpenAI; its limit is 64 characters.
pub(super) const NAME: &str = "answer";

/// The string formats that both OpenAI and Anthropic know.
const FORMATS: [&str; 9] = ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

/// How deep a strict schema may be.
const MAX_STRICT_DEPTH: usize = 10;

/// Whether OpenAI's strict mode takes the schema: every object closed and all of its properties required, and no keyword
/// that the mode does not know.
pub(super) fn is_strict(schema: &Value) -> bool {
    schema.get("type") == Some(&json!("object")) && schema.get("anyOf").is_none() && is_strict_at(schema, 1)
}

fn is_strict_at(schema: &Value, depth: usize) -> bool {
    let Some(schema) = schema.as_object().filter(|_| depth <= MAX_STRICT_DEPTH) else { return false };
    let below = |schema: &Value| is_strict_at(schema, depth + 1);
    let all = |list: &Value| list.as_array().is_some_and(|list| list.iter().all(below));
    let each = |map: &Value| map.as_object().is_some_and(|map| map.values().all(below));
    let typed = ["type", "anyOf", "$ref", "enum", "const"].iter().any(|key| schema.contains_key(*key));
    typed
        && (!describes(schema, "object") || is_closed(schema))
        && schema.iter().all(|(key, value)| match key.as_str() {
            "properties" | "$defs" | "definitions" => each(value),
            "items" => below(value),
            "anyOf" => all(value),
            "format" => value.as_str().is_some_and(|format| FORMATS.contains(&format)),
            "$schema" | "$ref" | "type" | "title" | "description" | "enum" | "const" => true,
            "required" | "additionalProperties" | "pattern" | "multipleOf" | "minItems" | "maxItems" => true,
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => true,
            _ => false,
        })
}

/// Whether `type` is this, or a list that has it.
fn describes(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(only)) => only == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    }
}

/// Whether an object takes no property but its own, and none may be missing.
fn is_closed(schema: &Map<String, Value>) -> bool {
    let required = schema.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let properties = schema.get("properties").and_then(Value::as_object);
    schema.get("additionalProperties") == Some(&Value::Bool(false))
        && properties.is_some_and(|all| all.keys().all(|name| required.iter().any(|known| known == name)))
}

/// The schema as Anthropic takes it: objects closed, `oneOf` as `anyOf`, `const` as `enum`, a list of types as `anyOf`, and
/// what is not supported as text behind the description.
pub(super) fn for_anthropic(schema: &Value) -> Value {
    let Some(schema) = schema.as_object() else { return schema.clone() };
    let mut rest = schema.clone();
    let mut adapted = Map::new();
    for defs in ["$defs", "definitions"] {
        if let Some(Value::Object(all)) = rest.get(defs) {
            adapted.insert(defs.into(), each(all));
            rest.shift_remove(defs);
        }
    }
    rest.shift_remove("$schema");
    if let Some(target) = rest.get("$ref") {
        adapted.insert("$ref".into(), target.clone());
        return adapted.into();
    }
    let kind = take_kind(&mut rest, &mut adapted);
    for key in ["enum", "description", "title"] {
        adapted.extend(rest.shift_remove_entry(key));
    }
    if let Some(only) = rest.shift_remove("const") {
        adapted.insert("enum".into(), json!([only]));
    }
    match kind.as_deref() {
        Some("object") => take_object(&mut rest, &mut adapted),
        Some("array") => take_array(&mut rest, &mut adapted),
        Some("string") if is_known_format(&rest) => adapted.extend(rest.shift_remove_entry("format")),
        _ => {}
    }
    describe(&rest, &mut adapted);
    adapted.into()
}

fn each(schemas: &Map<String, Value>) -> Value {
    schemas.iter().map(|(name, schema)| (name.clone(), for_anthropic(schema))).collect::<Map<_, _>>().into()
}

/// Moves over what says which values there are, and returns the type if it is one.
fn take_kind(rest: &mut Map<String, Value>, adapted: &mut Map<String, Value>) -> Option<String> {
    for (from, to) in [("anyOf", "anyOf"), ("oneOf", "anyOf"), ("allOf", "allOf")] {
        if let Some(Value::Array(variants)) = rest.get(from) {
            adapted.insert(to.into(), variants.iter().map(for_anthropic).collect());
            rest.shift_remove(from);
            break;
        }
    }
    let typed = |kind: String, adapted: &mut Map<String, Value>| {
        // Variants say their own types.
        if !adapted.contains_key("anyOf") && !adapted.contains_key("allOf") {
            adapted.insert("type".into(), json!(kind));
        }
        Some(kind)
    };
    match rest.shift_remove("type") {
        Some(Value::String(kind)) => typed(kind, adapted),
        Some(Value::Array(kinds)) if !adapted.contains_key("anyOf") => {
            let about = ["title", "description", "enum", "const"].map(|key| rest.shift_remove_entry(key));
            let variant = |kind: &Value| {
                let mut one = rest.clone();
                retain_for(kind, &mut one);
                one.insert("type".into(), kind.clone());
                for_anthropic(&one.into())
            };
            adapted.insert("anyOf".into(), kinds.iter().map(variant).collect());
            rest.clear();
            rest.extend(about.into_iter().flatten());
            None
        }
        _ if rest.contains_key("properties") => typed("object".to_owned(), adapted),
        _ => None,
    }
}

/// Leaves in one variant of a list of types what can hold for it.
fn retain_for(kind: &Value, variant: &mut Map<String, Value>) {
    let foreign: &[&str] = match kind.as_str() {
        Some("object") => &["items", "minItems", "maxItems", "format", "pattern"],
        Some("array") => &["properties", "required", "additionalProperties", "format", "pattern"],
        Some("null" | "boolean") => {
            variant.clear();
            &[]
        }
        _ => &["properties", "required", "additionalProperties", "items", "minItems", "maxItems"],
    };
    variant.retain(|key, _| !foreign.contains(&key.as_str()));
}

fn take_object(rest: &mut Map<String, Value>, adapted: &mut Map<String, Value>) {
    let properties = match rest.shift_remove("properties") {
        Some(Value::Object(properties)) => each(&properties),
        _ => json!({}),
    };
    adapted.insert("properties".into(), properties);
    if rest.get("additionalProperties").is_some_and(Value::is_boolean) {
        rest.shift_remove("additionalProperties");
    }
    adapted.insert("additionalProperties".into(), json!(false));
    adapted.extend(rest.shift_remove_entry("required"));
}

fn take_array(rest: &mut Map<String, Value>, adapted: &mut Map<String, Value>) {
    if let Some(items) = rest.shift_remove("items") {
        adapted.insert("items".into(), for_anthropic(&items));
    }
    if rest.get("minItems").is_some_and(|least| *least == json!(0) || *least == json!(1)) {
        adapted.extend(rest.shift_remove_entry("minItems"));
    }
}

/// Whether the format is one that constrains Anthropic's models.
fn is_known_format(schema: &Map<String, Value>) -> bool {
    schema.get("format").and_then(Value::as_str).is_some_and(|format| format == "uri" || FORMATS.contains(&format))
}

/// Puts what is left into words: `{minimum: 1, maximum: 10}`.
fn describe(rest: &Map<String, Value>, adapted: &mut Map<String, Value>) {
    if rest.is_empty() {
        return;
    }
    let rules: Vec<_> = rest.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    let rules = format!("{{{}}}", rules.join(", "));
    let text = match adapted.get("description").and_then(Value::as_str) {
        Some(description) => format!("{description}\n\n{rules}"),
        None => rules,
    };
    adapted.insert("description".into(), json!(text));
}

#[cfg(test)]
mod tests;
