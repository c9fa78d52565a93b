use serde_json::{Map, json};

use super::{object, person, read, refusal, valid};
use crate::gateway::schema::place::REFUSED;

#[test]
fn patterns_cannot_backtrack_and_are_small() {
    let with = |pattern: &str| read(&object(json!({"a": {"type": "string", "pattern": pattern}})));
    for fine in [r"^\d{4}-\d{2}-\d{2}$", r"^\p{L}[\p{L}\p{N} .'-]*$", r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$"] {
        assert!(with(fine).is_ok(), "{fine}");
    }
    for bad in [r"(?=.*\d).{8,}", r"(?!a)b", r"(a)\1", "(", r"^(a{1,100}){1,100}$", r"((a{99}){99}){99}"] {
        let flaw = with(bad).expect_err(bad);
        assert!(
            flaw.contains("\"schema.properties.a.pattern\" must be a regular expression without look-around"),
            "{flaw}"
        );
    }
    assert!(with(&"a".repeat(501)).expect_err("long").contains("at most 500 bytes"));
    let many: Map<_, _> = (0..21).map(|i| (format!("^{i}x+y"), json!({}))).collect();
    assert!(refusal(&json!({"type": "object", "patternProperties": many})).contains("at most 20 patterns"));
    let name = refusal(&json!({"type": "object", "patternProperties": {"(?=a)": {}}}));
    assert!(name.starts_with("\"schema.patternProperties"), "{name}");
}

#[test]
fn a_schema_is_bounded_in_every_direction() {
    let nested = |levels: usize| (1..levels).fold(json!({"type": "object"}), |inner, _| object(json!({"a": inner})));
    assert!(read(&nested(10)).is_ok());
    assert!(refusal(&nested(11)).contains("must not be nested deeper than 10 schemas"));
    let data = |levels: usize| (0..levels).fold(json!([]), |inner, _| json!([inner]));
    assert!(read(&json!({"type": "object", "default": data(30)})).is_ok());
    assert!(
        refusal(&json!({"type": "object", "default": data(31)})).contains("must not be nested deeper than 32 arrays")
    );
    assert!(refusal(&json!({"type": "object", "default": data(100)})).contains("32 arrays"));

    let wide = |n: usize| object((0..n).map(|i| (format!("p{i}"), json!({}))).collect::<Map<_, _>>().into());
    assert!(read(&wide(200)).is_ok());
    assert!(refusal(&wide(201)).starts_with("\"schema\" must have at most 200 properties"));

    let long = |n: usize| json!({"type": "object", "title": "x".repeat(n)});
    assert!(read(&long(16_000)).is_ok());
    assert!(refusal(&long(16_384)).starts_with("\"schema\" must have at most 16384 bytes as JSON"));
    assert!(refusal(&long(20 << 20)).starts_with("\"schema\" must have at most 16384 bytes"));
    // Each of these has one byte in PHP and six in JSON.
    assert!(refusal(&json!({"type": "object", "title": "\u{1}".repeat(4_000)})).contains("16384 bytes as JSON"));
}

#[test]
fn a_reference_leads_to_another_schema_in_here_and_never_back() {
    let address = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let shared = json!({"type": "object", "properties": {"home": {"$ref": "#/$defs/a~1b"}, "work": {"$ref": "#/properties/home"}}, "$defs": {"a/b": address}});
    let schema = valid(&shared);
    assert!(schema.validate(r#"{"home": {"city": "Ulm"}, "work": {"city": "Ulm"}}"#).is_ok());
    assert!(schema.validate(r#"{"work": {}}"#).is_err());

    let with = |reference: &str| refusal(&object(json!({"a": {"$ref": reference}})));
    for outside in [
        "https://example.com/s.json",
        "file:///etc/passwd",
        "#name",
        "#/$defs/no",
        "#/properties",
        "#/type",
        "#/properties/%61",
        "a",
        "",
    ] {
        assert_eq!(
            with(outside),
            "\"schema.properties.a.$ref\" must name a schema in here, such as \"#/$defs/address\""
        );
    }
    for back in ["#", "#/properties/a"] {
        assert!(with(back).contains("recursive schemas are not supported"), "{back}");
    }
    let around = json!({"x": {"allOf": [{"$ref": "#/$defs/y"}]}, "y": {"items": {"$ref": "#/$defs/x"}}});
    assert!(refusal(&json!({"type": "object", "$defs": around})).contains("recursive"));
}

#[test]
fn references_cannot_multiply_the_work() {
    let chain = |branches: usize| {
        let defs: Map<_, _> = (0..4)
            .map(|i| {
                let next = if i == 3 { json!({}) } else { json!({"$ref": format!("#/$defs/d{}", i + 1)}) };
                (format!("d{i}"), json!({"anyOf": vec![next; branches]}))
            })
            .collect();
        json!({"type": "object", "$defs": defs})
    };
    assert!(read(&chain(2)).is_ok());
    assert!(refusal(&chain(6)).starts_with("\"schema\" must have at most 1000 schemas, counted again for each $ref"));
    let twice = |n: usize| json!({"type": "object", "$defs": {"big": {"anyOf": vec![json!({}); 300]}}, "anyOf": vec![json!({"$ref": "#/$defs/big"}); n]});
    assert!(read(&twice(2)).is_ok());
    assert!(refusal(&twice(3)).contains("at most 1000 schemas"));
}

#[test]
fn the_root_may_name_its_draft_and_itself() {
    for draft in [
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "http://json-schema.org/draft-07/schema#",
    ] {
        let mut schema = person();
        schema["$schema"] = json!(draft);
        schema["$id"] = json!("http://json-schema.org/draft-07/schema#");
        let schema = valid(&schema);
        assert!(schema.validate(r#"{"name": "Ada", "age": 36}"#).is_ok());
        assert!(schema.validate(r#"{"name": "Ada"}"#).is_err());
    }
    assert!(
        refusal(&json!({"type": "object", "$schema": "http://json-schema.org/draft-04/schema#"}))
            .starts_with("\"schema.$schema\" must be that of")
    );
    for inner in [json!({"$id": "x"}), json!({"$schema": "https://json-schema.org/draft/2020-12/schema"})] {
        assert!(refusal(&object(json!({"a": inner}))).ends_with("is only allowed at the root"));
    }
    for keyword in REFUSED {
        assert_eq!(refusal(&json!({"type": "object", keyword: {}})), format!("\"schema.{keyword}\" is not supported"));
    }
    // As the name of a property, any of them will do.
    assert!(read(&object(json!({"$ref": {}, "$id": {}, "$schema": {}, "dependencies": {}, "pattern": {}}))).is_ok());
}
