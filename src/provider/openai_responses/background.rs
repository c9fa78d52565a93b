//! Responses in the background: the provider takes the request, answers with an id, and keeps the response until it is fetched.
//!
//! What it answers later is a response like any other, so all of it is read as one. It must be stored over there for that, as an
//! ordinary one is not.
//! Source: OpenAI's guide to background mode (`POST /responses` with `background`, `GET /responses/{id}`, `POST
//! /responses/{id}/cancel`) and to webhooks (`response.completed`, `.failed`, `.incomplete`, `.cancelled`, each with the id alone).

use serde::Deserialize;
use serde_json::json;

use super::super::later::{Look, Placed};
use super::super::wire::{self, Str, parse, utf8};
use super::super::{Call, Endpoint, Failure, HttpCall, errors};
use super::{body, decode};
use crate::error::Fault;

/// Asks for an answer later.
pub fn encode(call: &Call, to: &Endpoint<'_>) -> HttpCall {
    let mut body = body(call);
    body["background"] = json!(true);
    body["store"] = json!(true);
    wire::post(to, "/responses", wire::openai_key(to.base_url), false, &body)
}

/// Asks how that stands; a GET.
pub fn fetch(id: &str, to: &Endpoint<'_>) -> HttpCall {
    wire::get(to, &format!("/responses/{id}"), wire::openai_key(to.base_url))
}

/// Calls it off; a POST. What has ended stays as it is.
pub fn cancel(id: &str, to: &Endpoint<'_>) -> HttpCall {
    wire::get(to, &format!("/responses/{id}/cancel"), wire::openai_key(to.base_url))
}

/// What became of [`encode`]. A server that knows no background answers at once.
pub fn placed(status: u16, bytes: &[u8]) -> Result<Placed, Failure> {
    if !(200..300).contains(&status) {
        return Err(errors::refused(status, bytes));
    }
    let head: Head<'_> = parse(utf8(bytes)?)?;
    match head.status.as_deref() {
        Some("queued" | "in_progress") => Ok(Placed::Later(wire::id(head.id.as_deref().ok_or(Fault::Invalid)?)?)),
        Some("cancelled") => Err(Fault::Gone.into()),
        _ => decode(status, bytes).map(Placed::Now),
    }
}

/// What [`fetch`] has brought. An error is one of the look, and says nothing about the response; but where the response is
/// unknown, nobody will ever have it.
pub fn look(status: u16, bytes: &[u8]) -> Result<Look, Failure> {
    match status {
        404 => Ok(Look::Ended(Err(Fault::Gone.into()))),
        200..=299 => {
            let head: Head<'_> = parse(utf8(bytes)?)?;
            Ok(match head.status.as_deref() {
                Some("queued" | "in_progress") => Look::Running,
                Some("cancelled") => Look::Ended(Err(Fault::Gone.into())),
                _ => Look::Ended(decode(status, bytes)),
            })
        }
        _ => Err(errors::refused(status, bytes)),
    }
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    id: Option<Str<'a>>,
    #[serde(borrow)]
    status: Option<Str<'a>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Answer, Finish, Usage};

    fn on_its_way(status: &str) -> String {
        json!({"id": "resp_68a1", "object": "response", "background": true, "status": status, "output": [], "error": null,
            "incomplete_details": null, "usage": null, "store": true})
        .to_string()
    }

    fn done(status: &str) -> String {
        json!({
            "id": "resp_68a1", "object": "response", "background": true, "status": status, "error": null,
            "incomplete_details": null,
            "output": [{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
                "content": [{"type": "output_text", "text": "Otters.", "annotations": []}]}],
            "usage": {"input_tokens": 9, "output_tokens": 2, "total_tokens": 11},
        })
        .to_string()
    }

    #[test]
    fn what_is_taken_has_a_name_and_what_is_answered_at_once_is_an_answer() {
        let answer = Answer {
            text: "Otters.".to_owned(),
            finish: Finish::Stop,
            usage: Usage { tokens_in: 9, tokens_out: 2, ..Usage::default() },
        };
        for status in ["queued", "in_progress"] {
            assert_eq!(placed(200, on_its_way(status).as_bytes()), Ok(Placed::Later("resp_68a1".to_owned())));
            assert_eq!(look(200, on_its_way(status).as_bytes()), Ok(Look::Running));
        }
        assert_eq!(placed(200, done("completed").as_bytes()), Ok(Placed::Now(answer.clone())));
        assert_eq!(look(200, done("completed").as_bytes()), Ok(Look::Ended(Ok(answer))));
    }

    #[test]
    fn a_name_that_would_lead_elsewhere_is_none() {
        for id in ["", "../files/x", "a?b", "a b", "\u{e4}"] {
            let body = json!({"id": id, "status": "queued"}).to_string();
            assert_eq!(placed(200, body.as_bytes()), Err(Fault::Invalid.into()), "{id}");
        }
        assert_eq!(placed(200, br#"{"status":"queued"}"#), Err(Fault::Invalid.into()));
    }

    #[test]
    fn what_has_failed_says_why_and_what_is_unknown_or_called_off_is_gone() {
        let failed =
            json!({"id": "resp_1", "status": "failed", "error": {"code": "rate_limit_exceeded", "message": "…"}});
        assert_eq!(look(200, failed.to_string().as_bytes()), Ok(Look::Ended(Err(Fault::Busy.into()))));
        let cut =
            json!({"id": "resp_1", "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}});
        assert_eq!(look(200, cut.to_string().as_bytes()), Ok(Look::Ended(Err(Fault::Exhausted.into()))));
        let gone = Ok(Look::Ended(Err(Fault::Gone.into())));
        assert_eq!(look(200, on_its_way("cancelled").as_bytes()), gone);
        assert_eq!(look(404, br#"{"error":{"message":"Response with id 'resp_1' not found."}}"#), gone);
    }

    #[test]
    fn a_look_that_fails_tells_nothing_of_the_response() {
        for (status, fault) in [(401, Fault::Auth), (429, Fault::Busy), (503, Fault::Unavailable)] {
            assert_eq!(look(status, b"{}"), Err(fault.into()));
        }
    }
}
