//! A PHP array as the JSON Schema that it stands for.
//!
//! PHP has one empty array for `{}` and `[]`, and turns the name "0" into the number 0. What is meant, the keyword tells under
//! which it stands.

use serde_json::{Map, Number, Value as Json};

use crate::gateway::value::{Flaw, Item, Key, Value};

/// What stands at a place of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A schema.
    Schema,
    /// A map of names to schemas.
    Schemas,
    /// A list of schemas, or a schema where it is no list.
    List,
    /// A map of names to anything.
    Map,
    /// Anything else.
    Any,
}

impl Place {
    /// What stands under a keyword of a schema.
    fn under(keyword: &str) -> Self {
        match keyword {
            "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => Self::Schemas,
            "items" | "allOf" | "anyOf" | "oneOf" | "prefixItems" => Self::List,
            "additionalProperties"
            | "additionalItems"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "not"
            | "contains"
            | "propertyNames"
            | "if"
            | "then"
            | "else" => Self::Schema,
            "dependentRequired" => Self::Map,
            _ => Self::Any,
        }
    }

    /// What stands in a value at this place, under `key`.
    fn within(self, key: &str) -> Self {
        match self {
            Self::Schema => Self::under(key),
            Self::Schemas | Self::List => Self::Schema,
            Self::Map | Self::Any => Self::Any,
        }
    }
}

/// Turns an item into JSON.
pub(super) fn to_json(item: &Item<'_, '_>) -> Result<Json, Flaw> {
    match item.value() {
        value @ Value::Array(_) => json(item, value, Place::Schema, ""),
        other => Err(item.flaw(format!("must be of type array, {} given", other.type_name()))),
    }
}

fn json(item: &Item<'_, '_>, value: &Value<'_>, place: Place, path: &str) -> Result<Json, Flaw> {
    let wrong = |problem: &str| Err(item.flaw_at(path, problem));
    Ok(match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Int(n) => Json::from(*n),
        Value::Float(n) => match Number::from_f64(*n) {
            Some(n) => Json::Number(n),
            None => return wrong("must be a finite number"),
        },
        Value::Str(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Json::from(text),
            Err(_) => return wrong("must be valid UTF-8"),
        },
        Value::Other(name) => return wrong(&format!("must not hold a value of type {name}")),
        Value::Array(entries) => array(item, entries, place, path)?,
    })
}

fn array(item: &Item<'_, '_>, entries: &[(Key<'_>, Value<'_>)], place: Place, path: &str) -> Result<Json, Flaw> {
    let in_order = entries.iter().enumerate().all(|(i, (key, _))| *key == Key::Int(i as i64));
    let is_list = match place {
        Place::Schema | Place::Schemas | Place::Map => false,
        Place::List => in_order && !(entries.is_empty() && path.ends_with(".items")),
        Place::Any => in_order,
    };
    if is_list {
        let elements = entries.iter().enumerate();
        return elements
            .map(|(i, (_, value))| json(item, value, place.within(""), &format!("{path}[{i}]")))
            .collect::<Result<_, _>>()
            .map(Json::Array);
    }
    // A schema where a list of them may stand.
    let place = if place == Place::List { Place::Schema } else { place };
    let mut map = Map::new();
    for (key, value) in entries {
        let name = match key {
            Key::Int(n) => n.to_string(),
            Key::Str(bytes) => match std::str::from_utf8(bytes) {
                Ok(name) => name.to_owned(),
                Err(_) => return Err(item.flaw_at(path, "must have UTF-8 keys")),
            },
        };
        let at = format!("{path}.{name}");
        map.insert(name.clone(), json(item, value, place.within(&name), &at)?);
    }
    Ok(Json::Object(map))
}
