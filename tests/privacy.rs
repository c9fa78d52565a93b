//! Private values never leave, never stay, and come back to their owner alone: whole, streamed, structured, in batches, and
//! from the cache.

#[path = "support/echo.rs"]
mod echo;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use std::path::Path;

use echo::{echo, policy, serve, with};
use serde_json::{Value as Json, json};
use wire::Server;
use world::{World, text_of};

const ANN: [&str; 3] = ["ann@example.com", "+1 212 555 0123", "4111 1111 1111 1111"];
const BOB: [&str; 3] = ["bob@example.org", "+44 20 7946 0958", "5555 5555 5555 4444"];
const SEALED: &str = "Mail [EMAIL_1], call [PHONE_1], charge [CARD_1].";

fn of([email, phone, card]: [&str; 3]) -> String {
    format!("Mail {email}, call {phone}, charge {card}.")
}

fn prompt(values: [&str; 3]) -> Json {
    json!({"prompt": of(values)})
}

/// Whether any of the values stands in the store's files.
fn is_stored(world: &World, values: [&str; 3]) -> bool {
    let file = world.store().trim_start_matches("sqlite:");
    let folder = Path::new(file).parent().expect("a folder");
    let files = std::fs::read_dir(folder).expect("files").filter_map(Result::ok);
    let bytes: Vec<u8> = files.flat_map(|file| std::fs::read(file.path()).unwrap_or_default()).collect();
    values.iter().any(|value| bytes.windows(value.len()).any(|window| window == value.as_bytes()))
}

#[test]
fn what_leaves_and_what_stays_is_sealed_and_the_caller_gets_its_own() {
    let (world, server) = (World::new(), Server::start(echo));
    let outcome = world.infer(&prompt(ANN), &policy(&server)).expect("an answer");
    assert_eq!(outcome.answer.text, format!("You said: {}", of(ANN)));
    assert_eq!(outcome.redacted, [("email".to_owned(), 1), ("phone".to_owned(), 1), ("card".to_owned(), 1)]);
    let seen = server.seen().join("");
    assert!(seen.contains(SEALED), "{seen}");
    assert!(ANN.iter().all(|value| !seen.contains(value)), "{seen}");
    assert!(!is_stored(&world, ANN));
    assert!(world.log().iter().all(|record| !format!("{record:?}").contains("ann@")));
}

#[test]
fn two_callers_share_an_answer_and_each_gets_its_own_values() {
    let (world, server) = (World::new(), Server::start(echo));
    let first = world.infer(&prompt(ANN), &policy(&server)).expect("an answer");
    let second = world.infer(&prompt(BOB), &policy(&server)).expect("an answer");
    assert_eq!((first.cached, second.cached, server.seen().len()), (false, true, 1));
    assert_eq!(first.req_hash, second.req_hash);
    assert_eq!(second.answer.text, format!("You said: {}", of(BOB)));
    let (told, result) = world.stream(&prompt(ANN), &policy(&server));
    assert!(result.is_ok_and(|outcome| outcome.cached));
    assert_eq!(text_of(&told), format!("You said: {}", of(ANN)));
    let other = json!({"prompt": "Mail ann@example.com and again ann@example.com, charge 4111 1111 1111 1111."});
    assert!(world.infer(&other, &policy(&server)).is_ok_and(|outcome| !outcome.cached));
}

#[test]
fn a_stream_that_splits_placeholders_is_whole_for_its_caller() {
    let (world, server) = (World::new(), Server::start(echo));
    let (told, result) = world.stream(&prompt(ANN), &policy(&server));
    assert_eq!(result.expect("an answer").answer.text, format!("You said: {}", of(ANN)));
    assert_eq!(text_of(&told), format!("You said: {}", of(ANN)));
    assert!(told.len() > 10 && told.iter().all(|word| !word.contains("[E") && !word.contains("AIL")), "{told:?}");
    assert!(!is_stored(&world, ANN));
}

#[test]
fn a_caller_who_hangs_up_has_its_own_values_in_what_was_said_so_far() {
    let (world, server) = (World::new(), Server::start(echo));
    let (told, result) =
        world.stream_until(&prompt(ANN), &policy(&server), |told| text_of(told).contains("ann@example.com"));
    let text = result.expect("what there was").answer.text;
    assert!(text.starts_with("You said: Mail ann@example.com") && text_of(&told).starts_with("You said: Mail ann@"));
}

