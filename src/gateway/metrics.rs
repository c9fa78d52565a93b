//! Metrics for administrators: sums over a time.

use secrecy::ExposeSecret;

use super::fields::{Fields, Flaw};
use super::flow::with_store;
use super::keys::Names;
use super::value::Value;
use super::{Env, misconfigured};
use crate::clock::now_us;
use crate::error::Error;
use crate::signing::mac;
use crate::store::{Group, MINUTE_US, Metrics, MetricsFilter, Queued, Step};

const SECOND_US: i64 = 1_000_000;
/// What is looked at unless the caller says since when.
const USUAL_US: i64 = 3_600 * SECOND_US;
/// The most steps in one answer.
const MAX_STEPS: i64 = 3_000;
/// The most times beside the whole.
const MAX_SPANS: usize = 10;
/// What token and secret make a code of, so that they can be compared in constant time.
const SCOPE: &[u8] = b"aisp metrics";
/// The end of the year 9999, in seconds.
const MAX_TIME_S: i64 = 253_402_300_799;

/// What `aisp_metrics()` gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// From the minute of this time on, in microseconds since the epoch.
    pub since_us: i64,
    /// To the minute of this time, and with it.
    pub until_us: i64,
    /// The sums.
    pub metrics: Metrics,
    /// The groups of `metrics.by`, by their names.
    pub by: Vec<&'static str>,
    /// The times of `metrics.spans`, as the caller calls them.
    pub spans: Vec<String>,
    /// Whether the time before was asked for.
    pub previous: bool,
    /// How much waits.
    pub queue: Queued,
}

/// `aisp_metrics()`: what the calls of a time came to, by default those of the last hour.
///
/// # Errors
/// [`Error::Config`] for malformed options; [`Error::Store`].
pub fn metrics(options: &Value<'_>, env: &Env<'_>) -> Result<Report, Error> {
    let asked = read(options, now_us()).map_err(misconfigured("aisp_metrics", 1, "options"))?;
    let filter = asked.filter();
    let (metrics, queue) = with_store(env, |store| Ok((store.metrics(&filter)?, store.queued(filter.site)?)))?;
    let Asked { since_us, until_us, previous, .. } = asked;
    let by = asked.by.iter().map(|group| group.name()).collect();
    let spans = asked.spans.into_iter().map(|(name, _)| name.to_owned()).collect();
    Ok(Report { since_us, until_us, metrics, by, spans, previous, queue })
}

/// The options.
struct Asked<'a> {
    site: Option<&'a str>,
    since_us: i64,
    until_us: i64,
    group: Group,
    step: Option<Step>,
    by: Vec<Group>,
    previous: bool,
    spans: Vec<(&'a str, (i64, i64))>,
    times: Vec<(i64, i64)>,
    now_us: i64,
}

impl Asked<'_> {
    fn filter(&self) -> MetricsFilter<'_> {
        let Self { site, since_us, until_us, group, step, previous, now_us, .. } = *self;
        MetricsFilter { site, since_us, until_us, group, step, by: &self.by, previous, spans: &self.times, now_us }
    }
}

fn read<'a>(options: &Value<'a>, now_us: i64) -> Result<Asked<'a>, Flaw> {
    let mut fields = Fields::of(options)?;
    let site = fields.string("site")?;
    let (since_us, until_us) = times(&mut fields, now_us)?;
    let group = one_of(&mut fields, "group", &Group::NAMES)?.unwrap_or_default();
    let step = one_of(&mut fields, "step", &Step::NAMES)?;
    if step.is_some_and(|step| (until_us - since_us) / (step.minutes() * MINUTE_US) >= MAX_STEPS) {
        return Err(fields.flaw("step", format!("must be longer: there may be {MAX_STEPS} of them")));
    }
    let by = fields.list("by")?.unwrap_or_default();
    let by = by.iter().map(|item| named(item.string()?, &Group::NAMES, |problem| item.flaw(problem)));
    let by = by.collect::<Result<_, _>>()?;
    let previous = fields.bool("previous")?.unwrap_or(false);
    let mut spans = Vec::new();
    for (name, item) in fields.named("spans")?.unwrap_or_default() {
        if spans.len() == MAX_SPANS {
            return Err(fields.flaw("spans", format!("must have at most {MAX_SPANS} of them")));
        }
        let mut of = item.fields()?;
        spans.push((name, times(&mut of, now_us)?));
        of.finish()?;
    }
    fields.finish()?;
    let times = spans.iter().map(|(_, time)| *time).collect();
    Ok(Asked { site, since_us, until_us, group, step, by, previous, spans, times, now_us })
}

