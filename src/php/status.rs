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

/// `aisp_status()`: answers also when php.ini is wrong or the store is down, and says so.
pub fn status(_: &Call<'_>) -> Result<Zval, Thrown> {
    let map = Map::new().set("version", env!("CARGO_PKG_VERSION")).set("build", env!("AISP_BUILD"));
    let settings = match ini::settings() {
        Ok(settings) => settings,
        Err(problems) => {
            let store = Map::new().set("engine", Zval::null()).set("location", Zval::null()).set("ok", false);
            let store = store.set("error", "php.ini is wrong, see warnings").finish();
            return Ok(map.set("store", store).set("warnings", problems).finish());
        }
    };
    Ok(with_store_figures(map, &settings))
}

fn with_store_figures(map: Map, settings: &Settings) -> Zval {
    let env = Env::new(settings, &Variables, &ErrorLog);
    let (status, warnings) = gateway::status(&env);
    let error = status.as_ref().err().map(ToString::to_string);
    let figures = status.unwrap_or_default();
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
    let queue = figures.queue;
    let oldest_age_s = queue.oldest_due_us.map(|us| (now_us() - us).max(0) / 1_000_000);
    let jobs = Map::new()
        .set("queued", int(queue.queued))
        .set("running", int(queue.running))
        .set("waiting", int(queue.waiting))
        .set("failed", int(queue.failed))
        .set("oldest_age_s", oldest_age_s)
        .set("asked_again", int(queue.asked_again))
        .set("abandoned", int(queue.abandoned));
    let inbox = Map::new().set("waiting", int(figures.inbox_waiting)).set("dead", int(figures.inbox_dead));
    map.set("store", store.finish())
        .set("cache", cache.finish())
        .set("spool", int(figures.spool))
        .set("inbox", inbox.finish())
        .set("jobs", jobs.finish())
        .set("counters", counters.finish())
        .set("breakers", list(figures.breakers.iter().map(array::breaker)))
        .set("warnings", warnings)
        .finish()
}

/// The database file, where there is one to be had.
fn location(settings: &Settings) -> Option<String> {
    settings.store.path().ok().map(|path| path.display().to_string())
}
