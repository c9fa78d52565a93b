//! The gateway as a test sees it: a store of its own, one key for everything, and the calls in Rust's own terms.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use std::ops::ControlFlow;

use aisp::audit::{Journal, Record, Sums};
use aisp::clock::now_us;
use aisp::error::Error;
use aisp::gateway::settings::{Settings, default_of};
use aisp::gateway::value::Value;
use aisp::gateway::{Args, Env, Item, Outcome, Said, Secrets, batch, budget_alerts, infer, limits, metrics, stream};
use aisp::store::{Alert, BudgetState, with};
use secrecy::SecretString;
use serde_json::Value as Json;
use tempfile::TempDir;

pub struct World {
    _folder: TempDir,
    store: String,
    pub settings: Settings,
}

struct OneKey;

impl Secrets for OneKey {
    fn find(&self, name: &str) -> Option<SecretString> {
        Some(match name {
            "MODEL_KEY" => std::env::var(name).unwrap_or_default().into(),
            "AISP_JOB_KEY" | "CALLBACK_KEY" => "a secret of thirty bytes or so".into(),
            "NOT_SET" => return None,
            _ => "sk-test".into(),
        })
    }
}

impl Journal for OneKey {
    fn line(&self, _: &str) {}
}

/// What a listener was told, a word each: `start`, `"text"`, `restart`, `heartbeat`, `result`, `error`.
pub type Told = Vec<String>;

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = format!("sqlite:{}/aisp.db", folder.path().display());
        Self::on(folder, store)
    }

    /// A world on the store of another one.
    pub fn at(store: &str) -> Self {
        Self::on(tempfile::tempdir().expect("a folder"), store.to_owned())
    }

    /// As php.ini names it.
    pub fn store(&self) -> &str {
        &self.store
    }

    fn on(folder: TempDir, store: String) -> Self {
        let settings = Settings::read(|entry| match entry {
            "aisp.store" => store.clone(),
            "aisp.allowed_hosts" => "127.0.0.1".to_owned(),
            "aisp.connect_timeout_ms" => "1000".to_owned(),
            _ => default_of(entry).to_owned(),
        })
        .expect("valid settings");
        Self { _folder: folder, store, settings }
    }

    pub fn env(&self) -> Env<'_> {
        Env::new(&self.settings, &OneKey, &OneKey)
    }

    pub fn infer(&self, request: &Json, policy: &Json) -> Result<Outcome, Error> {
        infer(&args("aisp_infer", request, policy), &self.env())
    }

    pub fn batch(&self, requests: &Json, policy: &Json) -> Result<Vec<Item>, Error> {
        batch(&args("aisp_infer_batch", requests, policy), &self.env())
    }

    /// Streams to its end.
    pub fn stream(&self, request: &Json, policy: &Json) -> (Told, Result<Outcome, Error>) {
        self.stream_until(request, policy, |_| false)
    }

    /// Streams until `enough` of what was told.
    pub fn stream_until(
        &self,
        request: &Json,
        policy: &Json,
        enough: impl Fn(&Told) -> bool,
    ) -> (Told, Result<Outcome, Error>) {
        let mut told = Told::new();
        let mut listen = |said: Said<'_>| {
            told.push(match said {
                Said::Start { .. } => "start".to_owned(),
                Said::Delta(text) => format!("{text:?}"),
                Said::Restart { .. } => "restart".to_owned(),
                Said::Heartbeat => "heartbeat".to_owned(),
                Said::Result(_) => "result".to_owned(),
                Said::Error(_) => "error".to_owned(),
            });
            if enough(&told) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let result = stream(&args("aisp_stream", request, policy), &self.env(), &mut listen);
        (told, result)
    }

    /// Where the budgets of the site stand.
    pub fn budgets(&self, policy: &Json) -> Vec<BudgetState> {
        limits(&Value::empty(), &policy.into(), &self.env()).expect("budgets").1
    }

    /// The thresholds that budgets have reached since this was last asked.
    pub fn alerts(&self) -> Vec<Alert> {
        budget_alerts(None, &self.env()).expect("alerts")
    }

    /// What the calls of the last hour came to.
    pub fn sums(&self) -> Sums {
        let report = metrics(&Value::empty(), &self.env()).expect("figures");
        report.metrics.total.first().map_or_else(Sums::default, |point| point.figures.sums)
    }

    /// All finished records, oldest first.
    pub fn log(&self) -> Vec<Record> {
        let drained = with(&self.settings.store, |store| store.drain(10_000, None, now_us()));
        drained.expect("a store").expect("drained")
    }
}

fn args<'a>(function: &'static str, request: &'a Json, policy: &'a Json) -> Args<'a> {
    Args { function, request: request.into(), caller: Value::empty(), policy: policy.into() }
}

/// The text that the listener has after all that it was told.
pub fn text_of(told: &Told) -> String {
    told.iter().fold(String::new(), |text, word| match word.as_str() {
        "restart" => String::new(),
        quoted if quoted.starts_with('"') => text + &serde_json::from_str::<String>(quoted).unwrap_or_default(),
        _ => text,
    })
}