#[test]
fn look_alikes_of_the_caller_and_inventions_of_the_model_stay_as_they_are() {
    let server = Server::start(|_, connection| {
        serve(connection, |body| format!("{} [EMAIL_9]", body["input"].as_str().unwrap_or_default()));
    });
    let world = World::new();
    let request = json!({"prompt": "Is [EMAIL_1] a name? Ask ann@example.com."});
    let outcome = world.infer(&request, &policy(&server)).expect("an answer");
    assert_eq!(outcome.answer.text, "Is [EMAIL_1] a name? Ask ann@example.com. [EMAIL_9]");
    assert!(server.seen()[0].contains("Is [TEXT_1] a name? Ask [EMAIL_1]."));
}

#[test]
fn structured_answers_are_judged_with_the_caller_s_values_in_them() {
    let server = Server::start(|_, connection| {
        serve(connection, |_| json!({"mail": "[EMAIL_1]", "note": "[QUOTED_1]"}).to_string());
    });
    let world = World::new();
    let policy = with(policy(&server), "redact", json!({"patterns": {"quoted": "\"[a-z]+\""}}));
    let schema = json!({
        "type": "object", "required": ["mail", "note"],
        "properties": {
            "mail": {"type": "string", "format": "email", "description": "not ann@example.com"},
            "note": {"type": "string", "pattern": "^\"[a-z]+\"$"},
        },
    });
    let ask = |email: &str, word: &str| {
        let request = json!({"prompt": format!("{email} says \"{word}\""), "schema": schema});
        world.infer(&request, &policy).expect("an answer")
    };
    let first = ask("ann@example.com", "yes");
    assert_eq!(first.data, Some(json!({"mail": "ann@example.com", "note": "\"yes\""})));
    assert_eq!(serde_json::from_str::<Json>(&first.answer.text).ok(), first.data);
    let seen = server.seen().join("");
    assert!(!seen.contains("ann@") && !seen.contains("pattern") && !seen.contains("\"email\""), "{seen}");
    let again = ask("ann@example.com", "no");
    assert_eq!((again.cached, again.data), (true, Some(json!({"mail": "ann@example.com", "note": "\"no\""}))));
    assert!(server.seen().is_empty());
}

#[test]
fn in_a_batch_each_gets_its_own_and_what_is_equal_when_sealed_is_asked_once() {
    let (world, server) = (World::new(), Server::start(echo));
    let items = world.batch(&json!([prompt(ANN), prompt(BOB), prompt(ANN)]), &policy(&server)).expect("items");
    let texts: Vec<_> = items.into_iter().map(|item| item.expect("an answer").answer.text).collect();
    assert_eq!(texts, [ANN, BOB, ANN].map(|values| format!("You said: {}", of(values))));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn packed_prompts_do_not_mix_their_values() {
    let server = Server::start(|_, connection| {
        serve(connection, |body| {
            let asked: Json = serde_json::from_str(body["input"].as_str().unwrap_or_default()).unwrap_or_default();
            let answers = asked.as_array().into_iter().flatten();
            let answers: Vec<_> = answers.map(|one| json!({"id": one["id"], "text": one["prompt"]})).collect();
            json!({"answers": answers}).to_string()
        });
    });
    let world = World::new();
    let request = |text: &str| json!({"prompt": text, "pack": true});
    let requests = json!([request("1: ann@example.com"), request("2: bob@example.org"), request("3: nobody")]);
    let items = world.batch(&requests, &policy(&server)).expect("items");
    let texts: Vec<_> = items.into_iter().map(|item| item.expect("an answer").answer.text).collect();
    assert_eq!(texts, ["1: ann@example.com", "2: bob@example.org", "3: nobody"]);
    let seen = server.seen();
    assert!(seen.len() == 1 && !seen[0].contains("@example"), "{seen:?}");
}

#[test]
fn the_policy_may_send_them_as_they_are() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = with(policy(&server), "redact", json!({"email": false}));
    assert!(world.infer(&prompt(ANN), &policy).is_ok_and(|outcome| outcome.redacted.len() == 2));
    assert!(server.seen()[0].contains("Mail ann@example.com, call [PHONE_1]"));
}

#[test]
fn a_failure_says_nothing_of_them() {
    let server = Server::answering(b"HTTP/1.1 400 No\r\ncontent-length: 26\r\n\r\n{\"error\":\"ann@example.com\"}");
    let error = World::new().infer(&prompt(ANN), &policy(&server)).expect_err("no answer");
    assert!(!format!("{error} {error:?}").contains("ann@"), "{error:?}");
}
