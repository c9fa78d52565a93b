//! What is accepted as a schema, and how answers stand to it.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::gateway::value::{Fields, Key, Value as Php};

fn read(schema: Value) -> Result<Schema, String> {
    let request = json!({ "schema": schema });
    let request = Php::from(&request);
    let item = Fields::of(&request).expect("a map").item("schema").expect("it is there");
    Schema::read(&item).map_err(|flaw| flaw.sentence("f", 1, "request"))
}

fn person() -> Value {
    json!({
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": { "name": { "type": "string" }, "age": { "type": "integer", "minimum": 0 } },
    })
}

#[test]
fn an_answer_that_satisfies_it_comes_decoded() {
    let schema = read(person()).expect("valid");
    for answer in [
        "{\"name\":\"Ada\",\"age\":36}",
        "```json\n{\"age\":36,\"name\":\"Ada\"}\n```",
        " {\"name\":\"Ada\",\"age\":36} ",
    ] {
        assert_eq!(schema.validate(answer), Ok(json!({ "name": "Ada", "age": 36 })), "{answer}");
    }
}

#[test]
fn one_that_does_not_is_told_what_is_wrong_and_where() {
    let schema = read(person()).expect("valid");
    for (answer, part) in [
        ("Ada is 36.", "not JSON"),
        ("{\"age\":36}", "\"name\" is a required property"),
        ("{\"name\":\"Ada\",\"age\":-1}", "/age: -1 is less than the minimum"),
        ("{\"name\":\"Ada\",\"born\":1815}", "Additional properties"),
        ("[]", "[] is not of type \"object\""),
    ] {
        let Complaint(text) = schema.validate(answer).expect_err("it does not satisfy it");
        assert!(text.contains(part), "{answer}: {text}");
        assert!(text.len() <= MAX_COMPLAINT + 20);
    }
    let long = format!("{{\"name\":\"Ada\",\"{}\":1}}", "é".repeat(5_000));
    assert!(schema.validate(&long).expect_err("unknown").0.len() <= MAX_COMPLAINT);
}

#[test]
fn a_repair_shows_the_model_its_answer_and_what_is_wrong_with_it() {
    let messages = vec![Message { role: Role::User, content: "Who?".into() }];
    let call = Call { model: "m".into(), system: None, messages, max_tokens: None, temperature: None, schema: None };
    let schema = read(person()).expect("valid");
    let complaint = schema.validate("{}").expect_err("no name");
    let mended = schema.repair(&call, "{}", &complaint);
    let roles: Vec<_> = mended.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant, Role::User]);
    assert!(mended.messages[2].content.contains("required property"));
    assert_eq!(schema.repair(&call, " ", &complaint).messages.len(), 2);
}

