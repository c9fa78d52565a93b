//! Moderation of whole calls: what is blocked is not sent, not told and not kept, and a moderator that fails is treated as
//! the policy says.

#[path = "support/echo.rs"]
mod echo;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use aisp::error::{Error, Stage};
use aisp::gateway::Outcome;
use echo::{echo, policy, serve, with};
use serde_json::{Value as Json, json};
use wire::Server;
use world::{World, text_of};

/// A policy whose moderator is the server itself.
fn moderated(server: &Server, what: &str) -> Json {
    with(policy(server), "moderate", json!({"what": what, "provider": "here", "model": "watch"}))
}

/// Says the word that the moderator does not like.
fn rude() -> Server {
    Server::start(|_, connection| serve(connection, |_| "a forbidden answer".to_owned()))
}

/// Answers inferences; its moderator is out of order.
fn unwatched() -> Server {
    Server::start(|_, connection| {
        while let Some(request) = connection.request() {
            if request.contains("/moderations ") {
                connection.write(b"HTTP/1.1 500 Oops\r\ncontent-length: 2\r\n\r\n{}");
            } else {
                let content = json!([{"type": "output_text", "text": "fine"}]);
                let output = json!([{"type": "message", "role": "assistant", "content": content}]);
                connection.answer(&json!({"status": "completed", "output": output}).to_string());
            }
        }
    })
}

fn blocked(result: Result<Outcome, Error>) -> (Stage, Vec<String>) {
    let Err(Error::Blocked { stage, categories, .. }) = result else { panic!("not blocked: {result:?}") };
    (stage, categories)
}

/// Calls for an answer, apart from those for a verdict.
fn inferences(server: &Server) -> usize {
    server.seen().iter().filter(|seen| seen.contains("/responses ")).count()
}

#[test]
fn what_is_blocked_before_the_call_is_not_sent_and_costs_nothing() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = with(moderated(&server, "input"), "quota", json!([{"per": "site", "limit": 1, "period": 86_400}]));
    let error = world.infer(&json!({"prompt": "a forbidden wish"}), &policy);
    assert_eq!(blocked(error), (Stage::Input, vec!["violence".to_owned()]));
    assert_eq!(inferences(&server), 0);
    let record = world.log().remove(0);
    assert_eq!((record.status_code, record.error.as_deref()), (422, Some("policy_blocked_input")));
    assert!(world.infer(&json!({"prompt": "a wish"}), &policy).is_ok(), "the quota of one was given back");
}

#[test]
fn what_is_blocked_after_the_call_is_not_kept_and_counts_what_it_cost() {
    let (world, server) = (World::new(), rude());
    let policy = moderated(&server, "output");
    for _ in 0..2 {
        let error = world.infer(&json!({"prompt": "Hi"}), &policy).expect_err("blocked");
        assert!(!error.to_string().contains("forbidden"), "{error}");
        assert_eq!(blocked(Err(error)), (Stage::Output, vec!["violence".to_owned()]));
        assert_eq!(inferences(&server), 1);
    }
    let record = world.log().remove(0);
    assert_eq!((record.error.as_deref(), record.tokens_out), (Some("policy_blocked_output"), 5));
}

#[test]
fn nothing_of_a_stream_is_told_before_all_of_it_has_passed() {
    let (world, server) = (World::new(), rude());
    let (told, result) = world.stream(&json!({"prompt": "Hi"}), &moderated(&server, "output"));
    assert_eq!(blocked(result).0, Stage::Output);
    assert_eq!(told, Vec::<String>::new());

    let (world, server) = (World::new(), Server::start(echo));
    let (told, result) = world.stream(&json!({"prompt": "I am ann@example.com"}), &moderated(&server, "both"));
    assert!(result.is_ok());
    assert_eq!(told, ["start", "\"You said: I am ann@example.com\"", "result"]);
    let (told, _) = world.stream(&json!({"prompt": "I am ann@example.com"}), &moderated(&server, "both"));
    assert_eq!(text_of(&told), "You said: I am ann@example.com");
    assert!(server.seen().iter().all(|seen| !seen.contains("ann@")), "nor does the moderator see private values");
}

#[test]
fn a_client_may_ask_for_more_moderation_and_gets_no_answer_that_had_less() {
    let (world, server) = (World::new(), rude());
    let policy = moderated(&server, "none");
    assert!(world.infer(&json!({"prompt": "Hi"}), &policy).is_ok());
    assert!(world.infer(&json!({"prompt": "Hi"}), &policy).is_ok_and(|outcome| outcome.cached));
    assert_eq!(blocked(world.infer(&json!({"prompt": "Hi", "moderate": "output"}), &policy)).0, Stage::Output);
    let strict = moderated(&server, "output");
    assert_eq!(blocked(world.infer(&json!({"prompt": "Hi", "moderate": "none"}), &strict)).0, Stage::Output);
}

#[test]
fn while_the_moderator_is_down_input_passes_and_output_does_not_unless_the_policy_says_otherwise() {
    let ask = |moderate: Json| {
        let (world, server) = (World::new(), unwatched());
        let result = world.infer(&json!({"prompt": "Hi"}), &with(policy(&server), "moderate", moderate));
        (result, world.log().remove(0))
    };
    let with = |what: &str, on_failure: Json| json!({"what": what, "provider": "here", "on_failure": on_failure});
    assert!(ask(with("input", Json::Null)).0.is_ok());
    assert!(ask(with("both", json!("open"))).0.is_ok());
    for closed in
        [with("output", Json::Null), with("input", json!("closed")), with("both", json!({"output": "closed"}))]
    {
        let (result, record) = ask(closed);
        assert!(matches!(result, Err(Error::Moderation { .. })), "{result:?}");
        assert_eq!((record.status_code, record.error.as_deref()), (503, Some("provider_moderation")));
    }
}

#[test]
fn each_request_of_a_batch_is_moderated_for_itself() {
    let (world, server) = (World::new(), Server::start(echo));
    let request = |text: &str| json!({"prompt": text, "pack": true});
    let requests = json!([request("one"), request("a forbidden two"), request("three")]);
    let items = world.batch(&requests, &moderated(&server, "both")).expect("items");
    let ends: Vec<_> = items.into_iter().map(|item| item.map(|outcome| outcome.answer.text)).collect();
    assert!(matches!(&ends[1], Err(Error::Blocked { stage: Stage::Input, .. })));
    assert_eq!((ends[0].as_deref().ok(), ends[2].as_deref().ok()), (Some("You said: one"), Some("You said: three")));
}

#[test]
fn a_model_of_the_policy_may_judge() {
    let server = Server::start(|_, connection| {
        serve(connection, |body| {
            let judges = body["instructions"].as_str().unwrap_or_default().contains("content moderator");
            let flagged = body["input"].to_string().contains("forbidden");
            let categories = if flagged { json!(["hate"]) } else { json!([]) };
            if judges { json!({"flagged": flagged, "categories": categories}).to_string() } else { "fine".to_owned() }
        });
    });
    let world = World::new();
    let policy = with(policy(&server), "moderate", json!({"what": "input", "by": "small"}));
    let fine = world.infer(&json!({"prompt": "Hi"}), &policy).expect("it passes");
    assert_eq!((fine.answer.text.as_str(), fine.usage.tokens_out, fine.attempts), ("fine", 10, 1), "both calls count");
    let error = world.infer(&json!({"prompt": "a forbidden wish"}), &policy);
    assert_eq!(blocked(error), (Stage::Input, vec!["hate".to_owned()]));
}
