//! A real model on llama.cpp's server, which speaks three of the wire formats. `tests/support/providers.sh` starts it and sets
//! `MODEL_URL`, `MODEL_KEY` and `MODEL_NAME`.
#![allow(clippy::unwrap_used)]

#[path = "support/world.rs"]
mod world;

use serde_json::{Value, json};
use world::{World, text_of};

const KINDS: [&str; 3] = ["openai_responses", "openai_chat", "anthropic"];

/// The model behind each format; none, with a word about why, where no model runs.
fn policy() -> Option<Value> {
    let variable = |name: &str| std::env::var(name).ok();
    let (Some(url), Some(model)) = (variable("MODEL_URL"), variable("MODEL_NAME")) else {
        eprintln!("skipped: MODEL_URL is not set; tests/support/providers.sh starts the model and runs this");
        return None;
    };
    let provider = |kind: &str| json!({ "kind": kind, "base_url": url, "key_env": "MODEL_KEY" });
    let providers: Value = KINDS.iter().map(|kind| ((*kind).to_owned(), provider(kind))).collect();
    let route = |kind: &str| json!({ "route": [[kind, model]] });
    let models: Value = KINDS.iter().map(|kind| ((*kind).to_owned(), route(kind))).collect();
    Some(json!({ "providers": providers, "models": models, "timeout_ms": 60_000 }))
}

#[test]
fn one_prompt_has_one_answer_through_three_formats_whole_and_streamed() {
    let Some(policy) = policy() else { return };
    let world = World::new();
    let mut texts = Vec::new();
    for kind in KINDS {
        let request = json!({
            "prompt": "Name three colours.", "model": kind, "temperature": 0, "max_tokens": 24, "cache": false
        });
        let whole = world.infer(&request, &policy).unwrap();
        let (told, streamed) = world.stream(&request, &policy);
        let streamed = streamed.unwrap();
        assert_eq!(
            (&streamed.answer.text, streamed.answer.finish),
            (&whole.answer.text, whole.answer.finish),
            "{kind}"
        );
        assert_eq!(text_of(&told), whole.answer.text, "{kind}");
        assert!(told.iter().filter(|word| word.starts_with('"')).count() > 5, "{kind}: real tokens come one by one");
        assert!(whole.usage.tokens_in > 0 && streamed.usage.tokens_out > 0, "{kind} {streamed:?}");
        eprintln!("{kind}: {:?} {:?}", whole.answer.text, streamed.usage);
        texts.push(whole.answer.text);
    }
    assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
}

#[test]
fn a_conversation_goes_through_three_formats() {
    let Some(policy) = policy() else { return };
    let turn = |role: &str, content: &str| json!({ "role": role, "content": content });
    let messages = [turn("user", "I am Ann."), turn("assistant", "Hello Ann."), turn("user", "Greet me by name.")];
    for kind in KINDS {
        let request = json!({ "messages": messages, "model": kind, "temperature": 0, "max_tokens": 12 });
        let outcome = World::new().infer(&request, &policy);
        assert!(outcome.is_ok(), "{kind}: {outcome:?}");
    }
}

#[test]
fn a_schema_is_kept_by_a_small_model_too() {
    let Some(policy) = policy() else { return };
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["colour"],
        "properties": { "colour": { "type": "string", "enum": ["red", "green", "blue"] } },
    });
    let request =
        json!({ "prompt": "Which colour has grass?", "model": "openai_chat", "schema": schema, "max_tokens": 40 });
    let world = World::new();
    let whole = world.infer(&request, &policy).unwrap();
    let colour = whole.data.unwrap()["colour"].as_str().unwrap().to_owned();
    assert!(["red", "green", "blue"].contains(&colour.as_str()));
    let (_, kept) = world.stream(&request, &policy);
    let kept = kept.unwrap();
    assert!(kept.cached && kept.data.unwrap()["colour"] == colour.as_str());
}
