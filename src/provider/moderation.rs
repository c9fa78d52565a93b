//! Moderation, `POST {base_url}/moderations`: OpenAI's, and that of the servers that are compatible with it.
//!
//! Compatible in what is asked; in the answer, `flagged` may be missing (Mistral): then any category that holds is a flag.
//! Names of categories come from outside and go into messages and results, so only those of a plain form are kept.
//! Source: OpenAI's interface description of the moderations, Mistral's guide to its own.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::wire::{self, parse, utf8};
use super::{Endpoint, Failure, HttpCall, errors};
use crate::error::Fault;

/// The longest name of a category.
const MAX_NAME_BYTES: usize = 40;
/// The most categories of one verdict.
const MAX_CATEGORIES: usize = 20;

/// What a moderator says of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// There is nothing wrong with it.
    Pass,
    /// It should be blocked, for these categories: sorted, each of `a-z`, `/`, `_` and `-`. There may be none.
    Flagged(Vec<String>),
}

impl Verdict {
    /// The verdict for a text that was flagged, with the names as they came.
    pub fn flagged(names: impl IntoIterator<Item = String>) -> Self {
        let mut names: Vec<_> = names.into_iter().filter(|name| is_category(name)).collect();
        names.sort_unstable();
        names.dedup();
        names.truncate(MAX_CATEGORIES);
        Self::Flagged(names)
    }
}

/// The HTTP request that asks `model` about a text.
pub fn encode(model: &str, input: &str, to: &Endpoint<'_>) -> HttpCall {
    let body = json!({ "model": model, "input": input });
    wire::post(to, "/moderations", wire::openai_key(to.base_url), false, &body)
}

/// Reads a verdict, or what an error means. An answer that judges nothing is [`Fault::Invalid`].
pub fn decode(status: u16, body: &[u8]) -> Result<Verdict, Failure> {
    if !matches!(status, 200..=299) {
        return Err(errors::refused(status, body));
    }
    let Moderation { results } = parse(utf8(body)?)?;
    if results.is_empty() {
        return Err(Fault::Invalid.into());
    }
    let mut flagged = false;
    let mut names = Vec::new();
    for Judged { flagged: flag, categories } in results {
        if flag.is_none() && categories.is_none() {
            return Err(Fault::Invalid.into());
        }
        let all = categories.unwrap_or_default().into_iter();
        let holding: Vec<_> = all.filter(|(_, holds)| *holds == Some(true)).map(|(name, _)| name).collect();
        if flag.unwrap_or(!holding.is_empty()) {
            flagged = true;
            names.extend(holding);
        }
    }
    Ok(if flagged { Verdict::flagged(names) } else { Verdict::Pass })
}

#[derive(Deserialize)]
struct Moderation {
    results: Vec<Judged>,
}

#[derive(Deserialize)]
struct Judged {
    flagged: Option<bool>,
    /// A category that a model does not know may be null.
    categories: Option<BTreeMap<String, Option<bool>>>,
}

