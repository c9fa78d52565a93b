//! llmock, as one test sees it.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code, clippy::unwrap_used)]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use aisp::error::Error;
use aisp::gateway::Outcome;
use serde_json::{Value, json};

use crate::world::World;

/// The wire formats with llmock's paths for them.
pub const KINDS: [(&str, &str); 4] =
    [("openai_responses", "/v1"), ("openai_chat", "/v1"), ("anthropic", "/anthropic/v1"), ("gemini", "/gemini/v1beta")];

/// A provider of one format with one model, to which alone its faults apply.
pub struct Mock {
    url: String,
    kind: String,
    path: String,
    pub model: String,
}

impl Mock {
    /// None, with a word about why, where no llmock runs.
    pub fn get(kind: &str, path: &str) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(url) = std::env::var("LLMOCK_URL") else {
            eprintln!("skipped: LLMOCK_URL is not set; tests/support/providers.sh starts llmock and runs this");
            return None;
        };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos();
        let model = format!("m-{now}-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        Some(Self { url, kind: kind.to_owned(), path: path.to_owned(), model })
    }

    /// What will happen to this model's next requests.
    pub fn script(&self, mut behaviors: Value) {
        for behavior in behaviors.as_array_mut().unwrap() {
            behavior["match"] = json!({ "model": self.model });
        }
        let body = json!({ "behaviors": behaviors }).to_string();
        assert_eq!(ureq::post(format!("{}/_llmock/scenario", self.url)).send(&body).unwrap().status(), 201);
    }

    fn read(&self, path: &str) -> Value {
        let text =
            ureq::get(format!("{}/_llmock/{path}", self.url)).call().unwrap().body_mut().read_to_string().unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The journal of this model's requests.
    pub fn requests(&self) -> Vec<Value> {
        let journal = self.read("requests");
        let ours = |request: &&Value| request["model"] == *self.model;
        journal["requests"].as_array().unwrap().iter().filter(ours).cloned().collect()
    }

    /// What llmock holds against this model's requests.
    pub fn findings(&self) -> Vec<String> {
        let ours: Vec<_> = self.requests().iter().map(|request| request["seq"].clone()).collect();
        let verdict = self.read("verdict");
        let about_us = |finding: &&Value| ours.contains(&finding["requests"][0]);
        let findings = verdict["findings"].as_array().unwrap().iter().filter(about_us);
        findings.map(|f| f["code"].as_str().unwrap().to_owned()).collect()
    }

    /// The provider as a policy describes it.
    pub fn provider(&self) -> Value {
        json!({ "kind": self.kind, "base_url": format!("{}{}", self.url, self.path), "key_env": "KEY" })
    }

    /// A policy with this provider and this model alone.
    pub fn policy(&self) -> Value {
        self.policy_with(json!({}))
    }

    /// The same with more in it.
    pub fn policy_with(&self, mut more: Value) -> Value {
        more["providers"] = json!({ "mock": self.provider() });
        more["models"] = json!({ (self.model.clone()): {} });
        more
    }

    /// One call that the cache does not answer.
    pub fn ask(&self, world: &World, streamed: bool) -> Result<Outcome, Error> {
        let request = json!({ "prompt": "Say hi", "cache": false });
        if streamed { world.stream(&request, &self.policy()).1 } else { world.infer(&request, &self.policy()) }
    }
}
