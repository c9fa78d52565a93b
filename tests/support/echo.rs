//! A server that speaks OpenAI's Responses and Moderations and repeats what it was asked, so that a test can see what left
//! this machine, and in which form.

// Each test file is a crate of its own and uses a part of this.
#![allow(dead_code)]

use serde_json::{Value as Json, json};

use crate::wire::{Connection, Server};

/// What the policy needs to know of it. Nothing is limited.
pub fn policy(server: &Server) -> Json {
    let base_url = server.url().replace("/responses", "");
    let here = json!({"kind": "openai_responses", "base_url": base_url});
    let price = json!({"in": 1.0, "out": 2.0});
    json!({
        "providers": {"here": here}, "models": {"small": {"price": price}},
        "max_attempts": 1, "quota": [], "throttle": [],
    })
}

/// `policy` with one more key.
pub fn with(mut policy: Json, key: &str, value: Json) -> Json {
    policy[key] = value;
    policy
}

/// Answers every request: a moderation with a flag where the text has the word `forbidden`, an inference with what `say`
/// makes of its input, whole or streamed in pieces of three characters.
pub fn serve(connection: &mut Connection, say: impl Fn(&Json) -> String) {
    while let Some(request) = connection.request() {
        let (head, body) = request.split_once("\r\n\r\n").unwrap_or_default();
        let body: Json = serde_json::from_str(body).unwrap_or_default();
        if head.contains("/moderations ") {
            let flagged = body["input"].to_string().contains("forbidden");
            let categories = json!({"violence": flagged, "hate": false});
            connection.answer(&json!({"results": [{"flagged": flagged, "categories": categories}]}).to_string());
        } else if body["stream"] == true {
            connection.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n");
            connection.write(streamed(&say(&body)).as_bytes());
            return;
        } else {
            connection.answer(&whole(&say(&body)).to_string());
        }
    }
}

/// Repeats the user's words.
pub fn echo(_: u32, connection: &mut Connection) {
    serve(connection, |body| format!("You said: {}", body["input"].as_str().unwrap_or_default()));
}

/// A whole answer with this text.
pub fn whole(text: &str) -> Json {
    let content = json!([{"type": "output_text", "text": text}]);
    let output = json!([{"type": "message", "role": "assistant", "content": content}]);
    json!({"status": "completed", "output": output, "usage": {"input_tokens": 3, "output_tokens": 5}})
}

fn streamed(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let event = |event: Json| format!("data: {event}\n\n");
    let deltas = chars
        .chunks(3)
        .map(|piece| event(json!({"type": "response.output_text.delta", "delta": piece.iter().collect::<String>()})));
    deltas.collect::<String>() + &event(json!({"type": "response.completed", "response": whole(text)}))
}
