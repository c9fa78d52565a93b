//! Jobs as a test sees them through the gateway: enqueued by user 7, worked on, looked at.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use aisp::clock::now_us;
use aisp::error::Error;
use aisp::gateway::{self, Args};
use aisp::store::{Status, with};
use serde_json::{Value as Json, json};

use crate::world::World;

pub fn enqueue(world: &World, request: &Json, policy: &Json) -> Result<Json, Error> {
    enqueue_as(world, &json!({"user_id": 7}), request, policy)
}

pub fn enqueue_as(world: &World, caller: &Json, request: &Json, policy: &Json) -> Result<Json, Error> {
    let args =
        Args { function: "aisp_job_enqueue", request: request.into(), caller: caller.into(), policy: policy.into() };
    gateway::enqueue(&args, &world.env())
}

/// Enqueues a job that is accepted, and hands back its id.
pub fn ordered(world: &World, request: &Json, policy: &Json) -> String {
    enqueue(world, request, policy).expect("enqueued")["id"].as_str().expect("an id").to_owned()
}

/// A job with its items.
pub fn get(world: &World, id: &str, policy: &Json) -> Json {
    let options = json!({"items": 1_000});
    gateway::get(id, &(&options).into(), &policy.into(), &world.env()).expect("a store").expect("a job")
}

/// Works on one job that is due, and says whether there was one.
pub fn work(world: &World, policy: &Json) -> bool {
    work_as(world, &json!({}), policy) > 0
}

/// Works as the options of `aisp_job_work()` say, and says on how many jobs.
pub fn work_as(world: &World, options: &Json, policy: &Json) -> u64 {
    gateway::work(&options.into(), &policy.into(), &world.env()).expect("worked")
}

/// Lets everything that waits for its time be due now.
pub fn hurry(world: &World) {
    change(world, "UPDATE job SET due_us = 1 WHERE state IN (0, 2)");
}

/// Changes the store's file behind its back, and says how many rows that were.
pub fn change(world: &World, sql: &str) -> usize {
    let conn = rusqlite::Connection::open(world.store().trim_start_matches("sqlite:")).expect("a database");
    conn.execute(sql, []).expect("an update")
}

/// State, error, and whether its only item was answered, with what.
pub fn stand(job: &Json) -> (&str, Option<&str>, Option<&str>) {
    (job["state"].as_str().unwrap_or_default(), job["error"].as_str(), job["result"]["text"].as_str())
}

/// How long from now a job is due, in seconds.
pub fn due_in(job: &Json) -> i64 {
    job["due_at"].as_i64().expect("a time") - now_us().div_euclid(1_000_000)
}

/// Outcomes that the log has from so many hours from now on, oldest first, without taking them out of it.
pub fn logged(world: &World, hours: i64) -> Vec<String> {
    let at_us = now_us() + hours * 3_600_000_000;
    let drained =
        with(&world.settings.store, |store| store.drain(10_000, None, at_us)).expect("a store").expect("drained");
    drained.iter().map(|record| record.outcome().to_owned()).collect()
}

pub fn status(world: &World) -> Status {
    with(&world.settings.store, |store| store.status(now_us())).expect("a store").expect("figures")
}

/// Spent and promised of the only budget.
pub fn budget(world: &World, policy: &Json) -> (u64, u64) {
    let state = world.budgets(policy).remove(0);
    (state.used, state.reserved)
}
