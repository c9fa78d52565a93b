//! OpenAI's batches: a file of requests for Responses or Chat Completions, one a line, and files of what they came to.
//!
//! A request that was answered stands in the output file, whatever its status; one that was not, because it is malformed or the
//! batch ended first, in the error file. Neither is in the order of the requests.
//! Source: OpenAI's guide to the Batch interface, and the interfaces Files (`POST /files`, `GET /files/{id}/content`) and
//! Batches (`POST /batches`, `GET /batches/{id}`, `POST /batches/{id}/cancel`).

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::batch::{Line, Stand};
use super::wire::{self, Str, openai_key, parse, utf8};
use super::{Call, Endpoint, Failure, HttpCall, Kind, errors};
use crate::error::Fault;

/// Stands in no line of JSON: those have no line breaks inside.
const BOUNDARY: &str = "aisp-batch-c1f0a7d2";

/// What the requests of a batch ask for.
const fn endpoint(kind: Kind) -> &'static str {
    match kind {
        Kind::OpenaiResponses => "/v1/responses",
        _ => "/v1/chat/completions",
    }
}

pub(super) fn request(kind: Kind, n: u32, call: &Call, base_url: &str) -> Vec<u8> {
    let body = kind.body(call, base_url);
    let line = json!({"custom_id": n.to_string(), "method": "POST", "url": endpoint(kind), "body": body});
    line.to_string().into_bytes()
}

/// The file, as a form has it (RFC 7578).
pub(super) fn upload(requests: &[Vec<u8>], to: &Endpoint<'_>) -> HttpCall {
    let mut call = wire::get(to, "/files", openai_key(to.base_url));
    call.headers.push(("content-type".to_owned(), format!("multipart/form-data; boundary={BOUNDARY}")));
    let part = |disposition: &str| format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {disposition}\r\n");
    let mut body = part("name=\"purpose\"") + "\r\nbatch\r\n";
    body += &part("name=\"file\"; filename=\"batch.jsonl\"");
    body += "content-type: application/jsonl\r\n\r\n";
    let mut body = body.into_bytes();
    for request in requests {
        body.extend_from_slice(request);
        body.push(b'\n');
    }
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    HttpCall { body, ..call }
}

pub(super) fn create(kind: Kind, file: &str, to: &Endpoint<'_>) -> HttpCall {
    let body = json!({"input_file_id": file, "endpoint": endpoint(kind), "completion_window": "24h"});
    wire::post(to, "/batches", openai_key(to.base_url), false, &body)
}

/// The name of the file or the batch that was made.
pub(super) fn created(status: u16, body: &[u8]) -> Result<String, Failure> {
    if !(200..300).contains(&status) {
        return Err(errors::refused(status, body));
    }
    let made: Batch<'_> = parse(utf8(body)?)?;
    Ok(wire::id(&made.id)?)
}

pub(super) fn fetch(id: &str, to: &Endpoint<'_>) -> HttpCall {
    wire::get(to, &format!("/batches/{id}"), openai_key(to.base_url))
}

pub(super) fn cancel(id: &str, to: &Endpoint<'_>) -> HttpCall {
    wire::get(to, &format!("/batches/{id}/cancel"), openai_key(to.base_url))
}

pub(super) fn look(to: &Endpoint<'_>, status: u16, body: &[u8]) -> Result<Stand, Failure> {
    if !(200..300).contains(&status) {
        return Err(errors::refused(status, body));
    }
    let batch: Batch<'_> = parse(utf8(body)?)?;
    Ok(match batch.status.as_deref().ok_or(Fault::Invalid)? {
        "completed" | "expired" | "cancelled" => {
            let files = [batch.output_file_id, batch.error_file_id].into_iter().flatten();
            let content = |id: Str<'_>| {
                let path = format!("/files/{}/content", wire::id(&id)?);
                Ok::<_, Fault>(wire::get(to, &path, openai_key(to.base_url)))
            };
            Stand::Ended(files.map(content).collect::<Result<_, _>>()?)
        }
        // The file was refused as a whole, and the list of errors says why.
        "failed" => {
            let first = batch.errors.and_then(|errors| errors.data).and_then(|list| list.into_iter().next());
            let fault = first.map(|error| errors::reported(error.get())).filter(|why| why.fault != Fault::Unavailable);
            Stand::Failed(fault.unwrap_or_else(|| Fault::Rejected.into()))
        }
        _ => Stand::Running,
    })
}

pub(super) fn result(kind: Kind, line: &[u8]) -> Option<Line> {
    let line: Came<'_> = serde_json::from_slice(line).ok()?;
    let n = line.custom_id.parse().ok()?;
    let came = match (line.response, line.error) {
        (Some(Response { status_code, body: Some(body) }), _) => kind.decode(status_code, body.get().as_bytes()),
        (Some(Response { status_code, body: None }), _) => kind.decode(status_code, b""),
        (None, Some(error)) => match parse::<Named<'_>>(error.get()) {
            Ok(Named { code: Some(code) }) if matches!(&*code, "batch_expired" | "batch_cancelled") => {
                Err(Fault::Gone.into())
            }
            _ => Err(errors::reported(error.get())),
        },
        (None, None) => Err(Fault::Invalid.into()),
    };
    Some((n, came))
}