fn is_category(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'/' | b'_' | b'-');
    (1..=MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use secrecy::{ExposeSecret, SecretString};
    use serde_json::Value;

    use super::*;

    /// The answer of OpenAI's guide to moderation, from `omni-moderation-latest`.
    const DOCUMENTED: &str = r#"{
        "id": "modr-970d409ef3bef3b70c73d8232df86e7d",
        "model": "omni-moderation-latest",
        "results": [{
            "flagged": true,
            "categories": {
                "sexual": false, "sexual/minors": false, "harassment": false, "harassment/threatening": false,
                "hate": false, "hate/threatening": false, "illicit": false, "illicit/violent": false,
                "self-harm": false, "self-harm/intent": false, "self-harm/instructions": false,
                "violence": true, "violence/graphic": false
            },
            "category_scores": {
                "sexual": 2.34135824776394e-7, "sexual/minors": 1.6346470245419304e-7,
                "harassment": 0.0011643905680426018, "harassment/threatening": 0.0022121340080906377,
                "hate": 3.1999824407395835e-7, "hate/threatening": 2.4923252458203563e-7,
                "illicit": 0.0005227032493135171, "illicit/violent": 3.682979260160596e-7,
                "self-harm": 0.0011175734280627694, "self-harm/intent": 0.0006264858507989037,
                "self-harm/instructions": 7.368592981140821e-8,
                "violence": 0.8599265510337075, "violence/graphic": 0.37701736389561064
            },
            "category_applied_input_types": { "violence": ["image"], "violence/graphic": ["image"] }
        }]
    }"#;

    fn verdict(body: &str) -> Result<Verdict, Fault> {
        decode(200, body.as_bytes()).map_err(|failure| failure.fault)
    }

    fn flagged(names: &[&str]) -> Result<Verdict, Fault> {
        Ok(Verdict::Flagged(names.iter().map(|&name| name.to_owned()).collect()))
    }

    #[test]
    fn the_documented_answer_is_a_flag_with_the_categories_that_hold() {
        assert_eq!(verdict(DOCUMENTED), flagged(&["violence"]));
        let clean = DOCUMENTED.replace("true", "false");
        assert_eq!(verdict(&clean), Ok(Verdict::Pass));
    }

    #[test]
    fn one_flagged_result_is_enough_and_only_its_categories_count() {
        let several = r#"{"results":[
            {"flagged":false,"categories":{"hate":true}},
            {"flagged":true,"categories":{"violence":true,"self-harm/intent":true,"illicit":null}},
            {"flagged":true,"categories":{"violence":true}}]}"#;
        assert_eq!(verdict(several), flagged(&["self-harm/intent", "violence"]));
    }

    #[test]
    fn a_server_that_does_not_say_flagged_flags_by_its_categories() {
        assert_eq!(verdict(r#"{"results":[{"categories":{"pii":true,"law":false}}]}"#), flagged(&["pii"]));
        assert_eq!(verdict(r#"{"results":[{"categories":{"pii":false}}]}"#), Ok(Verdict::Pass));
        assert_eq!(verdict(r#"{"results":[{"flagged":true}]}"#), flagged(&[]));
    }

    #[test]
    fn a_name_that_is_not_plain_is_dropped_and_the_flag_stays() {
        let long = "a".repeat(MAX_NAME_BYTES + 1);
        let body = json!({ "results": [{ "flagged": true, "categories": {
            "": true, "<b>": true, "Hate": true, "a b": true, "häme": true, "x\n": true, &long: true, "hate": true,
        } }] });
        assert_eq!(verdict(&body.to_string()), flagged(&["hate"]));
        let many = ('a'..='z').map(|letter| (letter.to_string(), true.into())).collect();
        let body = json!({ "results": [{ "flagged": true, "categories": Value::Object(many) }] });
        assert!(matches!(verdict(&body.to_string()), Ok(Verdict::Flagged(names)) if names.len() == MAX_CATEGORIES));
    }

    #[test]
    fn an_answer_that_judges_nothing_is_invalid() {
        for body in [
            "",
            "{}",
            "[]",
            "<html>",
            r#"{"results":[]}"#,
            r#"{"results":[{}]}"#,
            r#"{"results":[{"flagged":true},{}]}"#,
            r#"{"results":[{"flagged":"no"}]}"#,
            r#"{"results":{"flagged":true}}"#,
            r#"{"results":[{"flagged":true}]"#,
        ] {
            assert_eq!(verdict(body), Err(Fault::Invalid), "{body}");
        }
        assert_eq!(decode(200, b"\xff").map_err(|failure| failure.fault), Err(Fault::Invalid));
    }

    #[test]
    fn an_error_is_read_as_every_format_reads_it() {
        let quota = br#"{"error":{"type":"insufficient_quota","code":"insufficient_quota"}}"#;
        for (status, body, fault) in [
            (401, &b"{}"[..], Fault::Auth),
            (404, b"", Fault::UnknownModel),
            (429, b"{}", Fault::Busy),
            (429, quota, Fault::NoCredit),
            (500, b"oops", Fault::Unavailable),
            (302, b"", Fault::Redirect),
        ] {
            assert_eq!(decode(status, body).map_err(|failure| failure.fault), Err(fault), "{status}");
        }
    }

    #[test]
    fn the_request_keeps_the_base_url_s_query_and_carries_the_key_in_a_header_only() {
        let key = SecretString::from("sk-1");
        let headers = [("x-team".to_owned(), "a".to_owned())];
        let base_url = "https://gate.example/v1?tenant=1";
        let to = |key_header| Endpoint { base_url, headers: &headers, key: Some(&key), key_header };
        let call = encode("omni-moderation-latest", "Is \"this\" fine?", &to(None));
        assert_eq!(call.url, "https://gate.example/v1/moderations?tenant=1");
        assert!(call.headers.contains(&headers[0]));
        let (name, value) = call.secret_header.expect("a key");
        assert_eq!((name.as_str(), value.expose_secret()), ("authorization", "Bearer sk-1"));
        let body: Value = serde_json::from_slice(&call.body).expect("JSON");
        assert_eq!(body, json!({ "model": "omni-moderation-latest", "input": "Is \"this\" fine?" }));
        let (name, value) = encode("m", "x", &to(Some("x-key"))).secret_header.expect("a key");
        assert_eq!((name.as_str(), value.expose_secret()), ("x-key", "sk-1"));
    }
}
