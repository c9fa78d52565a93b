use serde_json::{Value as Json, json};

use super::{object, read_value, refusal, valid};
use crate::gateway::schema::Schema;
use crate::gateway::value::{Key, Value};

#[test]
fn an_empty_php_array_is_what_its_place_wants() {
    let schema = json!({
        "type": "object",
        "properties": {"any": {}, "list": {"type": "array", "items": {}}, "none": {"enum": [], "default": []}, "properties": {"type": "object", "properties": {}}},
        "required": [], "$defs": {}, "patternProperties": {}, "dependentRequired": {"any": []}, "additionalProperties": {},
        "not": {"anyOf": [{"required": ["x"], "not": {}}]}
    });
    assert_eq!(valid(&schema).value().to_string(), schema.to_string());
}

#[test]
fn a_name_that_php_turned_into_a_number_is_a_name_again() {
    let string = || Value::Array(vec![(Key::Str(b"type"), Value::Str(b"string"))]);
    let names = Value::Array(vec![(Key::Int(0), string()), (Key::Int(1), string())]);
    let schema = Value::Array(vec![(Key::Str(b"type"), Value::Str(b"object")), (Key::Str(b"properties"), names)]);
    let schema = read_value(schema).expect("the schema is valid");
    assert_eq!(schema.value(), &object(json!({"0": {"type": "string"}, "1": {"type": "string"}})));
}

#[test]
fn what_json_cannot_hold_is_named_by_its_path() {
    let with = |default: Value<'static>| {
        let age = Value::Array(vec![(Key::Str(b"default"), default)]);
        let properties = Value::Array(vec![(Key::Str(b"age"), age)]);
        read_value(Value::Array(vec![
            (Key::Str(b"type"), Value::Str(b"object")),
            (Key::Str(b"properties"), properties),
        ]))
        .expect_err("the value is bad")
    };
    assert!(with(Value::Float(f64::NAN)).ends_with("key \"schema.properties.age.default\" must be a finite number"));
    assert!(with(Value::Float(f64::INFINITY)).ends_with("must be a finite number"));
    assert!(with(Value::Str(b"\xff")).ends_with("key \"schema.properties.age.default\" must be valid UTF-8"));
    assert!(with(Value::Other("object")).ends_with("must be something that JSON can hold, object given"));
    assert!(with(Value::Array(vec![(Key::Str(b"\xff"), Value::Null)])).ends_with("must have UTF-8 keys"));
}

#[test]
fn only_an_array_with_an_object_at_its_root_is_a_schema() {
    assert_eq!(refusal(&json!("{}")), "\"schema\" must be of type array, string given");
    let root = "\"schema.type\" must be \"object\": every provider wants an object at the root";
    for schema in [json!({}), json!({"type": "array"}), json!({"type": ["object"]}), json!({"anyOf": [{}]})] {
        assert_eq!(refusal(&schema), root);
    }
    assert_eq!(refusal(&json!(true)), root);
}

#[test]
fn what_is_no_json_schema_is_named_without_a_word_of_its_values() {
    let bad = |age: Json| refusal(&object(json!({"age": age})));
    assert_eq!(bad(json!("secret")), "\"schema.properties.age\" must be of type array, string given");
    assert_eq!(
        bad(json!({"minimum": "secret"})),
        "\"schema.properties.age.minimum\" is not valid JSON Schema: value is not of type \"number\""
    );
    assert!(bad(json!({"type": "secret"})).starts_with("\"schema.properties.age.type\" is not valid JSON Schema"));
    assert_eq!(bad(json!({"anyOf": {"a": {}}})), "\"schema.properties.age.anyOf\" must be a list");
    assert_eq!(bad(json!({"enum": {"1": "secret", "2": 5}})), "\"schema.properties.age.enum\" must be a list");
    assert_eq!(
        bad(json!({"required": "secret"})),
        "\"schema.properties.age.required\" must be of type array, string given"
    );
    assert!(bad(json!({"additionalProperties": ["secret"]})).contains("must be a map of JSON Schema's keywords"));
    for bad in [
        json!({"$ref": 5}),
        json!({"pattern": "(secret"}),
        json!({"format": ["secret"]}),
        json!({"patternProperties": {"(": {}}}),
    ] {
        assert!(!refusal(&object(json!({"age": bad}))).contains("secret"));
    }
}

#[test]
fn the_order_of_properties_is_part_of_a_schema() {
    let (ab, ba) = (object(json!({"a": {}, "b": {}})), object(json!({"b": {}, "a": {}})));
    assert_eq!(valid(&ab), valid(&ab));
    assert_ne!(valid(&ab), valid(&ba));
    assert_ne!(valid(&ab).bytes(), valid(&ba).bytes());
    assert_eq!(valid(&ab).bytes(), ab.to_string().as_bytes());
}

#[test]
fn a_schema_may_be_shared_by_threads() {
    fn assert_shared<T: Send + Sync + 'static>() {}
    assert_shared::<Schema>();
}
