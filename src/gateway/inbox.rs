//! The inbox as PHP uses it: who handles events, and who looks after those that nobody could handle.

use super::fields::{Fields, Flaw};
use super::flow::with_store;
use super::value::Value;
use super::{Env, misconfigured};
use crate::clock::now_us;
use crate::error::Error;
use crate::jobs;
use crate::store::{Event, EventFilter, Handled, MAX_ATTEMPTS, State};

/// The longest that a handler may have an event, in seconds.
const MAX_LEASE_S: i64 = 3_600;
const USUAL_LEASE_S: i64 = 60;
/// The most events that are handed out or listed at once.
const MAX_EVENTS: i64 = 1_000;
/// The longest error that is kept, in bytes.
const MAX_ERROR_BYTES: usize = 190;

/// `aisp_webhook_claim()`: the oldest events that are due, each for `lease_s` seconds.
///
/// # Errors
/// [`Error::Config`] for malformed options; [`Error::Store`].
pub fn claim_events(options: &Value<'_>, env: &Env<'_>) -> Result<Vec<Event>, Error> {
    let read = || -> Result<_, Flaw> {
        let mut fields = Fields::of(options)?;
        let max = fields.int("max", 1, MAX_EVENTS)?.unwrap_or(10) as u32;
        let lease_s = fields.int("lease_s", 1, MAX_LEASE_S)?.unwrap_or(USUAL_LEASE_S);
        let site = fields.string("site")?;
        fields.finish()?;
        Ok((site, max, lease_s))
    };
    let (site, max, lease_s) = read().map_err(misconfigured("aisp_webhook_claim", 1, "options"))?;
    let now_us = now_us();
    Ok(with_store(env, |store| store.claim_events(site, max, now_us + lease_s * 1_000_000, now_us))?)
}

/// `aisp_webhook_done()` and, with an error, `aisp_webhook_failed()`: ends a handler's turn, and says whether it was still its
/// own. An event that failed is tried again later, eight times in all over half a day; then it is dead.
///
/// # Errors
/// [`Error::Store`].
pub fn event_handled(id: i64, lease: i64, error: Option<&str>, env: &Env<'_>) -> Result<bool, Error> {
    let lease = u32::try_from(lease).unwrap_or(0);
    let now_us = now_us();
    let retry_us = (lease < MAX_ATTEMPTS).then(|| now_us + jobs::wait(lease).as_micros() as i64);
    let error = error.map(clipped);
    Ok(with_store(env, |store| store.event_handled(&Handled { now_us, id, lease, error, retry_us }))?)
}

/// `aisp_webhook_list()`: the newest events that match, without their bodies unless one is named by its id.
///
/// # Errors
/// [`Error::Config`] for a malformed filter; [`Error::Store`].
pub fn events(filter: &Value<'_>, env: &Env<'_>) -> Result<Vec<Event>, Error> {
    let filter = read_filter(filter).map_err(misconfigured("aisp_webhook_list", 1, "filter"))?;
    Ok(with_store(env, |store| store.events(&filter))?)
}

/// `aisp_webhook_replay()`: puts dead events that match back, and says how many.
///
/// # Errors
/// As [`events`].
pub fn replay_events(filter: &Value<'_>, env: &Env<'_>) -> Result<u64, Error> {
    let filter = read_filter(filter).map_err(misconfigured("aisp_webhook_replay", 1, "filter"))?;
    Ok(with_store(env, |store| store.replay_events(&filter, now_us()))?)
}

/// `aisp_webhook_forget()`: drops events that match and are not being handled, and says how many. One that was forgotten may
/// come again.
///
/// # Errors
/// As [`events`].
pub fn forget_events(filter: &Value<'_>, env: &Env<'_>) -> Result<u64, Error> {
    let filter = read_filter(filter).map_err(misconfigured("aisp_webhook_forget", 1, "filter"))?;
    Ok(with_store(env, |store| store.forget_events(&filter))?)
}

fn read_filter<'a>(value: &Value<'a>) -> Result<EventFilter<'a>, Flaw> {
    let mut fields = Fields::of(value)?;
    let state = fields.string("state")?;
    let state = state.map(|name| {
        State::named(name).ok_or_else(|| fields.flaw("state", "must be one of waiting, leased, done, dead"))
    });
    let filter = EventFilter {
        site: fields.string("site")?,
        source: fields.string("source")?,
        not_source: fields.string("not_source")?,
        state: state.transpose()?,
        id: fields.int("id", 1, i64::MAX)?,
        before: fields.int("before", 1, i64::MAX)?,
        max: fields.int("max", 1, MAX_EVENTS)?.unwrap_or(100) as u32,
    };
    fields.finish()?;
    Ok(filter)
}

/// Whole characters, and no more of them than are worth keeping.
fn clipped(error: &str) -> &str {
    let end = error.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= MAX_ERROR_BYTES).last();
    &error[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_cut_between_characters() {
        assert_eq!(clipped(&"é".repeat(200)).len(), MAX_ERROR_BYTES);
        assert_eq!(clipped("RuntimeException"), "RuntimeException");
        assert_eq!(clipped(""), "");
    }
}
