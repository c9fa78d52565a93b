//! The callback of a stream: what PHP is told, and what comes back of it.
//!
//! A fatal error in the callback (and an echo to a browser that has gone) makes PHP jump over all Rust frames. It is caught
//! here, right around the callback, so that the call can be ended in order: upstream closed, usage logged, nothing leaked. An
//! exception, and `exit()`, stay pending until the function returns; nothing of PHP runs in between.

use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;

use ext_php_rs::types::{ZendCallable, Zval};
use ext_php_rs::zend::try_catch;

use super::array;
use super::exceptions::categories;
use super::zval::{Map, int};
use crate::error::Error;
use crate::gateway::Said;

/// How the callback has ended the call, if it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It returned false.
    Declined,
    /// It threw: the exception is pending.
    Threw,
    /// PHP has given the script up.
    Fatal,
}

/// A callback and how it has fared.
pub struct Listener<'c> {
    callback: ZendCallable<'c>,
    /// Set once it wants no more.
    pub ended: Option<Ended>,
}

impl<'c> Listener<'c> {
    /// Tells this callback.
    pub fn new(callback: ZendCallable<'c>) -> Self {
        Self { callback, ended: None }
    }

    /// Tells one event.
    pub fn tell(&mut self, said: &Said<'_>) -> ControlFlow<()> {
        if self.ended.is_some() {
            return ControlFlow::Break(());
        }
        let event = event(said);
        let callback = AssertUnwindSafe((&self.callback, &event));
        let ended = match try_catch(move || callback.0.0.try_call(vec![callback.0.1])) {
            Ok(Ok(answer)) if answer.is_false() => Some(Ended::Declined),
            Ok(Ok(_)) => None,
            Ok(Err(_)) => Some(Ended::Threw),
            Err(_) => Some(Ended::Fatal),
        };
        self.ended = ended;
        if ended.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// An event as PHP sees it.
fn event(said: &Said<'_>) -> Zval {
    let of = |kind: &str| Map::new().set("type", kind);
    match said {
        Said::Start { request_id, model, provider, cached, limits } => of("start")
            .set("request_id", *request_id)
            .set("model", *model)
            .set("provider", *provider)
            .set("cached", *cached)
            .set("limits", array::limits(limits)),
        Said::Delta(text) => of("delta").set("text", *text),
        Said::Restart { provider, attempt } => {
            of("restart").set("provider", *provider).set("attempt", i64::from(*attempt))
        }
        Said::Heartbeat => of("heartbeat"),
        Said::Result(outcome) => of("result").set("result", array::outcome(outcome)),
        Said::Error(error) => of("error").set("error", failure(error)),
    }
    .finish()
}

/// An error as a value: in an event, and in the place of a batch's result.
pub fn failure(error: &Error) -> Zval {
    let retry_after = error.retry_after_s().map(int);
    let map = Map::new()
        .set("code", error.kind().slug())
        .set("message", error.to_string())
        .set("status", i64::from(error.status()))
        .set("retry_after", retry_after);
    match error.categories() {
        [] => map,
        _ => map.set("categories", categories(error)),
    }
    .finish()
}
