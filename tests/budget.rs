//! Budgets as a caller meets them: refused before anything is sent, trued up by what a call did cost, however it ends.

#[path = "support/echo.rs"]
mod echo;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use aisp::error::{Error, Fault};
use echo::{echo, policy, with};
use serde_json::{Value as Json, json};
use wire::Server;
use world::World;

/// What the server says that a call took: 3 tokens in, 5 out; at one and two dollars a million that is 13 millionths.
const TOKENS: u64 = 8;

fn budget(server: &Server, rule: Json) -> Json {
    with(policy(server), "budget", json!([rule]))
}

fn tokens(server: &Server, cap: u64) -> Json {
    budget(server, json!({"per": "site", "tokens": cap, "period": "day"}))
}

fn used(world: &World, policy: &Json) -> u64 {
    let budgets = world.budgets(policy);
    assert_eq!(budgets[0].reserved, 0, "no call is under way");
    budgets[0].used
}

fn small(n: u32) -> Json {
    json!({"prompt": format!("Number {n}"), "max_tokens": 10})
}

#[test]
fn a_call_that_may_take_663_tokens_is_not_sent_under_a_cap_of_100() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = tokens(&server, 100);
    let request = json!({"prompt": "x".repeat(4 * 163)});
    let error = world.infer(&request, &policy).expect_err("over budget");
    let text = error.to_string();
    assert!(text.starts_with("The budget budget-site-day-tokens has 100 tokens of 100 tokens left, and this request may take 663 tokens. It renews at 20"), "{text}");
    assert!(matches!(error, Error::BudgetExceeded { .. }) && error.status() == 429);
    assert!(error.retry_after_s().is_some_and(|wait| (1..=86_400).contains(&wait)));
    assert!(server.seen().is_empty());
    assert_eq!(used(&world, &policy), 0);
    assert_eq!(world.log()[0].error.as_deref(), Some("policy_budget"));
}

#[test]
fn what_was_reserved_gives_way_to_what_was_spent_and_hits_are_free() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = tokens(&server, 100);
    for n in [1, 1, 2, 1, 2] {
        assert!(world.infer(&small(n), &policy).is_ok());
    }
    assert_eq!(used(&world, &policy), 2 * TOKENS);
    assert!((3..=11).all(|n| world.infer(&small(n), &policy).is_ok()));
    assert_eq!(used(&world, &policy), 11 * TOKENS);
    assert!(matches!(world.infer(&small(12), &policy), Err(Error::BudgetExceeded { .. })));
    assert!(world.infer(&small(1), &policy).is_ok_and(|outcome| outcome.cached), "what is kept is free");
    let told: Vec<_> = world.alerts().into_iter().map(|alert| (alert.percent, alert.used)).collect();
    assert_eq!(told, [(80, 80), (100, 88)]);
}

#[test]
fn dollars_are_counted_to_the_millionth() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = budget(&server, json!({"per": "site", "usd": 0.0001, "period": "month"}));
    assert!((1..=3).all(|n| world.infer(&small(n), &policy).is_ok()));
    assert_eq!(used(&world, &policy), 39);
    let error = world.infer(&json!({"prompt": "Hi", "max_tokens": 40}), &policy).expect_err("over budget");
    assert!(
        error.to_string().contains("has $0.000061 of $0.0001 left, and this request may take $0.000081"),
        "{error}"
    );
}

#[test]
fn streams_and_batches_are_counted_and_what_fails_costs_nothing() {
    let (world, server) = (World::new(), Server::start(echo));
    let policy = tokens(&server, 1_000);
    assert!(world.stream(&small(1), &policy).1.is_ok());
    let pack = |n: u32| json!({"prompt": format!("Number {n}"), "max_tokens": 10, "pack": true});
    let items = world.batch(&json!([small(2), small(2), pack(3), pack(4)]), &policy).expect("items");
    let spent: u64 = items
        .iter()
        .filter_map(|item| item.as_ref().ok().filter(|outcome| outcome.attempts > 0 || !outcome.cached))
        .map(|outcome| u64::from(outcome.usage.tokens_in + outcome.usage.tokens_out))
        .sum();
    assert_eq!(used(&world, &policy), TOKENS + spent);
    let logged: u64 = world.log().iter().map(|record| u64::from(record.tokens_in + record.tokens_out)).sum();
    assert_eq!(used(&world, &policy), logged);

    let (world, server) = (World::new(), Server::answering(b"HTTP/1.1 400 No\r\ncontent-length: 2\r\n\r\n{}"));
    let policy = tokens(&server, 100);
    let failed = world.infer(&small(1), &policy);
    assert!(matches!(failed, Err(Error::Provider { fault: Fault::Rejected, .. })), "{failed:?}");
    assert_eq!(used(&world, &policy), 0);
}