/// A batch, or a file, of which only the name is read.
#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    id: Str<'a>,
    #[serde(borrow)]
    status: Option<Str<'a>>,
    #[serde(borrow)]
    output_file_id: Option<Str<'a>>,
    #[serde(borrow)]
    error_file_id: Option<Str<'a>>,
    #[serde(borrow)]
    errors: Option<Errors<'a>>,
}

#[derive(Deserialize)]
struct Errors<'a> {
    #[serde(borrow)]
    data: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Came<'a> {
    #[serde(borrow)]
    custom_id: Str<'a>,
    #[serde(borrow)]
    response: Option<Response<'a>>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Response<'a> {
    status_code: u16,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    code: Option<Str<'a>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Message, Role};

    const TO: Endpoint<'static> =
        Endpoint { base_url: "https://api.openai.com/v1", headers: &[], key: None, key_header: None };

    fn stand(batch: &serde_json::Value) -> Result<String, Failure> {
        look(&TO, 200, batch.to_string().as_bytes()).map(|stand| match stand {
            Stand::Running => "running".to_owned(),
            Stand::Ended(files) => files.iter().map(|call| call.url.as_str()).collect::<Vec<_>>().join(" "),
            Stand::Failed(failure) => failure.fault.code().to_owned(),
        })
    }

    #[test]
    fn requests_are_lines_of_a_file_in_a_form() {
        let message = Message { role: Role::User, content: "one\ntwo".to_owned() };
        let messages = vec![message];
        let call =
            Call { model: "m".to_owned(), system: None, messages, max_tokens: None, temperature: None, schema: None };
        let line = request(Kind::OpenaiChat, 7, &call, TO.base_url);
        let form = upload(&[line.clone(), line], &TO);
        let body = String::from_utf8(form.body).expect("text");
        assert!(body.starts_with(
            "--aisp-batch-c1f0a7d2\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--"
        ));
        assert!(body.ends_with("}}\n\r\n--aisp-batch-c1f0a7d2--\r\n"), "{body}");
        let wanted = r#"{"custom_id":"7","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"one\ntwo"}]}}"#;
        assert_eq!(body.matches(wanted).count(), 2, "{body}");
    }

    #[test]
    fn a_batch_that_has_ended_names_its_files() {
        for status in ["validating", "in_progress", "finalizing", "cancelling"] {
            assert_eq!(stand(&json!({"id": "batch_1", "status": status})).as_deref(), Ok("running"));
        }
        let files = "https://api.openai.com/v1/files/file-a/content https://api.openai.com/v1/files/file-b/content";
        for status in ["completed", "expired", "cancelled"] {
            let batch =
                json!({"id": "batch_1", "status": status, "output_file_id": "file-a", "error_file_id": "file-b"});
            assert_eq!(stand(&batch).as_deref(), Ok(files));
        }
        let elsewhere = json!({"id": "batch_1", "status": "completed", "output_file_id": "../x"});
        assert_eq!(stand(&elsewhere), Err(Fault::Invalid.into()));
        let errors = json!({"object": "list", "data": [{"code": "invalid_json_line", "message": "…", "line": 1}]});
        assert_eq!(
            stand(&json!({"id": "b", "status": "failed", "errors": errors})).as_deref(),
            Ok("provider_rejected")
        );
        let errors = json!({"data": [{"code": "billing_hard_limit_reached"}]});
        assert_eq!(
            stand(&json!({"id": "b", "status": "failed", "errors": errors})).as_deref(),
            Ok("provider_no_credit")
        );
    }

    #[test]
    fn a_line_is_an_answer_or_says_why_there_is_none() {
        let fault = |line: &serde_json::Value| {
            let (n, came) = result(Kind::OpenaiResponses, line.to_string().as_bytes()).expect("ours");
            (n, came.map(|answer| answer.text).map_err(|failure| failure.fault))
        };
        let content = json!([{"type": "output_text", "text": "Hi."}]);
        let body = json!({"status": "completed", "output": [{"type": "message", "content": content}]});
        let answered = json!({"id": "batch_req_1", "custom_id": "3", "response": {"status_code": 200, "request_id": "r", "body": body}, "error": null});
        assert_eq!(fault(&answered), (3, Ok("Hi.".to_owned())));
        let refused = json!({"custom_id": "4", "response": {"status_code": 429, "body": {"error": {"code": "rate_limit_exceeded"}}}});
        assert_eq!(fault(&refused), (4, Err(Fault::Busy)));
        let expired = json!({"custom_id": "5", "response": null, "error": {"code": "batch_expired", "message": "…"}});
        assert_eq!(fault(&expired), (5, Err(Fault::Gone)));
        for line in ["", "[]", r#"{"custom_id":"x"}"#, r#"{"custom_id":7}"#] {
            assert!(result(Kind::OpenaiChat, line.as_bytes()).is_none(), "{line}");
        }
    }
}
