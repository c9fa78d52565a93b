//! Anthropic's Message Batches: the requests stand in one body, the results are lines behind a URL that the batch names once it
//! has ended.
//!
//! That URL gets the key, so it is used only where it is on the provider's own host; otherwise the documented one is.
//! Source: Anthropic's description of `POST /messages/batches`, `GET /messages/batches/{id}`, `/results` and `POST …/cancel`, and
//! the types of its Python client 2.12.

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::super::batch::{Line, Stand};
use super::super::wire::{self, KeyHeader, Str, parse, utf8};
use super::super::{Call, Endpoint, Failure, HttpCall, errors};
use super::{VERSION, body, decode};
use crate::error::Fault;

const KEY: KeyHeader = KeyHeader::Bare("x-api-key");

pub(in super::super) fn request(n: u32, call: &Call) -> Vec<u8> {
    json!({"custom_id": n.to_string(), "params": body(call)}).to_string().into_bytes()
}

pub(in super::super) fn create(requests: &[Vec<u8>], to: &Endpoint<'_>) -> HttpCall {
    let mut body = b"{\"requests\":[".to_vec();
    body.extend_from_slice(&requests.join(&b','));
    body.extend_from_slice(b"]}");
    HttpCall { body, ..versioned(wire::post(to, "/messages/batches", KEY, false, &json!({}))) }
}

pub(in super::super) fn created(status: u16, body: &[u8]) -> Result<String, Failure> {
    if !(200..300).contains(&status) {
        return Err(errors::refused(status, body));
    }
    let batch: Batch<'_> = parse(utf8(body)?)?;
    Ok(wire::id(&batch.id)?)
}

pub(in super::super) fn fetch(id: &str, to: &Endpoint<'_>) -> HttpCall {
    versioned(wire::get(to, &format!("/messages/batches/{id}"), KEY))
}

pub(in super::super) fn cancel(id: &str, to: &Endpoint<'_>) -> HttpCall {
    versioned(wire::get(to, &format!("/messages/batches/{id}/cancel"), KEY))
}

pub(in super::super) fn look(id: &str, to: &Endpoint<'_>, status: u16, body: &[u8]) -> Result<Stand, Failure> {
    if !(200..300).contains(&status) {
        return Err(errors::refused(status, body));
    }
    let batch: Batch<'_> = parse(utf8(body)?)?;
    if batch.processing_status.as_deref().ok_or(Fault::Invalid)? != "ended" {
        return Ok(Stand::Running);
    }
    let mut results = versioned(wire::get(to, &format!("/messages/batches/{id}/results"), KEY));
    if let Some(url) = batch.results_url.filter(|url| wire::is_same_place(url, to.base_url)) {
        results.url = url.to_string();
    }
    Ok(Stand::Ended(vec![results]))
}

pub(in super::super) fn result(line: &[u8]) -> Option<Line> {
    let line: Came<'_> = serde_json::from_slice(line).ok()?;
    let n = line.custom_id.parse().ok()?;
    let came = match (&*line.result.kind, line.result.message, line.result.error) {
        ("succeeded", Some(message), _) => decode(200, message.get().as_bytes()),
        ("errored", _, Some(error)) => Err(errors::reported(error.get())),
        ("canceled" | "expired", ..) => Err(Fault::Gone.into()),
        _ => Err(Fault::Invalid.into()),
    };
    Some((n, came))
}

fn versioned(mut call: HttpCall) -> HttpCall {
    call.headers.insert(0, ("anthropic-version".to_owned(), VERSION.to_owned()));
    call
}

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    id: Str<'a>,
    #[serde(borrow)]
    processing_status: Option<Str<'a>>,
    #[serde(borrow)]
    results_url: Option<Str<'a>>,
}

#[derive(Deserialize)]
struct Came<'a> {
    #[serde(borrow)]
    custom_id: Str<'a>,
    #[serde(borrow)]
    result: Outcome<'a>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow, rename = "type")]
    kind: Str<'a>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TO: Endpoint<'static> =
        Endpoint { base_url: "https://api.anthropic.com/v1", headers: &[], key: None, key_header: None };

    fn results(batch: &serde_json::Value) -> Option<String> {
        match look("msgbatch_1", &TO, 200, batch.to_string().as_bytes()).expect("a batch") {
            Stand::Ended(calls) => calls.into_iter().next().map(|call| call.url),
            _ => None,
        }
    }

    #[test]
    fn results_are_fetched_from_the_providers_own_host_and_from_nowhere_else() {
        let ended = |url: &str| json!({"id": "msgbatch_1", "processing_status": "ended", "results_url": url});
        let own = "https://api.anthropic.com/v1/messages/batches/msgbatch_1/results";
        assert_eq!(
            results(&ended("https://api.anthropic.com/v2/r?x=1")).as_deref(),
            Some("https://api.anthropic.com/v2/r?x=1")
        );
        for url in [
            "https://evil.example/r",
            "http://api.anthropic.com/r",
            "https://api.anthropic.com:8443/r",
            "https://api.anthropic.com@evil.example/r",
            "https://api.anthropic.com.evil.example/r",
            "//api.anthropic.com/r",
            "",
        ] {
            assert_eq!(results(&ended(url)).as_deref(), Some(own), "{url}");
        }
        for status in ["in_progress", "canceling"] {
            assert_eq!(results(&json!({"id": "msgbatch_1", "processing_status": status, "results_url": null})), None);
        }
    }

    #[test]
    fn a_line_is_an_answer_or_says_why_there_is_none() {
        let came = |result: serde_json::Value| {
            let line = json!({"custom_id": "12", "result": result}).to_string();
            let (n, came) = super::result(line.as_bytes()).expect("ours");
            (n, came.map(|answer| answer.text).map_err(|failure| failure.fault))
        };
        let message = json!({"content": [{"type": "text", "text": "Hi."}], "stop_reason": "end_turn", "usage": {"input_tokens": 1}});
        assert_eq!(came(json!({"type": "succeeded", "message": message})), (12, Ok("Hi.".to_owned())));
        let error = |kind: &str| json!({"type": "errored", "error": {"type": "error", "error": {"type": kind, "message": "…"}}});
        assert_eq!(came(error("invalid_request_error")).1, Err(Fault::Rejected));
        assert_eq!(came(error("overloaded_error")).1, Err(Fault::Unavailable));
        assert_eq!(came(json!({"type": "expired"})).1, Err(Fault::Gone));
        assert_eq!(came(json!({"type": "canceled"})).1, Err(Fault::Gone));
        assert_eq!(came(json!({"type": "succeeded"})).1, Err(Fault::Invalid));
    }
}
