//! What the module and its store are like, for who looks after them.

use ext_php_rs::types::Zval;

use super::call::{Call, Thrown};
use super::journal::ErrorLog;
use super::secrets::Variables;
use super::zval::{Map, int, list};
use super::{array, ini};
use crate::clock::now_us;
use crate::gateway::settings::Settings;
use crate::gateway::{self, Env};
use crate::store::{Counts, JobState, QueueStatus, State, Status};

/// `aisp_status()`: answers also when php.ini is wrong or the store is down, and says so.
pub fn status(call: &Call<'_>) -> Result<Zval, Thrown> {
    let site = call.optional_string(1, "site")?;
    let map = Map::new().set("version", env!("CARGO_PKG_VERSION")).set("build", env!("AISP_BUILD"));
    let settings = match ini::settings() {
        Ok(settings) => settings,
        Err(problems) => {
            let store = Map::new().set("engine", Zval::null()).set("location", Zval::null()).set("ok", false);
            let store = store.set("error", "php.ini is wrong, see warnings").finish();
            return Ok(map.set("store", store).set("warnings", problems).finish());
        }
    };
    Ok(with_store_figures(map, site, &settings))
}

fn with_store_figures(map: Map, site: Option<&str>, settings: &Settings) -> Zval {
    let env = Env::new(settings, &Variables, &ErrorLog);
    let (status, warnings) = gateway::status(site, &env);
    let error = status.as_ref().err().map(ToString::to_string);
    let (figures, counts) = status.unwrap_or_default();
    let store = Map::new()
        .set("engine", "sqlite")
        .set("location", location(settings))
        .set("ok", error.is_none())
        .set("error", error)
        .set("schema", i64::from(figures.schema));
    let cache = Map::new()
        .set("entries", int(figures.cache_entries))
        .set("bytes", int(figures.cache_bytes))
        .set("max_bytes", int(figures.cache_max_bytes));
    let counters = Map::new()
        .set("period_s", 3_600_i64)
        .set("calls", int(figures.calls))
        .set("hits", int(figures.hits))
        .set("errors", int(figures.errors))
        .set("tokens", int(figures.tokens))
        .set("cost_usd", figures.cost_microusd as f64 / 1e6);
    map.set("store", store.finish())
        .set("cache", cache.finish())
        .set("spool", int(figures.spool))
        .set("inbox", inbox(&figures, counts.as_ref()))
        .set("jobs", jobs(&figures.queue, counts.as_ref()))
        .set("counters", counters.finish())
        .set("breakers", list(figures.breakers.iter().map(array::breaker)))
        .set("warnings", warnings)
        .finish()
}

/// The jobs of a site, or of all.
fn jobs(queue: &QueueStatus, counts: Option<&Counts>) -> Zval {
    let of_all = [queue.queued, queue.running, queue.waiting, queue.done, queue.failed, queue.cancelled];
    let by_state = counts.map_or(of_all, |counts| counts.jobs);
    let oldest_due_us = counts.map_or(queue.oldest_due_us, |counts| counts.oldest_due_us);
    let map = JobState::ALL.iter().fold(Map::new(), |map, (name, state)| map.set(name, int(by_state[*state as usize])));
    map.set("oldest_age_s", oldest_due_us.map(|us| (now_us() - us).max(0) / 1_000_000))
        .set("asked_again", int(queue.asked_again))
        .set("abandoned", int(queue.abandoned))
        .finish()
}

/// The events of a site, with those from outside by state, or of all.
fn inbox(figures: &Status, counts: Option<&Counts>) -> Zval {
    let Some(counts) = counts else {
        let map = Map::new().set("waiting", int(figures.inbox_waiting));
        return map.set("dead", int(figures.inbox_dead)).finish();
    };
    let webhooks =
        State::ALL.iter().fold(Map::new(), |map, (name, state)| map.set(name, int(counts.webhooks[*state as usize])));
    Map::new()
        .set("waiting", int(counts.events(State::Waiting) + counts.events(State::Leased)))
        .set("dead", int(counts.events(State::Dead)))
        .set("webhooks", webhooks.finish())
        .finish()
}

/// The database file, where there is one to be had.
fn location(settings: &Settings) -> Option<String> {
    settings.store.path().ok().map(|path| path.display().to_string())
}
