//! Metrics of whole calls, and the text that Prometheus scrapes, held against the format's own grammar.

#[path = "support/echo.rs"]
mod echo;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/world.rs"]
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use aisp::audit::Figures;
use aisp::gateway::{metrics, metrics_text};
use aisp::store::Metrics;
use serde_json::{Value as Json, json};
use wire::{Connection, Server};
use world::World;

/// Takes its time, and then repeats the user's words.
fn slow(_: u32, connection: &mut Connection) {
    echo::serve(connection, |body| {
        thread::sleep(Duration::from_millis(120));
        format!("You said: {}", body["input"].as_str().unwrap_or_default())
    });
}

fn of(world: &World, options: &Json) -> Metrics {
    metrics(&options.into(), &world.env()).expect("figures").metrics
}

#[test]
fn a_record_tells_how_much_of_its_time_was_the_providers() {
    let (server, world) = (Server::start(slow), World::new());
    let policy = echo::policy(&server);
    world.infer(&json!({"prompt": "Hi"}), &policy).expect("an answer");
    world.infer(&json!({"prompt": "Hi"}), &policy).expect("the same");
    let log = world.log();
    let [asked, hit] = log.as_slice() else { panic!("two records: {log:?}") };
    assert!(asked.provider_ms >= 120 && asked.provider_ms <= asked.duration_ms, "{asked:?}");
    assert_eq!((asked.first_ms, hit.provider_ms, hit.first_ms), (None, 0, None));
    let Figures { sums, latency } = of(&world, &json!({})).total.remove(0).figures;
    assert_eq!((sums.calls, sums.hits, latency.provider.count(), latency.own.count()), (2, 1, 1, 2));
    // Microseconds, also of a hit, which is over in less than one of the milliseconds that it is told in.
    let (own_us, hit_us) = (asked.own_us.expect("it is told"), hit.own_us.expect("it is told"));
    assert!(hit_us > 0 && u64::from(own_us) + u64::from(hit_us) == latency.own.sum(), "{own_us} {hit_us}");
    assert!(own_us / 1_000 <= asked.duration_ms - asked.provider_ms + 1, "{asked:?}");
}

#[test]
fn a_stream_tells_when_its_answer_began() {
    let (server, world) = (Server::start(slow), World::new());
    world.stream(&json!({"prompt": "Hi"}), &echo::policy(&server)).1.expect("an answer");
    let log = world.log();
    let first_ms = log[0].first_ms.expect("it began");
    assert!(first_ms >= 120 && first_ms <= log[0].duration_ms, "{:?}", log[0]);
}

/// One sample: its name, its labels, its value.
type Sample = (String, BTreeMap<String, String>, f64);

fn is_name(name: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':';
    name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit())
}

/// `name{label="value",…} value`, as https://prometheus.io/docs/instrumenting/exposition_formats/ has it.
fn sample(line: &str) -> Sample {
    let end = line.find(['{', ' ']).expect("a name ends");
    let (name, mut rest) = line.split_at(end);
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (label, after) = rest.split_once("=\"").expect("a label has a value in quotes");
            assert!(is_name(label) && !label.contains(':'), "{line}");
            let mut value = String::new();
            let mut chars = after.char_indices();
            let end = loop {
                match chars.next().expect("a value ends") {
                    (at, '"') => break at,
                    (_, '\\') => value.push(match chars.next().expect("something is escaped").1 {
                        'n' => '\n',
                        c @ ('\\' | '"') => c,
                        other => panic!("\\{other} in {line}"),
                    }),
                    (_, c) => value.push(c),
                }
            };
            assert!(labels.insert(label.to_owned(), value).is_none(), "a label twice: {line}");
            rest = &after[end + 1..];
            match rest.strip_prefix(',') {
                Some(more) => rest = more,
                None => break,
            }
        }
        rest = rest.strip_prefix('}').expect("labels end");
    }
    let value = rest.strip_prefix(' ').expect("one space");
    assert!(is_name(name) && !value.contains(' '), "{line}");
    (name.to_owned(), labels, value.parse().expect("a number"))
}

