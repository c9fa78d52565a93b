//! Which schemas are strict, and what becomes of those that Anthropic does not take as they are.

use super::*;

/// A closed object with these properties, all required.
fn closed(properties: Value) -> Value {
    let required: Vec<_> = properties.as_object().unwrap().keys().cloned().collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

#[test]
fn a_schema_is_strict_if_every_object_in_it_is_closed_and_complete() {
    let person = closed(json!({ "name": { "type": "string" }, "age": { "type": ["integer", "null"], "minimum": 0 } }));
    let mut recursive = closed(json!({ "next": { "anyOf": [{ "$ref": "#/$defs/node" }, { "type": "null" }] } }));
    recursive["$defs"] = json!({ "node": person });
    let strict = [
        person.clone(),
        closed(json!({})),
        closed(json!({ "list": { "type": "array", "items": person, "maxItems": 3 } })),
        closed(json!({ "label": { "enum": ["a", "b"] }, "when": { "type": "string", "format": "date" } })),
        recursive,
    ];
    for schema in strict {
        assert!(is_strict(&schema), "{schema}");
    }
}

#[test]
fn one_open_object_anywhere_makes_a_schema_lenient() {
    let text = json!({ "type": "string" });
    let open = json!({ "type": "object", "properties": { "a": text }, "required": ["a"] });
    let partial =
        json!({ "type": "object", "properties": { "a": text }, "required": [], "additionalProperties": false });
    for inner in [open, partial, json!({ "type": "object", "additionalProperties": text })] {
        let mut defined = closed(json!({ "a": { "$ref": "#/$defs/x" } }));
        defined["$defs"] = json!({ "x": inner });
        let around = [
            inner.clone(),
            closed(json!({ "a": inner })),
            closed(json!({ "a": { "type": "array", "items": inner } })),
            closed(json!({ "a": { "anyOf": [{ "type": "null" }, inner] } })),
            defined,
        ];
        for schema in around {
            assert!(!is_strict(&schema), "{schema}");
        }
    }
}

#[test]
fn what_the_strict_mode_does_not_know_makes_a_schema_lenient() {
    let property = [
        json!({}),
        json!(true),
        json!({ "type": "string", "minLength": 1 }),
        json!({ "type": "string", "format": "color" }),
        json!({ "type": "string", "default": "a" }),
        json!({ "oneOf": [{ "type": "string" }] }),
        json!({ "type": "array", "items": { "type": "string" }, "uniqueItems": true }),
    ];
    for property in property {
        assert!(!is_strict(&closed(json!({ "a": property }))), "{property}");
    }
    for root in
        [json!({}), json!(true), json!({ "type": "array", "items": { "type": "string" } }), json!({ "anyOf": [] })]
    {
        assert!(!is_strict(&root), "{root}");
    }
    let deep = (0..20).fold(closed(json!({})), |inner, _| closed(json!({ "a": inner })));
    assert!(!is_strict(&deep));
}

#[test]
fn anthropic_gets_closed_objects_and_the_rest_in_words() {
    let cases = [
        (
            json!({ "type": "integer", "minimum": 1, "maximum": 10, "description": "A number" }),
            json!({ "type": "integer", "description": "A number\n\n{minimum: 1, maximum: 10}" }),
        ),
        (
            json!({ "$schema": "x", "type": "object", "properties": { "a": { "type": "string", "maxLength": 5 } }, "required": ["a"] }),
            json!({ "type": "object", "properties": { "a": { "type": "string", "description": "{maxLength: 5}" } },
                "additionalProperties": false, "required": ["a"] }),
        ),
        (
            json!({ "properties": { "a": { "type": "object", "additionalProperties": true } } }),
            json!({ "type": "object", "additionalProperties": false,
                "properties": { "a": { "type": "object", "properties": {}, "additionalProperties": false } } }),
        ),
        (
            json!({ "type": "array", "items": { "type": "number", "multipleOf": 2 }, "minItems": 1, "maxItems": 3 }),
            json!({ "type": "array", "items": { "type": "number", "description": "{multipleOf: 2}" }, "minItems": 1,
                "description": "{maxItems: 3}" }),
        ),
        (json!({ "type": "array", "minItems": 2 }), json!({ "type": "array", "description": "{minItems: 2}" })),
        (json!({ "type": "string", "format": "uri" }), json!({ "type": "string", "format": "uri" })),
        (
            json!({ "type": "string", "format": "color" }),
            json!({ "type": "string", "description": "{format: \"color\"}" }),
        ),
        (
            json!({ "oneOf": [{ "type": "null" }, { "const": 3 }], "title": "T" }),
            json!({ "anyOf": [{ "type": "null" }, { "enum": [3] }], "title": "T" }),
        ),
        (
            json!({ "type": ["string", "null"], "maxLength": 5, "description": "D" }),
            json!({ "anyOf": [{ "type": "string", "description": "{maxLength: 5}" }, { "type": "null" }], "description": "D" }),
        ),
        (
            json!({ "$ref": "#/$defs/x", "$defs": { "x": { "type": "object", "properties": {} } } }),
            json!({ "$ref": "#/$defs/x",
                "$defs": { "x": { "type": "object", "properties": {}, "additionalProperties": false } } }),
        ),
        (json!({ "enum": ["a", "b"] }), json!({ "enum": ["a", "b"] })),
        (json!(true), json!(true)),
        (json!({}), json!({})),
    ];
    for (schema, expected) in cases {
        assert_eq!(for_anthropic(&schema), expected, "{schema}");
    }
}

#[test]
fn a_schema_that_anthropic_takes_as_it_is_stays_as_it_is() {
    let schema = closed(json!({
        "label": { "type": "string", "enum": ["a", "b"], "description": "Which", "title": "Label" },
        "list": { "type": "array", "items": { "type": "boolean" }, "minItems": 0 },
    }));
    assert_eq!(for_anthropic(&schema), schema);
}

#[test]
fn variants_without_a_type_get_none_from_properties_beside_them() {
    let schema = json!({ "anyOf": [], "properties": null });
    let adapted = for_anthropic(&schema);
    assert_eq!(for_anthropic(&adapted), adapted);
    assert_eq!(adapted.get("type"), None);
}

proptest::proptest! {
    #[test]
    fn any_json_can_be_looked_at(schema in crate::provider::testing::json()) {
        let _ = is_strict(&schema);
        let adapted = for_anthropic(&schema);
        // What is adapted needs no more of it.
        proptest::prop_assert_eq!(for_anthropic(&adapted), adapted);
    }
}
