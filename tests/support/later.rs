//! A server that speaks OpenAI's Responses in the background, as its guide describes them: what it has taken stays queued until
//! the test says otherwise.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value as Json, json};

use crate::wire::{Connection, Server};

#[derive(Default)]
struct Kept {
    responses: BTreeMap<String, Json>,
    /// Bodies that were posted.
    asked: Vec<Json>,
    /// Names of responses that were called off.
    cancelled: Vec<String>,
    looks: u32,
    /// What all requests get instead of an answer.
    broken: Option<u16>,
    /// How long each request takes.
    takes: Duration,
    /// Whether a response ends by itself once it was looked after.
    hastens: bool,
}

/// The server, and what it keeps.
pub struct Later {
    pub server: Server,
    kept: &'static Mutex<Kept>,
}

impl Later {
    pub fn start() -> Self {
        let kept: &'static Mutex<Kept> = Box::leak(Box::default());
        Self { server: Server::start(move |_, connection| serve(kept, connection)), kept }
    }

    /// Ends each response once it was looked after.
    pub fn hasten(&self) {
        self.kept.lock().hastens = true;
    }

    /// Ends a response with this text.
    pub fn complete(&self, id: &str, text: &str) {
        self.end(id, &completed(text));
    }

    /// Ends a response like this.
    pub fn end(&self, id: &str, how: &Json) {
        change(&mut self.kept.lock(), id, how);
    }

    /// Knows nothing of a response any more.
    pub fn forget(&self, id: &str) {
        assert!(self.kept.lock().responses.remove(id).is_some());
    }

    /// Answers everything with this status, or works again.
    pub fn break_down(&self, status: Option<u16>) {
        self.kept.lock().broken = status;
    }

    /// Takes its time with every request.
    pub fn slow_down(&self, takes: Duration) {
        self.kept.lock().takes = takes;
    }

    pub fn asked(&self) -> Vec<Json> {
        self.kept.lock().asked.clone()
    }

    pub fn looks(&self) -> u32 {
        self.kept.lock().looks
    }

    pub fn cancelled(&self) -> Vec<String> {
        self.kept.lock().cancelled.clone()
    }
}

fn completed(text: &str) -> Json {
    let content = json!([{"type": "output_text", "text": text, "annotations": []}]);
    let message =
        json!({"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content});
    let details = json!({"cached_tokens": 0});
    let usage = json!({"input_tokens": 30, "input_tokens_details": details, "output_tokens": 50, "total_tokens": 80});
    json!({"status": "completed", "output": [message], "usage": usage})
}

fn change(kept: &mut Kept, id: &str, how: &Json) {
    let response = kept.responses.get_mut(id).expect("it was asked for");
    for (key, value) in how.as_object().expect("a map") {
        response[key] = value.clone();
    }
}

fn serve(kept: &Mutex<Kept>, connection: &mut Connection) {
    while let Some(request) = connection.request() {
        let takes = kept.lock().takes;
        thread::sleep(takes);
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
        let (status, answer) = answer(&mut kept.lock(), head.lines().next().unwrap_or_default(), body);
        let text = answer.to_string();
        let head =
            format!("HTTP/1.1 {status} So\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", text.len());
        connection.write((head + &text).as_bytes());
    }
}

fn answer(kept: &mut Kept, line: &str, body: &str) -> (u16, Json) {
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let unknown =
        || (404, json!({"error": {"message": "Response not found.", "type": "invalid_request_error", "code": null}}));
    kept.looks += u32::from(method == "GET");
    if let Some(status) = kept.broken {
        return (status, json!({"error": {"message": "Broken.", "type": "server_error"}}));
    }
    if path == "/v1/moderations" {
        let flagged = body.contains("forbidden");
        return (200, json!({"results": [{"flagged": flagged, "categories": {"violence": flagged}}]}));
    }
    match (method, path.strip_prefix("/v1/responses")) {
        ("POST", Some("")) => {
            let body: Json = serde_json::from_str(body).unwrap_or_default();
            kept.asked.push(body.clone());
            let id = format!("resp_{}", kept.asked.len());
            let response = json!({
                "id": id, "object": "response", "created_at": 1_741_476_777, "status": "queued", "background": body["background"],
                "error": null, "incomplete_details": null, "model": body["model"], "output": [], "store": body["store"], "usage": null,
            });
            kept.responses.insert(id, response.clone());
            (200, response)
        }
        ("GET", Some(path)) => {
            let id = path.trim_start_matches('/');
            let Some(found) = kept.responses.get(id).cloned() else { return unknown() };
            if kept.hastens {
                change(kept, id, &completed(&format!("This is {id}.")));
            }
            (200, found)
        }
        ("POST", Some(path)) => {
            let id = path.trim_start_matches('/').trim_end_matches("/cancel");
            let Some(response) = kept.responses.get_mut(id) else { return unknown() };
            response["status"] = "cancelled".into();
            kept.cancelled.push(id.to_owned());
            (200, kept.responses[id].clone())
        }
        _ => unknown(),
    }
}