/// Reads a whole text and holds it against the rules; gives its samples.
fn read(text: &str) -> Vec<Sample> {
    assert!(text.ends_with('\n'), "the last line ends");
    let (mut family, mut kind, mut seen) = (String::new(), String::new(), BTreeSet::new());
    let (mut samples, mut keys): (Vec<Sample>, _) = (Vec::new(), BTreeSet::new());
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            family = help.split_once(' ').expect("a help text").0.to_owned();
            assert!(seen.insert(family.clone()), "{family} is in one piece");
        } else if let Some(typed) = line.strip_prefix("# TYPE ") {
            let (name, of) = typed.split_once(' ').expect("a type");
            assert!(name == family && ["counter", "gauge", "histogram"].contains(&of), "{line}");
            assert_eq!(of == "counter", name.ends_with("_total"), "{line}");
            kind = of.to_owned();
        } else {
            let one = sample(line);
            let suffix = one.0.strip_prefix(&family).expect("its family's name");
            let suffixes: &[&str] = if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            assert!(suffixes.contains(&suffix), "{line}");
            assert_eq!(one.1.contains_key("le"), suffix == "_bucket", "{line}");
            assert!(one.2 >= 0.0 && keys.insert((one.0.clone(), one.1.clone())), "once each: {line}");
            samples.push(one);
        }
    }
    histograms(&samples);
    samples
}

/// Buckets grow with their bound, end at infinity, and that one is the count.
fn histograms(samples: &[Sample]) {
    let mut last: BTreeMap<(String, BTreeMap<String, String>), (f64, f64)> = BTreeMap::new();
    for (name, labels, value) in samples {
        if let Some(family) = name.strip_suffix("_bucket") {
            let mut labels = labels.clone();
            let le = labels.remove("le").expect("a bound").replace("+Inf", "inf").parse().expect("a number");
            let before = last.insert((family.to_owned(), labels), (le, *value));
            assert!(before.is_none_or(|(bound, count)| bound < le && count <= *value), "{name} grows");
        } else if let Some(family) = name.strip_suffix("_count") {
            let end = last.get(&(family.to_owned(), labels.clone()));
            assert_eq!(end, Some(&(f64::INFINITY, *value)), "{name}");
        }
    }
}

fn value(samples: &[Sample], name: &str, with: &[(&str, &str)]) -> f64 {
    let is = |sample: &&Sample| {
        sample.0 == name && with.iter().all(|(label, value)| sample.1.get(*label).is_some_and(|found| found == value))
    };
    samples.iter().filter(is).map(|sample| sample.2).sum()
}

#[test]
fn the_text_keeps_the_grammar_and_has_what_the_calls_came_to() {
    let (server, world) = (Server::start(slow), World::new());
    let policy = echo::policy(&server);
    for prompt in ["one", "one", "two"] {
        world.infer(&json!({"prompt": prompt, "model": "small"}), &policy).expect("an answer");
    }
    world.infer(&json!({}), &policy).expect_err("no prompt");
    let seen = || read(&metrics_text(None, &world.env()).expect("a text"));
    let samples = seen();
    assert_eq!(value(&samples, "aisp_calls_total", &[("model", "small"), ("outcome", "ok")]), 2.0);
    assert_eq!(value(&samples, "aisp_calls_total", &[("outcome", "hit"), ("provider", "here")]), 1.0);
    assert_eq!(value(&samples, "aisp_errors_total", &[("class", "4xx")]), 1.0);
    assert_eq!(value(&samples, "aisp_tokens_total", &[("direction", "out")]), 10.0);
    assert!((value(&samples, "aisp_cost_usd_total", &[]) - 0.000_026).abs() < 1e-9);
    assert_eq!(value(&samples, "aisp_provider_seconds_count", &[]), 2.0);
    assert_eq!(value(&samples, "aisp_provider_seconds_bucket", &[("le", "0.064")]), 0.0);
    assert_eq!((value(&samples, "aisp_spool_records", &[]), value(&samples, "aisp_breaker_open", &[])), (4.0, 0.0));
    // Nothing falls while records go their way.
    let uids: Vec<String> = world.log().into_iter().map(|record| record.uid).collect();
    aisp::store::with(&world.settings.store, |store| store.ack(&uids.iter().map(String::as_str).collect::<Vec<_>>()))
        .expect("a store")
        .expect("taken");
    let after = seen();
    let totals =
        |samples: &[Sample]| samples.iter().filter(|sample| sample.0.contains("_total")).cloned().collect::<Vec<_>>();
    assert_eq!(totals(&samples), totals(&after));
}