/// From when to when: to now, and from an hour before that, unless told otherwise.
fn times(fields: &mut Fields<'_, '_>, now_us: i64) -> Result<(i64, i64), Flaw> {
    let until_us = fields.int("until", 0, MAX_TIME_S)?.map_or(now_us, |s| s * SECOND_US);
    let since_us = fields.int("since", 0, MAX_TIME_S)?.map_or(until_us - USUAL_US, |s| s * SECOND_US);
    Ok((since_us, until_us))
}

fn one_of<T: Copy>(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
    names: &[(&'static str, T)],
) -> Result<Option<T>, Flaw> {
    let Some(word) = fields.string(key)? else { return Ok(None) };
    named(word, names, |problem| fields.flaw(key, problem)).map(Some)
}

fn named<T: Copy>(word: &str, names: &[(&'static str, T)], flaw: impl FnOnce(String) -> Flaw) -> Result<T, Flaw> {
    let found = names.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    let all = || names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| flaw(format!("must be one of {}", all())))
}

/// `aisp_metrics_allowed()`: whether a bearer token is one of the secrets that the policy's `metrics.token_env` names.
///
/// # Errors
/// [`Error::Config`] for a flaw in that part of the policy.
pub fn metrics_allowed(token: &[u8], policy: &Value<'_>, env: &Env<'_>) -> Result<bool, Error> {
    let read = || token_names(&mut Fields::of(policy)?);
    let names = read().map_err(misconfigured("aisp_metrics_allowed", 2, "policy"))?;
    let keys = names.map(|names| names.live(env)).unwrap_or_default();
    let keys: Vec<&[u8]> = keys.iter().map(|key| key.expose_secret().as_bytes()).collect();
    Ok(mac::holds(&keys, mac::MAX_KEYS, SCOPE, &mac::tag(token, SCOPE)))
}

/// The names of the secrets in the policy's key `metrics`, any of which lets a scraper in.
pub fn token_names<'a>(policy: &mut Fields<'_, 'a>) -> Result<Option<Names<'a>>, Flaw> {
    let Some(mut metrics) = policy.fields("metrics")? else { return Ok(None) };
    let names = Names::under("token_env", &mut metrics)?;
    metrics.finish()?;
    Ok(names)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    const NOW: i64 = 1_700_000_000 * SECOND_US;

    fn flaw(options: &Json) -> String {
        read(&Value::from(options), NOW).err().expect("a flaw").sentence("aisp_metrics", 1, "options")
    }

    #[test]
    fn the_last_hour_in_one_sum_is_what_is_shown_unless_told_otherwise() {
        let none = json!({});
        let none = Value::from(&none);
        let asked = read(&none, NOW).expect("options");
        assert_eq!((asked.since_us, asked.until_us, asked.group, asked.step), (NOW - USUAL_US, NOW, Group::None, None));
        let span = json!({ "since": 5, "until": 6 });
        let some = json!({
            "since": 10, "until": 20, "group": "model", "step": "hour", "site": "1", "by": ["source"], "previous": true,
            "spans": { "today": span },
        });
        let some = Value::from(&some);
        let asked = read(&some, NOW).expect("options");
        let filter = asked.filter();
        assert_eq!((filter.since_us, filter.until_us), (10 * SECOND_US, 20 * SECOND_US));
        assert_eq!((filter.group, filter.step, filter.site), (Group::Model, Some(Step::Hour), Some("1")));
        assert_eq!((filter.by, filter.spans), (&[Group::Source][..], &[(5 * SECOND_US, 6 * SECOND_US)][..]));
        assert_eq!(filter.previous_us(), (0, 10 * SECOND_US - MINUTE_US));
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert!(
            flaw(&json!({ "group": "user" }))
                .ends_with("key \"group\" must be one of none, model, provider, route, source, outcome")
        );
        assert!(flaw(&json!({ "step": "year" })).ends_with("key \"step\" must be one of minute, hour, day"));
        assert!(
            flaw(&json!({ "since": 0, "step": "minute" }))
                .ends_with("key \"step\" must be longer: there may be 3000 of them")
        );
        assert!(flaw(&json!({ "since": -1 })).contains("must be between"));
        assert!(flaw(&json!({ "by": ["model", "user"] })).contains("key \"by[1]\" must be one of none, model"));
        assert!(flaw(&json!({ "spans": { "today": { "from": 1 } } })).contains("\"spans.today.from\" is not known"));
        assert!(flaw(&json!({ "from": 1 })).contains("is not known"));
    }
}
