//! Property tests over whole trees.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::read_value;
use crate::gateway::schema::convert;
use crate::gateway::schema::path::Path;
use crate::gateway::schema::place::{Place, REFUSED};
use crate::gateway::value::{Key, Value};

/// Any tree, with keywords among its keys.
fn tree() -> impl Strategy<Value = OwnedValue> {
    let text = prop_oneof![
        Just(b"object".to_vec()),
        Just(b"string".to_vec()),
        Just(b"#/properties/a".to_vec()),
        Just(b"(a+)+$".to_vec()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    let leaf = prop_oneof![
        Just(OwnedValue::Null),
        any::<bool>().prop_map(OwnedValue::Bool),
        any::<i64>().prop_map(OwnedValue::Int),
        any::<f64>().prop_map(OwnedValue::Float),
        text.prop_map(OwnedValue::Str),
    ];
    let keyword = prop::sample::select(vec![
        "type",
        "properties",
        "$defs",
        "items",
        "anyOf",
        "not",
        "required",
        "enum",
        "$ref",
        "pattern",
        "patternProperties",
        "$id",
        "$schema",
        "const",
        "dependentRequired",
        "additionalProperties",
        "a",
        "minLength",
        "if",
        "prefixItems",
    ]);
    let key = prop_oneof![
        4 => keyword.prop_map(|k| OwnedKey::Str(k.as_bytes().to_vec())),
        1 => prop::collection::vec(any::<u8>(), 0..4).prop_map(OwnedKey::Str),
        1 => (-1..3i64).prop_map(OwnedKey::Int),
    ];
    let array = move |inner: BoxedStrategy<OwnedValue>| {
        let list = prop::collection::vec(inner.clone(), 0..4)
            .prop_map(|list| list.into_iter().enumerate().map(|(i, v)| (OwnedKey::Int(i as i64), v)).collect());
        prop_oneof![1 => list, 3 => prop::collection::vec((key.clone(), inner), 0..5)].prop_map(OwnedValue::Array)
    };
    leaf.prop_recursive(6, 60, 5, move |inner| array(inner.boxed()))
}

#[derive(Debug, Clone)]
enum OwnedValue {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Vec<u8>),
    Array(Vec<(OwnedKey, OwnedValue)>),
}

#[derive(Debug, Clone)]
enum OwnedKey {
    Int(i64),
    Str(Vec<u8>),
}

impl OwnedValue {
    fn borrow(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(*b),
            Self::Int(n) => Value::Int(*n),
            Self::Float(n) => Value::Float(*n),
            Self::Str(bytes) => Value::Str(bytes),
            Self::Array(entries) => Value::Array(
                entries
                    .iter()
                    .map(|(key, value)| match key {
                        OwnedKey::Int(n) => (Key::Int(*n), value.borrow()),
                        OwnedKey::Str(bytes) => (Key::Str(bytes), value.borrow()),
                    })
                    .collect(),
            ),
        }
    }
}

/// Valid schemas of the kinds that people write, with empty containers in all places where they may stand.
fn schema(levels: u32) -> BoxedStrategy<Json> {
    let text =
        prop_oneof![Just(json!({})), Just(json!({"type": "string"})), Just(json!({"enum": ["a", 1, 2.5, null]}))];
    let leaf = prop_oneof![text, Just(json!(true)), Just(json!({"type": ["string", "null"], "default": []}))];
    if levels == 0 {
        return leaf.boxed();
    }
    let inner = schema(levels - 1);
    let named = prop::collection::vec(("[a-c0-2]{1,2}", inner.clone()), 0..3).prop_map(Map::from_iter);
    let object = (named.clone(), prop::collection::vec("[a-c]", 0..2), named, inner.clone()).prop_map(
        |(properties, required, defs, additional)| {
            let unique: std::collections::BTreeSet<_> = required.into_iter().collect();
            json!({"type": "object", "properties": properties, "required": unique, "$defs": defs, "additionalProperties": additional})
        },
    );
    let several = prop::collection::vec(inner.clone(), 1..3);
    prop_oneof![
        leaf,
        object,
        inner.clone().prop_map(|s| json!({"type": "array", "items": s, "examples": []})),
        several.prop_map(|s| json!({"anyOf": s})),
        inner.prop_map(|s| json!({"not": s, "dependentRequired": {"a": []}})),
    ]
    .boxed()
}

/// The same schema as PHP has it after `json_decode( …, true )`: numeric names are numbers.
fn in_php(value: Value<'_>) -> Value<'_> {
    let number = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?;
        text.parse::<i64>().ok().filter(|n| n.to_string() == text)
    };
    match value {
        Value::Array(entries) => Value::Array(
            entries
                .into_iter()
                .map(|(key, value)| match key {
                    Key::Str(bytes) => (number(bytes).map_or(key, Key::Int), in_php(value)),
                    Key::Int(_) => (key, in_php(value)),
                })
                .collect(),
        ),
        other => other,
    }
}

proptest! {
    #[test]
    fn no_tree_makes_it_panic(tree in tree(), answer in "[{}\\[\\]\":,a0`\\n ]{0,20}") {
        prop_assume!(!matches!(tree, OwnedValue::Null));
        if let Ok(schema) = read_value(tree.borrow()) {
            let _ = schema.validate(&answer);
        }
        // With the root that all schemas have, it gets further.
        let rooted = OwnedValue::Array(vec![
            (OwnedKey::Str(b"type".to_vec()), OwnedValue::Str(b"object".to_vec())),
            (OwnedKey::Str(b"properties".to_vec()), OwnedValue::Array(vec![(OwnedKey::Str(b"a".to_vec()), tree)])),
        ]);
        if let Ok(schema) = read_value(rooted.borrow()) {
            let _ = schema.validate("{\"a\": [{\"a\": 1}]}");
        }
    }

    #[test]
    fn a_schema_survives_the_way_through_php(properties in prop::collection::vec(("[a-c0-2]{1,2}", schema(3)), 0..4)) {
        let json = json!({"type": "object", "properties": Map::from_iter(properties)});
        for value in [Value::from(&json), in_php(Value::from(&json))] {
            let schema = read_value(value).expect("the schema is valid");
            prop_assert_eq!(schema.value().to_string(), json.to_string());
        }
    }

    #[test]
    fn what_is_at_a_place_is_what_json_schema_wants_there(keyword in "[a-zA-Z$]{1,12}") {
        // Any keyword that is not known holds data, whose empty array is a list.
        prop_assume!(Place::of(&keyword) == Place::Data && keyword != "type" && !REFUSED.contains(&keyword.as_str()));
        let path = &mut Path::at("schema");
        let empty = Value::Array(vec![(Key::Str(keyword.as_bytes()), Value::empty())]);
        prop_assert_eq!(convert::to_json(&empty, path).expect("JSON"), json!({ keyword: [] }));
    }
}