#[test]
fn what_is_wrong_with_a_schema_is_named_with_its_path() {
    let nested =
        (0..12).fold(json!({ "type": "string" }), |inner, _| json!({ "type": "object", "properties": { "a": inner } }));
    let wide: serde_json::Map<_, _> = (0..201).map(|i| (format!("p{i}"), json!({}))).collect();
    for (schema, part) in [
        (json!("{}"), "\"schema\" must be of type array, string given"),
        (json!({ "type": "array" }), "\"schema.type\" must be \"object\""),
        (json!({}), "\"schema.type\" must be \"object\""),
        (
            json!({ "type": "object", "properties": { "a": { "type": "text" } } }),
            "\"schema.properties.a.type\" is not valid",
        ),
        (json!({ "type": "object", "properties": { "a": { "pattern": "(" } } }), "is not valid JSON Schema"),
        (json!({ "type": "object", "properties": { "a": { "pattern": "(?=x)" } } }), "is not valid JSON Schema"),
        (
            json!({ "type": "object", "properties": { "a": { "$ref": "https://example.com/s" } } }),
            "\"schema.properties.a.$ref\" must refer",
        ),
        (
            json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/b" } } }),
            "\"schema.properties.a.$ref\" leads nowhere",
        ),
        (json!({ "type": "object", "$id": "x" }), "\"schema.$id\" is not supported"),
        (
            json!({ "type": "object", "$schema": "http://json-schema.org/draft-03/schema#" }),
            "\"schema.$schema\" must be one of",
        ),
        (json!({ "type": "object", "description": "x".repeat(17_000) }), "at most 16384 bytes"),
        (json!({ "type": "object", "properties": wide }), "at most 200 properties"),
        (nested, "deeper than 10 levels"),
    ] {
        let said = read(schema.clone()).expect_err("it is refused");
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_schema_that_never_ends_or_unfolds_without_bound_is_refused() {
    assert!(
        read(json!({ "type": "object", "allOf": [{ "$ref": "#" }] })).expect_err("itself").contains("back to itself")
    );
    let list = json!({ "type": "object", "properties": { "next": { "$ref": "#/$defs/list" } },
        "$defs": { "list": { "type": "object", "properties": { "next": { "$ref": "#/$defs/list" } } } } });
    assert!(read(list).expect_err("a list of any length").contains("back to itself"));
    let defs: serde_json::Map<_, _> = (0..9)
        .map(|i| {
            let next = json!({ "$ref": format!("#/$defs/d{}", i + 1) });
            (format!("d{i}"), json!({ "anyOf": vec![next; 8] }))
        })
        .chain([("d9".to_owned(), json!({ "type": "string" }))])
        .collect();
    let bomb = json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/d0" } }, "$defs": defs });
    assert!(read(bomb).is_err());
}

#[test]
fn references_within_the_schema_are_followed() {
    let schema = read(json!({
        "type": "object", "properties": { "a": { "$ref": "#/$defs/word" } }, "$defs": { "word": { "pattern": "^a+$" } }
    }));
    let schema = schema.expect("valid");
    assert!(schema.validate("{\"a\":\"aaa\"}").is_ok() && schema.validate("{\"a\":\"b\"}").is_err());
}

/// The value as PHP has it after `json_decode( …, true )`: no empty objects, and numbers for names that look like them.
fn php(json: &Value) -> Php<'_> {
    match json {
        Value::Array(list) => {
            Php::Array(list.iter().enumerate().map(|(i, value)| (Key::Int(i as i64), php(value))).collect())
        }
        Value::Object(map) => Php::Array(
            map.iter()
                .map(|(name, value)| {
                    let number = name.parse::<i64>().ok().filter(|number| number.to_string() == *name);
                    let key = number.map_or(Key::Str(name.as_bytes()), Key::Int);
                    (key, php(value))
                })
                .collect(),
        ),
        other => Php::from(other),
    }
}

fn schemas() -> impl Strategy<Value = Value> {
    let leaf = prop::sample::select(vec![
        json!({}),
        json!({ "type": "string", "enum": ["a", "b"] }),
        json!({ "type": ["integer", "null"], "minimum": 1 }),
        json!({ "type": "array", "items": {} }),
        json!({ "required": [], "properties": {} }),
    ]);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let properties = prop::collection::btree_map("[a-c0-2]{1,2}", inner.clone(), 0..3);
        (properties, inner.clone(), prop::collection::vec(inner, 1..3)).prop_map(|(properties, items, any)| {
            json!({ "type": "object", "properties": properties, "additionalProperties": items, "anyOf": any })
        })
    })
}

proptest! {
    #[test]
    fn a_schema_survives_the_way_through_php(schema in schemas()) {
        let schema = json!({ "type": "object", "properties": { "x": schema } });
        let request = Php::Array(vec![(Key::Str(b"schema"), php(&schema))]);
        let item = Fields::of(&request).expect("a map").item("schema").expect("it is there");
        if let Ok(read) = Schema::read(&item) {
            prop_assert_eq!(read.value(), &schema);
        }
    }

    #[test]
    fn no_answer_breaks_the_validator(answer in ".{0,200}") {
        let _ = read(person()).expect("valid").validate(&answer);
    }
}