#[test]
fn an_empty_store_has_a_text_too() {
    let samples = read(&metrics_text(Some("1"), &World::new().env()).expect("a text"));
    assert_eq!((value(&samples, "aisp_calls_total", &[]), value(&samples, "aisp_jobs", &[])), (0.0, 0.0));
}

/// The expressions of a dashboard, wherever they stand.
fn expressions(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::Object(map) => {
            for (key, value) in map {
                match value.as_str().filter(|_| ["expr", "definition"].contains(&key.as_str())) {
                    Some(expression) => found.push(expression.to_owned()),
                    None => expressions(value, found),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        _ => {}
    }
}

/// Names and label names in an expression: what stands before `=`, `!=` and `=~` in braces, or in brackets after `by`.
fn asked_for(expression: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let metrics =
        expression.split(|c| !is_name(c)).filter(|word| word.starts_with("aisp_")).map(str::to_owned).collect();
    let within = |open: &str, close: char| {
        let parts = expression.split(open).skip(1).filter_map(move |part| part.split_once(close));
        parts.map(|(inside, _)| inside.to_owned()).collect::<Vec<_>>()
    };
    let matched = within("{", '}');
    let matched = matched.iter().flat_map(|inside| inside.split(',')).filter_map(|one| one.split_once(['=', '!']));
    let grouped = within("by (", ')');
    let grouped = grouped.iter().flat_map(|inside| inside.split(", "));
    (metrics, matched.map(|(label, _)| label).chain(grouped).map(str::to_owned).collect())
}

#[test]
fn the_dashboard_asks_for_what_the_text_has() {
    let (server, world) = (Server::start(slow), World::new());
    world.infer(&json!({"prompt": "Hi"}), &echo::policy(&server)).expect("an answer");
    let down = echo::with(
        echo::policy(&server),
        "providers",
        json!({"here": {
            "kind": "openai_responses", "base_url": "http://127.0.0.1:9/v1",
        }}),
    );
    (0..12).for_each(|n| _ = world.infer(&json!({"prompt": format!("{n}")}), &down).expect_err("it is down"));
    let samples = read(&metrics_text(None, &world.env()).expect("a text"));
    assert_eq!(value(&samples, "aisp_breaker_events_total", &[("event", "opened"), ("provider", "here")]), 1.0);
    assert_eq!(value(&samples, "aisp_limited_total", &[("kind", "breaker")]), 2.0);

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/wordpress-plugin/ai-secure-proxy/grafana-dashboard.json");
    let dashboard = serde_json::from_str(&std::fs::read_to_string(path).expect("a file")).expect("JSON");
    let mut found = Vec::new();
    expressions(&dashboard, &mut found);
    assert!(found.len() > 20, "{found:?}");
    let mut used = BTreeSet::new();
    for expression in &found {
        let (metrics, labels) = asked_for(expression);
        assert!(!metrics.is_empty(), "{expression}");
        for metric in metrics {
            let has = samples.iter().filter(|(name, ..)| *name == metric).map(|(_, labels, _)| labels).next();
            let has = has.unwrap_or_else(|| panic!("{metric} is not in the text: {expression}"));
            assert!(labels.iter().all(|label| has.contains_key(label)), "{metric} has {has:?}: {expression}");
            used.insert(metric.trim_end_matches("_bucket").to_owned());
        }
    }
    // Nothing is measured that the dashboard leaves out, but what is in another form on it.
    let families: BTreeSet<_> = samples
        .iter()
        .map(|(name, ..)| {
            ["_bucket", "_sum", "_count"].iter().fold(name.as_str(), |name, end| name.trim_end_matches(end)).to_owned()
        })
        .collect();
    let left: Vec<_> = families.difference(&used).collect();
    assert_eq!(left, ["aisp_cache_entries"]);
}
