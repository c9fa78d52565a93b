use serde_json::{Map, json};

use super::{complaint, object, person, valid};
use crate::gateway::schema::repair;
use crate::provider::{Call, Message, Role};

#[test]
fn an_answer_may_stand_in_one_code_fence() {
    let schema = valid(&person());
    let ada = json!({"name": "Ada", "age": 36});
    for answer in [
        "{\"name\":\"Ada\",\"age\":36}",
        " \n{\"name\":\"Ada\",\"age\":36}\n",
        "```json\n{\"name\":\"Ada\",\"age\":36}\n```",
        "```\r\n{\"name\":\"Ada\",\"age\":36}\r\n```\n",
        "``` JSON\n{\"name\":\"Ada\",\"age\":36}```",
    ] {
        assert_eq!(schema.validate(answer), Ok(ada.clone()), "{answer}");
    }
    for answer in [
        "",
        "```",
        "```json\n```",
        "Here you are: {\"name\":\"Ada\",\"age\":36}",
        "{\"name\":\"Ada\",\"age\":36} {}",
        "``````",
    ] {
        assert!(complaint(&person(), answer).starts_with("The answer is not JSON: "), "{answer}");
    }
}

#[test]
fn a_complaint_says_where_and_what_in_at_most_500_characters() {
    assert_eq!(
        complaint(&person(), r#"{"name": "", "age": "36", "pet": 1}"#).lines().collect::<Vec<_>>(),
        [
            "The answer does not satisfy the schema:",
            "- /name: value is shorter than 1 character",
            "- /age: value is not of type \"integer\"",
            "- the root: Additional properties are not allowed ('pet' was unexpected)",
        ]
    );
    assert_eq!(complaint(&person(), "{\"name\" 1}"), "The answer is not JSON: expected `:` at line 1 column 9.");
    let many = object(json!({"a": {"items": {"type": "string"}}}));
    assert_eq!(complaint(&many, &json!({"a": vec![1; 50]}).to_string()).lines().count(), 6);
    let huge = json!({ "name": "x", "age": 1, "é".repeat(10_000): 1 }).to_string();
    assert!(complaint(&person(), &huge).chars().count() <= 500);
    let secret = valid(&person()).validate("{\"secret\": 1}").expect_err("bad");
    assert!(!format!("{secret:?}").contains("secret"));
}

#[test]
fn a_huge_answer_is_refused_without_a_huge_list_of_errors() {
    let any = object(json!({"a": {"anyOf": vec![json!({"items": {"type": "string"}}); 200]}}));
    assert_eq!(complaint(&any, &json!({"a": vec![1; 20_000]}).to_string()), "The answer does not satisfy the schema.");
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(complaint(&object(json!({})), &deep), "The answer is nested deeper than 64 levels.");
    assert!(complaint(&object(json!({})), &"[".repeat(1_000_000)).starts_with("The answer is not JSON"));
    assert_eq!(complaint(&object(json!({})), &" ".repeat((1 << 20) + 1)), "The answer is too long.");
    let pattern = json!({"pattern": "^x+y"});
    let shared: Map<_, _> = (0..10).map(|i| (format!("p{i}"), json!({"$ref": "#/$defs/p"}))).collect();
    let shared = json!({"type": "object", "properties": shared, "$defs": {"p": pattern}});
    assert!(valid(&shared).validate(&format!("{}{{}}", " ".repeat(90_000))).is_ok());
    assert_eq!(complaint(&shared, &format!("{}{{}}", " ".repeat(100_000))), "The answer is too long.");
}

#[test]
fn formats_are_asserted_in_every_draft() {
    for draft in ["https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-07/schema#"] {
        let mut schema = object(json!({"mail": {"type": "string", "format": "email"}}));
        schema["$schema"] = json!(draft);
        assert!(valid(&schema).validate(r#"{"mail": "ada@example.com"}"#).is_ok());
        assert!(valid(&schema).validate(r#"{"mail": "Ada"}"#).is_err());
    }
}

#[test]
fn a_repair_repeats_the_answer_and_asks_for_json_only() {
    let turn = |role, content: &str| Message { role, content: content.to_owned() };
    let call = Call {
        model: "m".into(),
        system: Some("Be brief.".into()),
        messages: vec![turn(Role::User, "Who?")],
        max_tokens: Some(9),
        temperature: None,
        schema: Some(person()),
    };
    let complaint = valid(&person()).validate("Ada").expect_err("no JSON");
    let repaired = repair(&call, " Ada\n", &complaint);
    let request = repaired.messages[2].content.clone();
    assert_eq!(repaired.messages[..2], [turn(Role::User, "Who?"), turn(Role::Assistant, "Ada")]);
    assert_eq!(repaired.messages[2].role, Role::User);
    assert!(request.starts_with("The answer is not JSON: ") && request.contains("corrected JSON only"));
    assert_eq!(Call { messages: call.messages.clone(), ..repaired }, call);

    let blank = repair(&call, " \n", &complaint);
    assert_eq!(blank.messages, [turn(Role::User, &format!("Who?\n\n{request}"))]);

    let huge = repair(&call, &format!("x{}", "é".repeat(100_000)), &complaint);
    assert_eq!(huge.messages[1].content.len(), 32 * 1024 - 1);
}

#[test]
fn a_pattern_that_would_take_a_backtracking_engine_for_ever_is_quick() {
    let schema = valid(&object(json!({"a": {"type": "string", "pattern": "^(x+x+)+y$"}})));
    let started = std::time::Instant::now();
    assert!(schema.validate(&json!({"a": "x".repeat(100_000)}).to_string()).is_err());
    assert!(started.elapsed().as_secs() < 5);
}
